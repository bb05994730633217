import Profiles
import Roofline
import Simulation
import Workloads

/// The headline: the same workloads, host and framework on one accelerator generation after the other.
package struct GenerationsStudy: Sendable {
  /// One workload on one accelerator.
  package struct Row: Sendable {
    /// The workload's name.
    package let workload: String
    /// The accelerator.
    package let accelerator: AcceleratorProfile
    /// A result for each batch size of the study.
    package let results: [PassResult]
    /// From which batch on the device sets the latency.
    package let knee: Knee
  }

  /// The batch sizes.
  package let batches: [Int]
  /// The format of floating-point tensors.
  package let precision: Precision
  /// The host.
  package let host: HostProfile
  /// The framework.
  package let framework: FrameworkProfile
  /// Workload by workload, accelerators from the oldest to the newest.
  package let rows: [Row]

  /// Simulates every combination.
  ///
  /// - Complexity: For each workload and accelerator, a simulation for each batch and those of the knee.
  package init(
    workloads: [Workload], accelerators: [AcceleratorProfile], host: HostProfile, framework: FrameworkProfile,
    precision: Precision, batches: [Int]
  ) throws {
    self.batches = batches
    self.precision = precision
    self.host = host
    self.framework = framework
    let pairs = workloads.flatMap { workload in accelerators.map { (workload: workload, accelerator: $0) } }
    let preparation = Preparation()
    rows = try parallelMap(pairs) { workload, accelerator in
      let system = System(accelerator: accelerator, host: host, framework: framework)
      let scenario = { Scenario(workload: $0, system: system, precision: precision) }
      return Row(
        workload: workload.name, accelerator: accelerator,
        results: try batches.map { batch in
          let prepared = try preparation.prepare(workload, ["batch": Int64(batch)], scenario: scenario)
          return try prepared.scenario.simulate(prepared.plan, prepared.scenario.price(prepared.plan))
        },
        knee: try Knee.find(workload, parameters: [:], with: preparation, scenario: scenario))
    }
  }

  /// What the study shows, of its first workload at its smallest batch, from the first accelerator to the last that
  /// ships.
  package struct Finding: Sendable, Equatable {
    /// The workload.
    package let workload: String
    /// The accelerators compared.
    package let oldest: String
    /// The accelerators compared.
    package let newest: String
    /// How many times shorter the device is busy.
    package let deviceSpeedup: Double
    /// How many times shorter the pass takes.
    package let latencySpeedup: Double
    /// The tax fraction on the oldest.
    package let oldestTax: Double
    /// The tax fraction on the newest.
    package let newestTax: Double
  }

  /// The finding, or nil for a study without rows.
  package var finding: Finding? {
    let shipping = rows.filter { !$0.accelerator.isAnnounced && $0.workload == rows.first?.workload }
    guard let first = shipping.first, let last = shipping.last, let old = first.results.first,
      let new = last.results.first
    else { return nil }
    return Finding(
      workload: first.workload, oldest: first.accelerator.title, newest: last.accelerator.title,
      deviceSpeedup: old.deviceBusy.fraction(of: max(1, new.deviceBusy)),
      latencySpeedup: old.latency.fraction(of: max(1, new.latency)), oldestTax: old.frameworkTaxFraction,
      newestTax: new.frameworkTaxFraction)
  }
}
