import Kernels
import Profiles

/// What a plan depends on beside the workload: systems of one identity share the plans of each workload.
///
/// It is the framework without its times, with the fusion rules that apply, and what the device can multiply. A number
/// that a framework gets later counts as part of the identity until it is named here: too many plans are made then, and
/// never a wrong one.
public struct PlanIdentity: Sendable, Hashable {
  private let framework: FrameworkProfile
  private let target: LoweringTarget

  /// The identity of a system's plans in a precision.
  public init(system: System, precision: Precision) {
    target = LoweringTarget(system: system, precision: precision)
    var framework = system.framework
    framework.fusion = framework.fusionRules(on: system.accelerator?.architecture ?? "")
    framework.fusionByArchitecture = []
    framework.dispatchUS = DispatchTable()
    framework.kernelUS = 0
    framework.passUS = 0
    framework.graphNodeUS = 0
    framework.provenance = Provenance()
    self.framework = framework
  }

  /// Hashes what tells most identities apart; equality decides.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(framework.name)
    hasher.combine(target.precision)
    hasher.combine(target.matrixPrecisions)
  }
}
