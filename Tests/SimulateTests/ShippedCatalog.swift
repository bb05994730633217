import Catalog
import Profiles
import Simulation
import Workloads

/// The catalog as the command finds it.
enum ShippedCatalog {
  /// Read once: without optimization that takes longer than what most tests look at.
  private static let read = Result { try ProfileCatalog(directories: [Catalog.directory + "/hardware-profiles"]) }
  private static let found = Result { try WorkloadCatalog(directories: [Catalog.directory + "/workloads"]) }

  static func profiles() throws -> ProfileCatalog { try read.get() }

  static func workloads() throws -> WorkloadCatalog { try found.get() }

  /// A system of shipped parts.
  ///
  /// A graph is one launch, so that a thousand passes fill the queue before the steady state; a build without
  /// optimization makes do with a short queue.
  static func system(
    _ accelerator: AcceleratorProfile?, _ host: HostProfile, _ framework: FrameworkProfile
  ) -> System {
    var system = System(accelerator: accelerator, host: host, framework: framework)
    if !isOptimized, framework.mode == .graph { system.accelerator?.launch.queueDepth = 8 }
    return system
  }

  /// Whether this build is fast enough for every combination; without optimization a part stands for it.
  static let isOptimized: Bool = {
    #if DEBUG
      false
    #else
      true
    #endif
  }()
}
