import Kernels
import Profiles

/// What a plan depends on beside the workload: systems of one identity share the plans of each workload.
///
/// It is the framework without the numbers that do not affect the plan (`ProfileField.affects`), with the fusion rules
/// that apply, and what the device can multiply.
package struct PlanIdentity: Sendable, Hashable {
  private let framework: FrameworkProfile
  private let target: LoweringTarget

  /// The identity of a system's plans in a precision.
  package init(system: System, precision: Precision, formats: TensorFormats? = nil) {
    target = LoweringTarget(system: system, precision: precision, formats: formats)
    var framework = system.framework
    framework.fusion = framework.fusionRules(on: system.accelerator?.architecture ?? "")
    framework.fusionByArchitecture = []
    for index in Self.times.indices { Self.times[index].set(0, in: &framework) }
    framework.provenance = Provenance()
    self.framework = framework
  }

  private static let times = FrameworkProfile.fields.filter { !$0.affects.contains(.plan) }

  /// Hashes what tells most identities apart; equality decides.
  package func hash(into hasher: inout Hasher) {
    hasher.combine(framework.name)
    hasher.combine(target.precision)
    hasher.combine(target.matrixPrecisions)
  }
}
