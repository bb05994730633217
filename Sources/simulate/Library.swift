import Catalog
import JSONText
import Profiles
import Workloads

/// The profiles and workloads in reach: the user's folder first, then those that travel with the program.
///
/// With a folder of the user's every profile is read, so that all that is wrong there is found. Without one, only those
/// are read that are asked for.
struct Library {
  let workloads: WorkloadCatalog
  /// The folders that are searched, the user's first.
  let profileFolders: [String]
  private let shipped: ProfileIndex?
  private let whole: ProfileCatalog?

  /// Opens the catalogs.
  ///
  /// - Parameter userFolder: What `--catalog` names, or nil.
  /// - Throws: `Failure` when there is no such folder or a file in it is wrong.
  init(userFolder: String?) throws(Failure) {
    var roots: [String] = []
    if let folder = userFolder ?? Platform.environment("SIMULATE_CATALOG") {
      guard Self.isDirectory(folder) else {
        throw Failure(.wrongInput, "\(folder): error: no such folder; --catalog needs one that holds profiles")
      }
      roots.append(folder)
    }
    let isShippedOnly = roots.isEmpty
    roots.append(Catalog.directory)
    // A user's folder may be laid out like the catalog or hold the sorts of profile directly.
    let folders = roots.flatMap { [$0 + "/hardware-profiles", $0] }
    profileFolders = folders
    if isShippedOnly {
      shipped = try checkingInput { () throws(ProfileFault) in try ProfileIndex(directory: folders[0]) }
      whole = nil
    } else {
      shipped = nil
      whole = try checkingInput { () throws(ProfileFault) in try ProfileCatalog(directories: folders) }
    }
    let workloadFolders = roots.map { $0 + "/workloads" }.filter(Self.isDirectory)
    workloads = try checkingInput { () throws(WorkloadFault) in try WorkloadCatalog(directories: workloadFolders) }
  }

  /// Every profile; they are read now if they have not been.
  var profiles: ProfileCatalog {
    get throws(Failure) {
      if let whole { return whole }
      return try checkingInput { () throws(ProfileFault) in try ProfileCatalog(directories: profileFolders) }
    }
  }

  /// The accelerators of the headline study, by date of release.
  func flagships() throws(Failure) -> [AcceleratorProfile] {
    try from(shipped) {
      try $0.flagships()
    } else: {
      $0.accelerators.filter(\.isFlagship)
    }
  }

  /// A workload by name, by shortened name, or from a file.
  func workload(_ name: String) throws(Failure) -> Workload {
    if Self.isFile(name) { return try checkingInput { () throws(WorkloadFault) in try Workload(path: name) } }
    let found = try checkingInput { () throws(NameFault) in
      try resolveName(name, among: workloads.names.map { Named(name: $0) }, what: "workload")
    }
    return try checkingInput { () throws(WorkloadFault) in try workloads.load(found) }
  }

  /// An accelerator by name or from a file; nil for `none`.
  func accelerator(_ name: String) throws(Failure) -> AcceleratorProfile? {
    if name == "none" { return nil }
    if Self.isFile(name) { return try fromFile { (all) throws(ProfileFault) in try all.accelerator(file: name) } }
    return try from(shipped) {
      try $0.accelerator(named: name)
    } else: {
      try $0.accelerator(named: name)
    }
  }

  /// A host by name or from a file.
  func host(_ name: String) throws(Failure) -> HostProfile {
    if Self.isFile(name) { return try fromFile { (all) throws(ProfileFault) in try all.host(file: name) } }
    return try from(shipped) {
      try $0.host(named: name)
    } else: {
      try $0.host(named: name)
    }
  }

  /// A framework by name or from a file.
  func framework(_ name: String) throws(Failure) -> FrameworkProfile {
    if Self.isFile(name) { return try fromFile { (all) throws(ProfileFault) in try all.framework(file: name) } }
    return try from(shipped) {
      try $0.framework(named: name)
    } else: {
      try $0.framework(named: name)
    }
  }

  private func fromFile<Answer>(_ read: (ProfileCatalog) throws(ProfileFault) -> Answer) throws(Failure) -> Answer {
    let profiles = try profiles
    return try checkingInput { () throws(ProfileFault) in try read(profiles) }
  }

  /// Asks the index, if there is one, and else the whole catalog.
  private func from<Answer>(
    _ index: ProfileIndex?, _ quick: (ProfileIndex) throws -> Answer, else full: (ProfileCatalog) throws -> Answer
  ) throws(Failure) -> Answer {
    do {
      if let index { return try quick(index) }
      return try full(try profiles)
    } catch let failure as Failure {
      throw failure
    } catch { throw Failure(.wrongInput, "\(error)") }
  }

  /// Refuses an output that would replace a file of a catalog, which was or may be an input.
  func check(isOutside target: OutputTarget) throws(Failure) {
    let parent = OutputTarget.folder(of: target.resolved)
    guard case .file(.some) = target.kind, let folder = FileIdentity(parent.isEmpty ? "." : parent) else { return }
    let kinds = ["accelerators", "architectures", "error-bands", "frameworks", "hosts", "measurements", "workloads"]
    for catalog in profileFolders {
      for kind in kinds where FileIdentity(catalog + "/" + kind) == folder {
        throw Failure(.wrongUsage, "error: the output '\(target.path)' is a file of the catalog; give it another name")
      }
    }
  }

  /// Names never hold a slash or end in `.json`; paths of files do.
  static func isFile(_ name: String) -> Bool {
    name.contains("/") || name.hasSuffix(".json")
  }

  private static func isDirectory(_ path: String) -> Bool {
    (try? listFiles(in: path, suffix: "")) != nil
  }
}
