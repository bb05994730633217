import Profiles
import TestSupport
import Workloads

/// The catalog that travels with the program, from its folders in the package.
enum ShippedProfiles {
  /// Read once: without optimization that takes longer than what most tests look at.
  private static let read = Result { try ProfileCatalog(directories: [packageRoot + "/hardware-profiles"]) }
  private static let found = Result { try WorkloadCatalog(directories: [packageRoot + "/workloads"]) }

  static func catalog() throws -> ProfileCatalog { try read.get() }

  static func workloads() throws -> WorkloadCatalog { try found.get() }

  /// A system by names; an accelerator of `none` is the host alone.
  static func system(_ accelerator: String, _ framework: String = "pytorch-eager") throws -> System {
    let catalog = try catalog()
    return System(
      accelerator: accelerator == "none" ? nil : try catalog.accelerator(named: accelerator),
      host: try catalog.host(named: "reference"), framework: try catalog.framework(named: framework))
  }
}
