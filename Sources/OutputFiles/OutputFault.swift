/// Why an output is not written, as facts.
package enum OutputFault: Error, Sendable, Equatable {
  /// A name of no characters.
  case unnamed
  /// A name that says something else is in the file.
  case wrongEnding(path: String, ending: String, holds: String, right: [String])
  /// A name that says nothing of what is in the file.
  case noEnding(path: String, holds: String, right: [String])
  /// A file that is read, too.
  case isInput(path: String, input: String)
  /// Symbolic links without an end.
  case endlessLinks(path: String)
  /// A name that ends in a slash, and nothing has it.
  case folderName(path: String)
  /// A folder, where a file or a pipe is wanted.
  case isFolder(path: String)
  /// Something that cannot be written into, such as a block device.
  case isSpecial(path: String)
  /// No folder, where one is wanted.
  case isNoFolder(path: String)
  /// A file that is protected.
  case readOnly(path: String)
  /// The system refuses a step, for a reason that it gives as its number (`errno`).
  case refused(Step, path: String, error: Int32)
  /// The same, of a file that grows: what was written so far stays in `partial`.
  case stopped(Step, path: String, partial: String, error: Int32)
  /// Nobody reads standard output any more, which ends a filter and is nobody's fault.
  case unread
  /// The lines of an interrupted run are where a new file is wanted.
  case interrupted(partial: String)
  /// Another process writes the file.
  case beingWritten(partial: String)
  /// No file, where an interrupted run would have left one.
  case isNoPartial(Oddity, partial: String)

  /// What is done with an output, step by step.
  package enum Step: Sendable, Equatable {
    /// Look what is there.
    case look
    /// Open what is there.
    case open
    /// Look at the folder that the file is to be in.
    case enterFolder
    /// Make the folder.
    case makeFolder
    /// Make the file.
    case create
    /// Go on with a file that was begun.
    case resume
    /// Take off what was not written whole.
    case cut
    /// Write into it.
    case write
    /// Write into standard output.
    case print
    /// Close it.
    case finish
    /// Give it its name.
    case putInPlace
    /// Make the name durable.
    case secureName
  }

  /// What is not a file.
  package enum Oddity: Sendable, Equatable {
    /// A symbolic link.
    case link
    /// A folder.
    case folder
    /// A pipe, socket or device.
    case stream
  }
}
