import JSONText

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The prose of every ``OutputFault``.
extension OutputFault: Fault {
  /// The path; standard output has none.
  package var place: String? {
    switch self {
    case .unnamed, .unread, .wrongEnding, .noEnding, .isInput: nil
    case .endlessLinks(let path), .folderName(let path), .isFolder(let path), .isSpecial(let path),
      .isNoFolder(let path), .readOnly(let path), .refused(_, let path, _), .stopped(_, let path, _, _),
      .interrupted(let path), .beingWritten(let path), .isNoPartial(_, let path):
      path == "-" ? nil : path
    }
  }

  /// What is wrong, and what would be right.
  package var words: FaultWords {
    switch self {
    case .unnamed: "an output needs the name of a file (it is empty)"
    case .wrongEnding(let path, let ending, let holds, let right):
      "'\(path)' ends in .\(ending), and what is written is \(holds): let it end in .\(right.joined(separator: " or ."))"
    case .noEnding(let path, let holds, let right):
      "'\(path)' must end in .\(right.joined(separator: " or .")): what is written is \(holds)"
    case .isInput(let path, let input): "the output '\(path)' is an input, '\(input)'; give it another name"
    case .endlessLinks: "cannot be written: too many symbolic links, or a loop of them"
    case .folderName: "is the name of a folder, not of a file"
    case .isFolder: "is a folder, not a file"
    case .isSpecial: "is neither a file nor a pipe or character device"
    case .isNoFolder: "is not a folder"
    case .readOnly: "may not be written: the file is read-only (chmod u+w allows it)"
    case .refused(let step, _, let error): "\(step.failure): \(Self.reason(error))"
    case .stopped(let step, _, let partial, let error):
      "\(step.failure): \(Self.reason(error)); what was written so far stays in \(partial)"
    case .unread: "nobody reads the result any more"
    case .interrupted: "an interrupted run left its lines here; remove the file"
    case .beingWritten: "another process is writing this file now; wait for it, or stop it"
    case .isNoPartial(let oddity, _): "is \(oddity.words), and no file that an interrupted run left; remove it"
    }
  }

  /// The system's words for an error number.
  private static func reason(_ error: Int32) -> String { String(cString: strerror(error)) }
}

extension OutputFault.Step {
  /// What did not succeed.
  fileprivate var failure: String {
    switch self {
    case .look: "cannot be written"
    case .open: "cannot be opened"
    case .enterFolder: "cannot create the file: its folder cannot be used"
    case .makeFolder: "cannot make the folder"
    case .create: "cannot create the file"
    case .resume: "cannot be resumed"
    case .cut: "cannot cut off a torn row"
    case .write: "cannot write the file"
    case .print: "cannot write to standard output"
    case .finish: "cannot finish the file"
    case .putInPlace: "cannot put the file in place"
    case .secureName: "cannot make the file's name durable"
    }
  }
}

extension OutputFault.Oddity {
  /// What it is.
  package var words: String {
    switch self {
    case .link: "a symbolic link"
    case .folder: "a folder"
    case .stream: "a pipe, socket or device"
    }
  }
}
