import JSONText
import Profiles
import Studies
import TestSupport
import Workloads

/// The shipped profiles and workloads, by the names that measurement files use.
struct ShippedModels: ModelSource {
  let profiles: ProfileCatalog
  let workloads: WorkloadCatalog

  init() throws {
    profiles = try ProfileCatalog(directories: [packageRoot + "/hardware-profiles"])
    workloads = try WorkloadCatalog(directories: [packageRoot + "/workloads"])
  }

  func workload(_ name: String) throws -> Workload { try workloads.load(name) }

  func accelerator(_ name: String) throws -> AcceleratorProfile? {
    name == "none" ? nil : try profiles.accelerator(named: name)
  }

  func host(_ name: String) throws -> HostProfile { try profiles.host(named: name) }

  func framework(_ name: String) throws -> FrameworkProfile { try profiles.framework(named: name) }
}

/// Measurements by others, which are not part of this repository: beside a checkout, where there are any.
enum Published {
  /// Whether a file below `../shared` is here: the condition of what needs it, so that it is reported as skipped.
  static func has(_ path: String) -> Bool { (try? readFileBytes(sharedFolder + "/" + path)) != nil }

  /// The rows of a file below `../shared`.
  static func table(_ path: String) throws -> CSVText {
    try CSVText(bytes: try readFileBytes(sharedFolder + "/" + path), file: path)
  }
}
