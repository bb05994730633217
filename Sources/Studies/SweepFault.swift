import Profiles
import Simulation
import Workloads

/// What is wrong with a sweep.
public enum SweepFault: Error, Sendable, Equatable {
  /// A value is missing.
  case emptyValue(axis: String)
  /// The same number twice in a row.
  case repeatedValue(axis: String, text: String)
  /// A pattern that no name of the catalog fits.
  case noMatch(axis: String, pattern: String)
  /// A text that is no number and no range.
  case notANumber(axis: String, text: String)
  /// A range that is none.
  case notARange(axis: String, text: String)
  /// A logarithmic range that is not above zero.
  case logarithmOfNothing(axis: String, text: String)
  /// A parameter that is no whole number of at least 1.
  case notWhole(axis: String, text: String)
  /// Something that varies twice.
  case repeatedAxis(String)
  /// Nothing varies.
  case noAxis
  /// More points than can be counted.
  case tooManyPoints
  /// A number of a profile that does not exist, or not with this value.
  case override(OverrideFault)
  /// A parameter that a workload does not have, or a value that its formulas do not take.
  case workload(WorkloadFault)
  /// A point that cannot be simulated.
  case simulation(SimulationFault, point: String)
  /// A part of a plan that is none.
  case noSuchShard(Int, of: Int)
}

extension SweepFault: CustomStringConvertible {
  /// One line: what is wrong, and what would be right.
  public var description: String {
    switch self {
    case .emptyValue(let axis): "error: --over \(axis) has an empty value; write --over \(axis)=VALUE,VALUE,..."
    case .repeatedValue(let axis, let text):
      "error: --over \(axis) has the value \(text) twice in a row; use fewer values or a wider range"
    case .noMatch(let axis, let pattern):
      "error: no \(axis) of the catalog fits '\(pattern)'; 'simulate profiles list \(axis)s' names those there are"
    case .notANumber(let axis, let text):
      "error: --over \(axis) needs numbers or ranges such as 1..64:log7 (it has '\(text)')"
    case .notARange(let axis, let text):
      "error: '\(text)' in --over \(axis) is no range; write LO..HI:linN or LO..HI:logN, N values from 2 to "
        + "\(SweepRange.countLimit)"
    case .logarithmOfNothing(let axis, let text):
      "error: both ends of the logarithmic range '\(text)' in --over \(axis) must be greater than 0"
    case .notWhole(let axis, let text):
      "error: --over \(axis) needs whole numbers from 1 to 1000000000 (it has '\(text)')"
    case .repeatedAxis(let axis): "error: \(axis) is varied twice; give each --over once"
    case .noAxis: "error: nothing is varied; add for instance --over batch=1,2,4,8"
    case .tooManyPoints: "error: the sweep has more than 10^15 points; use fewer values"
    case .override(let fault): fault.description
    case .workload(let fault): fault.description
    case .simulation(let fault, let point): "\(fault.description) (at \(point))"
    case .noSuchShard(_, let count) where !SweepPlan.shardCounts.contains(count):
      "error: a sweep has at most \(SweepPlan.shardCounts.upperBound) parts (\(count) are asked for)"
    case .noSuchShard(let shard, let count):
      "error: there is no part \(shard) of \(count); parts are counted from 1 to their number"
    }
  }
}
