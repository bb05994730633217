import Profiles
import Roofline
import Simulation
import Workloads

/// The headline: the same workloads and framework on one accelerator generation after the other, all fed by one host and
/// each by the host of its time.
package struct GenerationsStudy: Sendable {
  /// One workload on one accelerator.
  package struct Row: Sendable {
    /// The workload's name.
    package let workload: String
    /// The accelerator.
    package let accelerator: AcceleratorProfile
    /// A result for each batch size of the study, fed by the one host.
    package let results: [PassResult]
    /// The host of the accelerator's time.
    package let ownHost: HostProfile
    /// A result for each batch size of the study, fed by that host.
    package let ownResults: [PassResult]
    /// From which batch on the device sets the latency, fed by that host.
    package let knee: Knee
  }

  /// The batch sizes.
  package let batches: [Int]
  /// The format of floating-point tensors.
  package let precision: Precision
  /// The one host.
  package let host: HostProfile
  /// The framework.
  package let framework: FrameworkProfile
  /// Workload by workload, accelerators from the oldest to the newest.
  package let rows: [Row]

  /// Simulates every combination.
  ///
  /// - Parameters:
  ///   - workloads: What runs.
  ///   - accelerators: On what, from the oldest to the newest.
  ///   - host: The one host.
  ///   - hostOfItsTime: The host that an accelerator is sold with.
  ///   - framework: Through what.
  ///   - precision: In which format.
  ///   - batches: At which batch sizes.
  /// - Throws: What `hostOfItsTime`, binding or simulating throws.
  /// - Complexity: For each workload and accelerator, two simulations for each batch and those of the knee.
  package init(
    workloads: [Workload], accelerators: [AcceleratorProfile], host: HostProfile,
    hostOfItsTime: (AcceleratorProfile) throws -> HostProfile, framework: FrameworkProfile, precision: Precision,
    batches: [Int]
  ) throws {
    self.batches = batches
    self.precision = precision
    self.host = host
    self.framework = framework
    let fed = try accelerators.map { (accelerator: $0, host: try hostOfItsTime($0)) }
    let pairs = workloads.flatMap { workload in fed.map { (workload: workload, fed: $0) } }
    let preparation = Preparation()
    rows = try parallelMap(pairs) { workload, fed in
      func scenario(_ host: HostProfile) -> (BoundWorkload) -> Scenario {
        let system = System(accelerator: fed.accelerator, host: host, framework: framework)
        return { Scenario(workload: $0, system: system, precision: precision) }
      }
      func results(_ host: HostProfile) throws -> [PassResult] {
        try batches.map { batch in
          let prepared = try preparation.prepare(workload, ["batch": Int64(batch)], scenario: scenario(host))
          return try prepared.scenario.simulate(prepared.plan, prepared.scenario.price(prepared.plan))
        }
      }
      return Row(
        workload: workload.name, accelerator: fed.accelerator, results: try results(host), ownHost: fed.host,
        ownResults: try results(fed.host),
        knee: try Knee.find(workload, parameters: [:], with: preparation, scenario: scenario(fed.host)))
    }
  }

  /// What the study shows, of its first workload at its smallest batch with the hosts of their time, from the first accelerator to the last that
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
    guard let first = shipping.first, let last = shipping.last, let old = first.ownResults.first,
      let new = last.ownResults.first
    else { return nil }
    return Finding(
      workload: first.workload, oldest: first.accelerator.title, newest: last.accelerator.title,
      deviceSpeedup: old.deviceBusy.fraction(of: max(1, new.deviceBusy)),
      latencySpeedup: old.latency.fraction(of: max(1, new.latency)), oldestTax: old.frameworkTaxFraction,
      newestTax: new.frameworkTaxFraction)
  }
}
