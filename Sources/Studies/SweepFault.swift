import JSONText
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
  /// A number whose unit is none of its axis, or of one end of a range alone.
  case quantity(axis: String, QuantityFault)
  case halfUnit(axis: String, text: String)
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

extension SweepFault: Fault {
  /// The place in a workload's file that a parameter's value leads to.
  public var place: String? {
    if case .workload(let fault) = self { return fault.place }
    return nil
  }

  /// What is wrong, and what would be right.
  public var words: FaultWords {
    switch self {
    case .emptyValue(let axis):
      "\(over(axis)) has an empty value; write \(over(axis))=VALUE,VALUE,..."
    case .repeatedValue(let axis, let text):
      "\(over(axis)) has the value \(oneLine(text)) twice; use fewer values or a wider range"
    case .noMatch(let axis, let pattern):
      "no \(oneLine(axis)) of the catalog fits '\(oneLine(pattern))'; \(command: "profiles list \(oneLine(axis))s") names those there are"
    case .quantity(let axis, let fault): "\(over(axis)): a value \(fault.words)"
    case .halfUnit(let axis, let text):
      "one end of '\(oneLine(text))' in \(over(axis)) has a unit and the other has none; write both with theirs"
    case .notANumber(let axis, let text):
      "\(over(axis)) needs numbers or ranges such as 1..64:log7 (it has '\(oneLine(text))')"
    case .notARange(let axis, let text):
      "'\(oneLine(text))' in \(over(axis)) is no range; write LO..HI:linN or LO..HI:logN, N values from 2 to "
        + "\(SweepRange.countLimit)"
    case .logarithmOfNothing(let axis, let text):
      "both ends of the logarithmic range '\(oneLine(text))' in \(over(axis)) must be greater than 0"
    case .notWhole(let axis, let text):
      "\(over(axis)) needs whole numbers from 1 to 1000000000 (it has '\(oneLine(text))')"
    case .repeatedAxis(let axis): "\(oneLine(axis)) is varied twice; give each \(option: "over") once"
    case .noAxis: "nothing is varied; add for instance \(option: "over") batch=1,2,4,8"
    case .tooManyPoints: "the sweep has more than 10^15 points; use fewer values"
    case .override(let fault): fault.words
    case .workload(let fault): fault.words
    case .simulation(let fault, let point): "\(fault.words) (at \(oneLine(point)))"
    case .noSuchShard(_, let count) where !SweepPlan.shardCounts.contains(count):
      "a sweep has at most \(SweepPlan.shardCounts.upperBound) parts (\(count) are asked for)"
    case .noSuchShard(let shard, let count):
      "there is no part \(shard) of \(count); parts are counted from 1 to their number"
    }
  }

  /// An axis as it is asked for.
  private func over(_ axis: String) -> FaultWords { "\(option: "over") \(oneLine(axis))" }
}

extension SweepFault {
  /// The axis, parameter or number that the fault is about, if it is about one.
  public var subject: String? {
    switch self {
    case .emptyValue(let axis), .repeatedValue(let axis, _), .noMatch(let axis, _), .notANumber(let axis, _),
      .quantity(let axis, _),
      .halfUnit(let axis, _),
      .notARange(let axis, _), .logarithmOfNothing(let axis, _), .notWhole(let axis, _), .repeatedAxis(let axis):
      axis
    case .override(.unknownPath(let path, _)), .override(.noAccelerator(let path)), .override(.noEngine(let path)),
      .override(.noInterconnect(let path)),
      .override(.outOfRange(let path, _, _)):
      path
    case .workload(.unknownParameter(let name, _, _, _)), .workload(.parameterOutOfRange(let name, _)): name
    case .noAxis, .tooManyPoints, .workload, .simulation, .noSuchShard: nil
    }
  }
}
