import Profiles
import Simulation

/// A hypothetical system beside a real one.
package struct HypotheticalStudy: Sendable {
  /// The real one.
  package let base: Scenario
  /// The hypothetical one.
  package let hypothetical: Scenario
  /// What its numbers were multiplied by, knob by knob; empty where a profile says what they are.
  package let factors: [(dial: SystemDial, factor: Double)]
  /// What the real one takes.
  package let baseResult: SweepResult
  /// What the hypothetical one takes.
  package let hypotheticalResult: SweepResult

  /// Turns some knobs of a system.
  ///
  /// - Throws: `OverrideFault` where a number leaves its range, or a `SimulationFault`.
  package init(_ base: Scenario, scaledBy factors: [(dial: SystemDial, factor: Double)]) throws {
    var hypothetical = base
    for (dial, factor) in factors { try dial.turn(by: factor, in: &hypothetical.system) }
    try self.init(base, beside: hypothetical, factors)
  }

  /// Compares two systems.
  ///
  /// - Throws: A `SimulationFault`.
  package init(_ base: Scenario, beside hypothetical: Scenario) throws {
    try self.init(base, beside: hypothetical, [])
  }

  private init(
    _ base: Scenario, beside hypothetical: Scenario, _ factors: [(dial: SystemDial, factor: Double)]
  ) throws {
    self.base = base
    self.hypothetical = hypothetical
    self.factors = factors
    let preparation = Preparation()
    baseResult = try SweepResult(PassPricer(base, preparation.plan(of: base)).time().summary)
    hypotheticalResult = try SweepResult(
      PassPricer(hypothetical, preparation.plan(of: hypothetical)).time().summary)
  }

  /// Every number in which the two systems differ: path, old and new value.
  package var changes: [(path: String, old: Double?, new: Double?)] {
    hypothetical.system.numberPaths.compactMap { path in
      let (old, new) = (base.system.number(at: path), hypothetical.system.number(at: path))
      return old == new ? nil : (path, old, new)
    }
  }
}
