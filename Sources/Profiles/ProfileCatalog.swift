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
  /// Every architecture family, by name.
  public let families: ArchitectureFamilies

  /// Reads all profiles of some folders.
  ///
  /// - Throws: `ProfileFault` for the first file that cannot be read or is wrong.
  /// - Complexity: Linear in the size of the files.
  public init(directories: [String]) throws(ProfileFault) {
    self.directories = directories
    let families = ArchitectureFamilies(
      try Self.load("architectures", directories, name: \.name) { document throws(JSONFault) in
        try ProfileReader.architecture(from: document)
      })
    self.families = families
    accelerators = try Self.load("accelerators", directories, name: \.name) { document throws(JSONFault) in
      try ProfileReader.accelerator(from: document, families: families)
    }.sorted { ($0.released, $0.name) < ($1.released, $1.name) }
    hosts = try Self.load("hosts", directories, name: \.name) { document throws(JSONFault) in
      try ProfileReader.host(from: document)
    }
    frameworks = try Self.load("frameworks", directories, name: \.name) { document throws(JSONFault) in
      try ProfileReader.framework(from: document)
    }
  }

  private static func load<Profile>(
    _ folder: String, _ directories: [String], name: (Profile) -> String,
    read: (JSONDocument) throws(JSONFault) -> Profile
  ) throws(ProfileFault) -> [Profile] {
    var profiles: [Profile] = []
    var names: Set<String> = []
    for directory in directories {
      let path = directory + "/" + folder
      let files: [String]
      do { files = try listFilesIfThere(in: path, suffix: ".json") } catch { throw .file(error) }
      for file in files {
        let profile = try readDocument(path + "/" + file, read)
        if names.insert(name(profile)).inserted { profiles.append(profile) }
      }
    }
    return profiles.sorted { name($0) < name($1) }
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
  public func family(file: String) throws(ProfileFault) -> ArchitectureProfile {
    try Self.readDocument(file) { document throws(JSONFault) in try ProfileReader.architecture(from: document) }
  }

  /// Reads a host from a file of the user's.
  public func host(file: String) throws(ProfileFault) -> HostProfile {
    try Self.readDocument(file) { document throws(JSONFault) in try ProfileReader.host(from: document) }
  }

  /// Reads a framework from a file of the user's.
  public func framework(file: String) throws(ProfileFault) -> FrameworkProfile {
    try Self.readDocument(file) { document throws(JSONFault) in try ProfileReader.framework(from: document) }
  }

  /// The accelerator of a name, an alias, or a shortened name.
  public func accelerator(named name: String) throws(NameFault) -> AcceleratorProfile {
    try Self.find(name, in: accelerators, what: "accelerator") {
      Named(name: $0.name, aliases: $0.aliases, vendor: $0.vendor)
    }
  }

  /// The host of a name, an alias, or a shortened name.
  public func host(named name: String) throws(NameFault) -> HostProfile {
    try Self.find(name, in: hosts, what: "host") {
      Named(name: $0.name, aliases: $0.aliases, vendor: $0.vendor)
    }
  }

  /// The framework of a name, an alias, or a shortened name.
  public func framework(named name: String) throws(NameFault) -> FrameworkProfile {
    try Self.find(name, in: frameworks, what: "framework") { Named(name: $0.name, aliases: $0.aliases) }
  }

  private static func find<Profile>(
    _ name: String, in profiles: [Profile], what: String, names: (Profile) -> Named
  ) throws(NameFault) -> Profile {
    let identifier = try resolveName(name, among: profiles.map(names), what: what)
    guard let profile = profiles.first(where: { names($0).name == identifier }) else {
      throw .unknown(what: what, name: name, suggestion: nil, known: profiles.map { names($0).name })
    }
    return profile
  }
}

/// Why a profile cannot be had from its file.
public enum ProfileFault: Error, Sendable, Equatable {
  /// The file cannot be read.
  case file(FileFault)
  /// The file says something wrong.
  case content(JSONFault)
}
