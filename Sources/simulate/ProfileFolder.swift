import CommandSyntax
import JSONText
import OutputFiles
import Profiles

/// A folder of profiles that a calibration writes, laid out like the catalog; what else is in it stays.
struct ProfileFolder {
  /// A profile to be written.
  struct File {
    /// The folder of its kind: `hosts`.
    let kind: String
    /// The profile's name.
    let name: String
    let text: String

    /// A profile of the catalog with changes.
    ///
    /// - Parameters:
    ///   - base: The profile's name in the catalog.
    ///   - kind: The folder of its kind.
    ///   - new: A name and a title of its own; nil for those that it has.
    ///   - changes: The numbers that are others.
    ///   - library: Where it lies.
    ///   - advice: What to do where it lies in no folder.
    /// - Throws: ``Failure`` where it lies in no folder.
    init(
      like base: String, _ kind: String, as new: (name: String, title: String)? = nil, _ changes: [ProfileEdit.Change],
      _ library: Library, advice: Message = ""
    ) throws(Failure) {
      let document = try library.document(of: base, in: kind, advice: advice)
      let texts = new.map { ["name": $0.name, "title": $0.title, "aliases": ""] } ?? [:]
      (self.kind, name, text) = (kind, new?.name ?? base, ProfileEdit(of: document, texts: texts, changes).text())
    }

    /// Where it lies in the folder.
    var path: String { kind + "/" + ProfileFolder.identifier(name) + ".json" }
  }

  let path: String
  let files: [File]

  /// A folder, once it is known that all files can be written to it and be found there.
  ///
  /// - Parameters:
  ///   - path: The folder; it need not be there yet.
  ///   - files: What is written.
  ///   - inputs: Paths that were read, none of which may be replaced.
  /// - Throws: ``Failure``; nothing was changed.
  init(_ path: String, _ files: [File], inputs: [String]) throws(Failure) {
    self.path = path
    self.files = files
    var paths: Set<String> = []
    for file in files where !paths.insert(file.path).inserted {
      throw .input(
        "two profiles would both be the file '\(file.path)'; give them names that differ in letters or digits")
    }
    guard isFolder(path) else { return }
    let known = try Library(userFolder: path)
    for file in files {
      if isFolder(path + "/" + file.kind) {
        try checking { try OutputTarget(path + "/" + file.path).check(against: inputs) }
      }
      try checkName(of: file, known)
    }
  }

  /// The name must not be that of another file in the folder: only one of the two would be found.
  private func checkName(of file: File, _ library: Library) throws(Failure) {
    let profiles = try library.profiles
    let found = try checking { try profiles.document(of: file.name, in: file.kind) }
    guard let other = found?.file, let place = FileIdentity(other), place != FileIdentity(path + "/" + file.path),
      FileIdentity(OutputTarget.folder(of: other)) == FileIdentity(path + "/" + file.kind)
    else { return }
    throw .input(at: other, "a profile called '\(file.name)' is here already; rename it, or use another folder")
  }

  /// Checks a folder's name where one is given.
  ///
  /// - Returns: The folder that `--output` names, or nil.
  static func named(by command: ParsedCommand) throws(Failure) -> String? {
    guard let path = command.value(of: "output") else { return nil }
    guard !path.isEmpty, path != "-" else {
      throw .usage("--output needs a folder, which holds several files (it is '\(path)')")
    }
    return path
  }

  // MARK: Writing

  /// Writes the files, each whole or not at all, and reads them back.
  ///
  /// - Returns: What was written, in words.
  func write() throws(Failure) -> String {
    var folders = NewFolders()
    var replaced: [String] = []
    do {
      for folder in [path] + Set(files.map { path + "/" + $0.kind }).sorted() { try folders.make(folder) }
      let targets = try files.map { try OutputTarget(path + "/" + $0.path) }
      for (file, target) in zip(files, targets) {
        if target.replacesFile { replaced.append(file.path) }
        try OutputFile.write(file.text, to: target)
      }
    } catch {
      folders.discard()
      throw Failure(error)
    }
    try readBack()
    let count = files.count == 1 ? "1 profile" : "\(files.count) profiles"
    return "wrote \(count) to \(path)" + (replaced.isEmpty ? "" : " (replacing \(listed(replaced, by: "and")))")
  }

  /// What was written must be found by its name, as a user will look for it.
  private func readBack() throws(Failure) {
    let library = try Library(userFolder: path)
    for file in files {
      let profiles = try library.profiles
      let document = try checking {
        try profiles.document(of: file.name, in: file.kind)
      }
      let found: String? =
        switch file.kind {
        case "accelerators": try library.accelerator(file.name)?.name
        case "hosts": try library.host(file.name).name
        case "frameworks": try library.framework(file.name).name
        default: file.name
        }
      guard found == file.name, document?.file.hasSuffix("/" + file.path) == true else {
        throw Failure(.defect, at: "\(path)/\(file.path)", "was written and is not found by its name '\(file.name)'")
      }
    }
  }

  // MARK: Names

  /// A text as a profile's name: lower case, a dash for whatever a name may not hold, and a letter or digit first.
  static func identifier(_ text: String) -> String {
    let letters = text.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".") ? $0 : "-" }
    let name = String(letters.drop { $0 == "-" || $0 == "." })
    // What ends so is taken for a file wherever a name may stand.
    return name.hasSuffix(".json") ? name.dropLast(5) + "-json" : name
  }
}
