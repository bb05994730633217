import JSONText
import Synchronization

/// The names in a folder of profiles that is known to be right, each profile to be read when it is asked for.
///
/// Reading a whole catalog takes longer than simulating. An index looks at the beginning of every file, up to its
/// `sources`, for what it is called, and at nothing else; so it serves the folder that travels with the program, whose
/// files keep that order and are checked before they ship. A file that is named after its profile is found without the
/// others, by the whole name. Nothing is kept from one start of the program to the next, so that what a user changes or adds is
/// seen. A user's own folder is read whole (``ProfileCatalog``), and every fault in it found.
package struct ProfileIndex: Sendable {
  /// What the beginning of a file says.
  struct Entry: Sendable {
    var path: String
    var name = ""
    var aliases: [String] = []
    var vendor = ""
    var architecture = ""
    var released = ""
    var isFlagship = false
  }

  /// The files of one sort, looked at once one is asked for.
  private final class Shelf: Sendable {
    let folder: String
    private let known = Mutex<[Entry]?>(nil)

    init(_ folder: String) { self.folder = folder }

    /// All of them.
    ///
    /// - Throws: `ProfileFault` for a file that cannot be read or does not begin like a profile.
    var entries: [Entry] {
      get throws(ProfileFault) {
        if let known = known.withLock({ $0 }) { return known }
        var entries: [Entry] = []
        let files: [String]
        do { files = try listFilesIfThere(in: folder, suffix: ".json") } catch { throw .file(error) }
        for file in files {
          let path = folder + "/" + file
          let bytes: [UInt8]
          do { bytes = try readFileBytes(path) } catch { throw .file(error) }
          do { entries.append(try ProfileIndex.entry(bytes, path)) } catch { throw .content(error) }
        }
        known.withLock { [entries] in $0 = entries }
        return entries
      }
    }

    /// The one whose whole name this is, where its file is named after it.
    func entry(named name: String) -> Entry? {
      guard name.utf8.allSatisfy(Self.isOfName) else { return nil }
      let path = folder + "/" + name + ".json"
      guard let bytes = try? readFileBytes(path), let found = try? ProfileIndex.entry(bytes, path), found.name == name
      else { return nil }
      return found
    }

    /// What the names of shipped profiles are made of, which no path has a meaning for.
    private static func isOfName(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
        UInt8(ascii: "."):
        true
      default: false
      }
    }
  }

  /// The folder.
  package let directory: String
  private let accelerators: Shelf
  private let hosts: Shelf
  private let frameworks: Shelf
  private let engines: Shelf
  private let interconnects: Shelf

  /// An index of a folder.
  package init(directory: String) {
    self.directory = directory
    accelerators = Shelf(directory + "/accelerators")
    hosts = Shelf(directory + "/hosts")
    frameworks = Shelf(directory + "/frameworks")
    engines = Shelf(directory + "/engines")
    interconnects = Shelf(directory + "/interconnects")
  }

  fileprivate static func entry(_ bytes: [UInt8], _ path: String) throws(JSONFault) -> Entry {
    var entry = Entry(path: path)
    try read(bytes, into: &entry)
    return entry
  }

  /// Reads the beginning of a file; before a fault, as much of it as there is.
  static func read(_ bytes: [UInt8], into entry: inout Entry) throws(JSONFault) {
    var parser = JSONPullParser(bytes, file: entry.path)
    guard try parser.next() == .beginObject else { return }
    while case .key(let range) = try parser.next() {
      switch parser.text(of: range) {
      case "name": entry.name = try text(&parser)
      case "released": entry.released = try text(&parser)
      case "vendor": entry.vendor = try text(&parser)
      case "architecture": entry.architecture = try text(&parser)
      case "flagship": entry.isFlagship = try parser.next() == .boolean(true)
      case "aliases":
        guard try parser.next() == .beginArray else { return }
        while case .string(let alias) = try parser.next() { entry.aliases.append(parser.text(of: alias)) }
      case "sources": return
      default: try parser.skipValue()
      }
    }
  }

  private static func text(_ parser: inout JSONPullParser) throws(JSONFault) -> String {
    guard case .string(let range) = try parser.next() else { return "" }
    return parser.text(of: range)
  }

  // MARK: Names

  /// The names of all accelerators, by date of release and then by name.
  ///
  /// - Throws: `ProfileFault` for a file that cannot be read or does not begin like a profile.
  package var acceleratorNames: [String] {
    get throws(ProfileFault) {
      try accelerators.entries.sorted { ($0.released, $0.name) < ($1.released, $1.name) }.map(\.name)
    }
  }

  /// The names of all hosts, in order.
  ///
  /// - Throws: `ProfileFault` for a file that cannot be read or does not begin like a profile.
  package var hostNames: [String] { get throws(ProfileFault) { try hosts.entries.map(\.name).sorted() } }

  /// The names of all frameworks, in order.
  ///
  /// - Throws: `ProfileFault` for a file that cannot be read or does not begin like a profile.
  package var frameworkNames: [String] { get throws(ProfileFault) { try frameworks.entries.map(\.name).sorted() } }

  // MARK: Reading

  /// The accelerator of a name, an alias, or a shortened name.
  ///
  /// - Throws: `NameFault` or `ProfileFault`.
  package func accelerator(named name: String) throws -> AcceleratorProfile {
    try read(Self.find(name, in: accelerators, what: "accelerator"))
  }

  /// Whether a name denotes an accelerator, or several; not where a file is wrong, which is said when one is asked for.
  package func hasAccelerator(named name: String) -> Bool {
    if accelerators.entry(named: name) != nil { return true }
    guard let entries = try? accelerators.entries else { return false }
    do { return try denotedName(name, among: Self.names(entries), what: "accelerator") != nil } catch {
      return true
    }
  }

  /// The generations of the headline study, by date of release.
  ///
  /// - Throws: `ProfileFault` for the first file that is wrong.
  package func flagships() throws -> [AcceleratorProfile] {
    try accelerators.entries.filter(\.isFlagship).map(read).sorted { ($0.released, $0.name) < ($1.released, $1.name) }
  }

  /// The host of a name, an alias, or a shortened name.
  ///
  /// - Throws: `NameFault` or `ProfileFault`.
  package func host(named name: String) throws -> HostProfile {
    let entry = try Self.find(name, in: hosts, what: "host")
    // A family's file has the family's name.
    let file = entry.architecture.isEmpty ? HostProfile.defaultArchitecture : entry.architecture
    let family = try ProfileCatalog.readDocument(directory + "/host-architectures/\(file).json") {
      document throws(JSONFault) in
      try ProfileReader.hostArchitecture(from: document)
    }
    return try ProfileCatalog.readDocument(entry.path) { document throws(JSONFault) in
      try ProfileReader.host(from: document, architectures: [family])
    }
  }

  /// The framework of a name, an alias, or a shortened name.
  ///
  /// - Throws: `NameFault` or `ProfileFault`.
  package func framework(named name: String) throws -> FrameworkProfile {
    let entry = try Self.find(name, in: frameworks, what: "framework")
    return try ProfileCatalog.readDocument(entry.path) { document throws(JSONFault) in
      try ProfileReader.framework(from: document)
    }
  }

  /// The engine of a name, an alias, or a shortened name.
  ///
  /// - Throws: `NameFault` or `ProfileFault`.
  package func engine(named name: String) throws -> EngineProfile {
    let entry = try Self.find(name, in: engines, what: "engine")
    return try ProfileCatalog.readDocument(entry.path) { document throws(JSONFault) in
      try ProfileReader.engine(from: document)
    }
  }

  /// The interconnect of a name, an alias, or a shortened name.
  ///
  /// - Throws: `NameFault` or `ProfileFault`.
  package func interconnect(named name: String) throws -> InterconnectProfile {
    let entry = try Self.find(name, in: interconnects, what: "interconnect")
    return try interconnect(file: entry.path)
  }

  // MARK: Files of the user's

  /// Reads an accelerator from a file of the user's, of any of the folder's families.
  package func accelerator(file: String) throws(ProfileFault) -> AcceleratorProfile {
    let families = ArchitectureFamilies(
      try readAll("architectures") { document throws(JSONFault) in try ProfileReader.architecture(from: document) }
        .sorted { $0.name < $1.name })
    return try ProfileCatalog.readDocument(file) { document throws(JSONFault) in
      try ProfileReader.accelerator(from: document, families: families)
    }
  }

  /// Reads a host from a file of the user's, of any of the folder's families.
  package func host(file: String) throws(ProfileFault) -> HostProfile {
    let families = try readAll("host-architectures") { document throws(JSONFault) in
      try ProfileReader.hostArchitecture(from: document)
    }.sorted { $0.name < $1.name }
    return try ProfileCatalog.readDocument(file) { document throws(JSONFault) in
      try ProfileReader.host(from: document, architectures: families)
    }
  }

  /// Reads a framework from a file of the user's.
  package func framework(file: String) throws(ProfileFault) -> FrameworkProfile {
    try ProfileCatalog.readDocument(file) { document throws(JSONFault) in
      try ProfileReader.framework(from: document)
    }
  }

  /// Reads an engine from a file of the user's.
  package func engine(file: String) throws(ProfileFault) -> EngineProfile {
    try ProfileCatalog.readDocument(file) { document throws(JSONFault) in
      try ProfileReader.engine(from: document)
    }
  }

  /// Reads an interconnect from a file of the user's.
  package func interconnect(file: String) throws(ProfileFault) -> InterconnectProfile {
    try ProfileCatalog.readDocument(file) { document throws(JSONFault) in
      try ProfileReader.interconnect(from: document)
    }
  }

  private func readAll<Profile>(
    _ sort: String, _ read: (JSONDocument) throws(JSONFault) -> Profile
  ) throws(ProfileFault) -> [Profile] {
    let folder = directory + "/" + sort
    let files: [String]
    do { files = try listFilesIfThere(in: folder, suffix: ".json") } catch { throw .file(error) }
    var profiles: [Profile] = []
    for file in files { profiles.append(try ProfileCatalog.readDocument(folder + "/" + file, read)) }
    return profiles
  }

  /// What has been read, by file: a study may ask for the same accelerator a hundred times.
  private let known = KnownAccelerators()

  private func read(_ entry: Entry) throws(ProfileFault) -> AcceleratorProfile {
    if let profile = known.profiles.withLock({ $0[entry.path] }) { return profile }
    let profile = try readAnew(entry)
    known.profiles.withLock { $0[entry.path] = profile }
    return profile
  }

  private func readAnew(_ entry: Entry) throws(ProfileFault) -> AcceleratorProfile {
    // A family's file has the family's name.
    let file = entry.architecture.lowercased().map { $0 == " " ? "-" : String($0) }.joined()
    let family = try ProfileCatalog.readDocument(directory + "/architectures/\(file).json") {
      document throws(JSONFault) in
      try ProfileReader.architecture(from: document)
    }
    return try ProfileCatalog.readDocument(entry.path) { document throws(JSONFault) in
      try ProfileReader.accelerator(from: document, families: ArchitectureFamilies([family]))
    }
  }

  private static func names(_ entries: [Entry]) -> [Named] {
    entries.map { Named(name: $0.name, aliases: $0.aliases, vendor: $0.vendor) }
  }

  private static func find(_ name: String, in shelf: Shelf, what: String) throws -> Entry {
    if let found = shelf.entry(named: name) { return found }
    let entries = try shelf.entries
    let names = Self.names(entries)
    let identifier = try resolveName(name, among: names, what: what)
    guard let entry = entries.first(where: { $0.name == identifier }) else {
      throw NameFault.unknown(what: what, name: name, suggestion: nil, known: names.map(\.name))
    }
    return entry
  }
}

/// Accelerators by the path of their file.
private final class KnownAccelerators: Sendable {
  let profiles = Mutex<[String: AcceleratorProfile]>([:])
}
