import JSONText

/// The profiles that lie in folders: `accelerators`, `architectures`, `hosts` and `frameworks` below each of them.
///
/// The folders are searched in order and the first profile of a name wins, so a user's own folder stands before the one
/// that travels with the program.
public struct ProfileCatalog: Sendable {
  /// The folders, first searched first.
  public let directories: [String]
  /// Every accelerator, by date of release and then by name.
  public let accelerators: [AcceleratorProfile]
  /// Every host, by name.
  public let hosts: [HostProfile]
  /// Every framework, by name.
  public let frameworks: [FrameworkProfile]
  /// Every engine, by name.
  package let engines: [EngineProfile]
  /// Every interconnect, by name.
  package let interconnects: [InterconnectProfile]
  /// Every family of hosts, by name.
  package let hostArchitectures: [HostArchitecture]
  /// Every architecture family, by name.
  package let families: ArchitectureFamilies
  /// The files that are wrong, and names that two files claim: only who asks for one of them need know.
  package let faults: [CatalogFault]
  /// What in the folders looks like a profile and is no file.
  package let skipped: [SkippedFile]

  /// Reads all profiles of some folders.
  ///
  /// - Throws: `ProfileFault` for the first file that cannot be read or is wrong.
  /// - Complexity: Linear in the size of the files.
  public init(directories: [String]) throws(ProfileFault) {
    self.init(roots: directories.map { [$0] })
    if let first = faults.first { throw first.fault }
  }

  /// Reads all profiles that are right, and keeps what is wrong with the others (`faults`).
  ///
  /// - Parameter roots: Whose folders are searched, first searched first. Of one root, no two profiles may have a name or
  ///   an alias in common; a profile of an earlier root replaces one of the same name of a later root.
  /// - Complexity: Linear in the size of the files.
  public init(roots: [[String]]) {
    directories = roots.flatMap { $0 }
    var reader = CatalogReader(roots: roots)
    let families = ArchitectureFamilies(
      reader.read("architectures", what: "architecture", named: { Named(name: $0.name) }) {
        document throws(JSONFault) in
        try ProfileReader.architecture(from: document)
      })
    self.families = families
    accelerators = reader.read("accelerators", what: "accelerator", named: Self.named) { document throws(JSONFault) in
      try ProfileReader.accelerator(from: document, families: families)
    }.sorted { ($0.released, $0.name) < ($1.released, $1.name) }
    let hostArchitectures = reader.read(
      "host-architectures", what: "host architecture", named: { Named(name: $0.name) }
    ) { document throws(JSONFault) in try ProfileReader.hostArchitecture(from: document) }
    self.hostArchitectures = hostArchitectures
    // A family whose file is wrong has no rule: its hosts are wrong as well, and not what another rule makes of them.
    let unusable = reader.faults.filter { $0.what == "host architecture" }
    hosts = reader.read("hosts", what: "host", named: Self.named) { document throws(JSONFault) in
      let host = try ProfileReader.host(from: document, architectures: hostArchitectures)
      let name = host.architecture.isEmpty ? HostProfile.defaultArchitecture : host.architecture
      guard let wrong = unusable.first(where: { $0.named.name == name }) else { return host }
      if case .content(let fault) = wrong.fault { throw fault }
      throw document.cursor.fault(
        .described(
          problem: "is of the architecture \(quoted(name)), whose file cannot be used",
          advice: "mend that file: 'simulate profiles check' says what is wrong"))
    }
    frameworks = reader.read("frameworks", what: "framework", named: Self.named) { document throws(JSONFault) in
      try ProfileReader.framework(from: document)
    }
    engines = reader.read("engines", what: "engine", named: Self.named) { document throws(JSONFault) in
      try ProfileReader.engine(from: document)
    }
    interconnects = reader.read("interconnects", what: "interconnect", named: Self.named) {
      document throws(JSONFault) in
      try ProfileReader.interconnect(from: document)
    }
    faults = reader.faults
    skipped = reader.skipped
  }

  private static func named(_ profile: AcceleratorProfile) -> Named {
    Named(name: profile.name, aliases: profile.aliases, vendor: profile.vendor)
  }

  private static func named(_ profile: HostProfile) -> Named {
    Named(name: profile.name, aliases: profile.aliases, vendor: profile.vendor)
  }

  private static func named(_ profile: FrameworkProfile) -> Named {
    Named(name: profile.name, aliases: profile.aliases)
  }

  private static func named(_ profile: EngineProfile) -> Named {
    Named(name: profile.name, aliases: profile.aliases)
  }

  private static func named(_ profile: InterconnectProfile) -> Named {
    Named(name: profile.name, aliases: profile.aliases)
  }

  /// Reads one profile from a file of its own.
  static func readDocument<Profile>(
    _ path: String, _ read: (JSONDocument) throws(JSONFault) -> Profile
  ) throws(ProfileFault) -> Profile {
    let bytes: [UInt8]
    do { bytes = try readFileBytes(path) } catch { throw .file(error) }
    do { return try read(try JSONDocument(bytes: bytes, file: path)) } catch { throw .content(error) }
  }

  /// Reads an accelerator from a file of the user's.
  public func accelerator(file: String) throws(ProfileFault) -> AcceleratorProfile {
    let families = families
    return try Self.readDocument(file) { document throws(JSONFault) in
      try ProfileReader.accelerator(from: document, families: families)
    }
  }

  /// Reads an architecture family from a file of the user's.
  package func family(file: String) throws(ProfileFault) -> ArchitectureProfile {
    try Self.readDocument(file) { document throws(JSONFault) in try ProfileReader.architecture(from: document) }
  }

  /// Reads a family of hosts from a file of the user's.
  package func hostArchitecture(file: String) throws(ProfileFault) -> HostArchitecture {
    try Self.readDocument(file) { document throws(JSONFault) in try ProfileReader.hostArchitecture(from: document) }
  }

  /// Reads a host from a file of the user's.
  public func host(file: String) throws(ProfileFault) -> HostProfile {
    let architectures = hostArchitectures
    return try Self.readDocument(file) { document throws(JSONFault) in
      try ProfileReader.host(from: document, architectures: architectures)
    }
  }

  /// Reads a framework from a file of the user's.
  public func framework(file: String) throws(ProfileFault) -> FrameworkProfile {
    try Self.readDocument(file) { document throws(JSONFault) in try ProfileReader.framework(from: document) }
  }

  /// Reads an engine from a file of the user's.
  package func engine(file: String) throws(ProfileFault) -> EngineProfile {
    try Self.readDocument(file) { document throws(JSONFault) in try ProfileReader.engine(from: document) }
  }

  /// Reads an interconnect from a file of the user's.
  package func interconnect(file: String) throws(ProfileFault) -> InterconnectProfile {
    try Self.readDocument(file) { document throws(JSONFault) in try ProfileReader.interconnect(from: document) }
  }

  /// The interconnect of a name, an alias, or a shortened name.
  package func interconnect(named name: String) throws(NameFault) -> InterconnectProfile {
    try find(name, in: interconnects, what: "interconnect", named: Self.named)
  }

  /// The engine of a name, an alias, or a shortened name.
  package func engine(named name: String) throws(NameFault) -> EngineProfile {
    try find(name, in: engines, what: "engine", named: Self.named)
  }

  /// The accelerator of a name, an alias, or a shortened name.
  public func accelerator(named name: String) throws(NameFault) -> AcceleratorProfile {
    try find(name, in: accelerators, what: "accelerator", named: Self.named)
  }

  /// The host of a name, an alias, or a shortened name.
  public func host(named name: String) throws(NameFault) -> HostProfile {
    try find(name, in: hosts, what: "host", named: Self.named)
  }

  /// The framework of a name, an alias, or a shortened name.
  public func framework(named name: String) throws(NameFault) -> FrameworkProfile {
    try find(name, in: frameworks, what: "framework", named: Self.named)
  }

  /// Files that are wrong have names as well: who asks for one of them must not get another.
  private func find<Profile>(
    _ name: String, in profiles: [Profile], what: String, named: (Profile) -> Named
  ) throws(NameFault) -> Profile {
    let wrong = faults.filter { $0.what == what }
    let typed = name.lowercased()
    if let fault = wrong.first(where: { $0.named.name == typed || $0.named.aliases.contains(typed) }) {
      throw .unusable(fault.fault)
    }
    let unread = wrong.first { $0.named.name.isEmpty }
    let candidates = profiles.map(named) + wrong.map(\.named).filter { !$0.name.isEmpty }
    let identifier: String
    do throws(NameFault) {
      identifier = try resolveName(name, among: candidates, what: what)
    } catch {
      // It may be in the folder that could not be read.
      if case .unknown = error, let unread { throw .unusable(unread.fault) }
      throw error
    }
    if let profile = profiles.first(where: { named($0).name == identifier }) { return profile }
    guard let fault = wrong.first(where: { $0.named.name == identifier }) else {
      throw .unknown(what: what, name: name, suggestion: nil, known: profiles.map { named($0).name })
    }
    throw .unusable(fault.fault)
  }
}

/// Why a profile cannot be had from its file.
public enum ProfileFault: Error, Sendable, Equatable {
  /// The file cannot be read.
  case file(FileFault)
  /// The file says something wrong.
  case content(JSONFault)
  /// Two files of one folder claim a name, as a name or as an alias.
  case clash(what: String, name: String, files: [String])
}
