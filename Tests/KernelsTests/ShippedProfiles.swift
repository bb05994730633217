import Profiles
import TestSupport
import Workloads

/// The catalog that travels with the program, from its folders in the package.
enum ShippedProfiles {
  static func catalog() throws -> ProfileCatalog {
    try ProfileCatalog(directories: [packageRoot + "/hardware-profiles"])
  }

  static func workloads() throws -> WorkloadCatalog {
    try WorkloadCatalog(directories: [packageRoot + "/workloads"])
  }

  /// A system by names; an accelerator of `none` is the host alone.
  static func system(_ accelerator: String, _ framework: String = "pytorch-eager") throws -> System {
    let catalog = try catalog()
    return System(
      accelerator: accelerator == "none" ? nil : try catalog.accelerator(named: accelerator),
      host: try catalog.host(named: "reference"), framework: try catalog.framework(named: framework))
  }
}
