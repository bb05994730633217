import Profiles
import Simulation
import TestSupport
import Workloads

/// Scenarios of the catalog that travels with the program.
struct ShippedSystems {
  let profiles: ProfileCatalog
  let workloads: WorkloadCatalog

  /// Read once: without optimization that takes longer than what most tests look at.
  private static let profiles = Result { try ProfileCatalog(directories: [packageRoot + "/hardware-profiles"]) }
  private static let workloads = Result { try WorkloadCatalog(directories: [packageRoot + "/workloads"]) }

  init() throws {
    profiles = try Self.profiles.get()
    workloads = try Self.workloads.get()
  }

  /// A workload on a system by names; of the accelerator `none`, on the host alone.
  func scenario(
    _ workload: String, batch: Int64 = 1, on accelerator: String, _ framework: String = "pytorch-eager"
  ) throws -> Scenario {
    let part = accelerator == "none" ? nil : try profiles.accelerator(named: accelerator)
    return Scenario(
      workload: try workloads.load(workload).bind(["batch": batch]),
      system: System(
        accelerator: part, host: try profiles.host(named: "reference"),
        framework: try profiles.framework(named: framework)), precision: part == nil ? .fp32 : .fp16)
  }
}
