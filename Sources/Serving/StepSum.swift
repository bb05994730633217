import Profiles
import Roofline
import Simulation

/// What some steps take together.
package struct StepSum: Sendable, Equatable, PassSummarized {
  /// Times and account, added up.
  package private(set) var summary = PassSummary.zero
  /// How many steps.
  package private(set) var steps: Int64 = 0
  /// Kernels that they launch, or nodes that they replay.
  package private(set) var launches: Int64 = 0

  /// No steps.
  package init() {}

  /// Adds a step that runs so often.
  ///
  /// - Throws: ``SimulationFault/tooLong(estimatedSeconds:)`` where the clock's range is left.
  package mutating func add(_ step: PassSummary, launches: Int, times: Int64 = 1) throws(SimulationFault) {
    let length = Double(summary.latency.count) + Double(step.latency.count) * Double(times)
    let host = Double(summary.hostBusy.count) + Double(step.hostBusy.count) * Double(times)
    guard max(length, host) < 0x1p62 else { throw .tooLong(estimatedSeconds: max(length, host) * 1e-12) }
    summary.latency += step.latency * Int(times)
    summary.deviceBusy += step.deviceBusy * Int(times)
    summary.hostBusy += step.hostBusy * Int(times)
    summary.account &+= step.account &* times
    steps += times
    self.launches &+= Int64(launches) &* times
  }

  /// Adds host time before the steps.
  mutating func add(host: Picoseconds) {
    summary.latency += host
    summary.hostBusy += host
    summary.account[CostCategory.dispatch.rawValue] &+= host.count
  }
}
