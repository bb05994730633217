import Catalog
import JSONText
import Profiles
import Workloads

/// The profiles and workloads in reach: the user's folder first, then those that travel with the program.
struct Library {
  let profiles: ProfileCatalog
  let workloads: WorkloadCatalog

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
    roots.append(Catalog.directory)
    // A user's folder may be laid out like the catalog or hold the sorts of profile directly.
    let folders = roots.flatMap { [$0 + "/hardware-profiles", $0] }
    profiles = try checkingInput { () throws(ProfileFault) in try ProfileCatalog(directories: folders) }
    let workloadFolders = roots.map { $0 + "/workloads" }.filter(Self.isDirectory)
    workloads = try checkingInput { () throws(WorkloadFault) in try WorkloadCatalog(directories: workloadFolders) }
  }

  /// A workload by name, by shortened name, or from a file.
  func workload(_ name: String) throws(Failure) -> Workload {
    if isFile(name) { return try checkingInput { () throws(WorkloadFault) in try Workload(path: name) } }
    let found = try checkingInput { () throws(NameFault) in
      try resolveName(name, among: workloads.names.map { Named(name: $0) }, what: "workload")
    }
    return try checkingInput { () throws(WorkloadFault) in try workloads.load(found) }
  }

  /// An accelerator by name or from a file; nil for `none`.
  func accelerator(_ name: String) throws(Failure) -> AcceleratorProfile? {
    if name == "none" { return nil }
    if isFile(name) {
      return try checkingInput { () throws(ProfileFault) in try profiles.accelerator(file: name) }
    }
    return try checkingInput { () throws(NameFault) in try profiles.accelerator(named: name) }
  }

  /// A host by name or from a file.
  func host(_ name: String) throws(Failure) -> HostProfile {
    if isFile(name) { return try checkingInput { () throws(ProfileFault) in try profiles.host(file: name) } }
    return try checkingInput { () throws(NameFault) in try profiles.host(named: name) }
  }

  /// A framework by name or from a file.
  func framework(_ name: String) throws(Failure) -> FrameworkProfile {
    if isFile(name) { return try checkingInput { () throws(ProfileFault) in try profiles.framework(file: name) } }
    return try checkingInput { () throws(NameFault) in try profiles.framework(named: name) }
  }

  /// Names never hold a slash or end in `.json`; paths of files do.
  private func isFile(_ name: String) -> Bool {
    name.contains("/") || name.hasSuffix(".json")
  }

  private static func isDirectory(_ path: String) -> Bool {
    (try? listFiles(in: path, suffix: "")) != nil
  }
}
