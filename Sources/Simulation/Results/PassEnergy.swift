import Kernels
import Profiles
import Roofline

/// What one pass takes of energy.
package struct PassEnergy: Sendable, Equatable {
  /// Joules that the accelerator takes for it.
  package let joules: Double
  /// Watts that it draws on average; what it draws of itself for a pass that takes no time.
  package let watts: Double

  /// The energy of a pass of a plan; nil without an accelerator, and where its profile does not say what things take.
  package init?(_ scenario: Scenario, _ plan: ProgramPlan, _ summary: PassSummary) {
    guard let energy = DeviceEnergy(plan.lowered, on: scenario.system.accelerator) else { return nil }
    self.init(energy, summary)
  }

  /// The energy of a pass of what the device's kernels take.
  package init(_ energy: DeviceEnergy, _ summary: PassSummary) {
    let seconds = summary.latency.seconds
    joules = energy.joules(in: seconds)
    watts = seconds > 0 ? joules / seconds : energy.idleWatts
  }
}
