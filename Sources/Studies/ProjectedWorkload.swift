import JSONText
import Profiles
import Roofline
import Simulation
import Workloads

/// How a workload grows over the years of a projection.
package struct ProjectedWorkload: Sendable {
  /// What has become of it by some year.
  struct Growth: Sendable, Equatable {
    /// How many times as many operators.
    let operators: Double
    /// How many times as much work in each of them.
    let workPerOperator: Double
  }

  /// The factor by which its operators grow in number each year.
  private let operatorsYearlyFactor: Double
  /// The factor by which its weights, and so its arithmetic and traffic, grow each year.
  private let workYearlyFactor: Double
  /// The workload as it is bound so many years after the present; nil where it is the same in every year.
  let bound: (@Sendable (Int) throws -> BoundWorkload)?

  /// A workload that grows.
  ///
  /// - Parameters:
  ///   - growth: By which factors; nil for a workload that stays as it is.
  ///   - bound: The workload as it is bound so many years after the present.
  package init(_ growth: TrendScenario.Growth? = nil, bound: (@Sendable (Int) throws -> BoundWorkload)? = nil) {
    operatorsYearlyFactor = growth?.operatorsYearlyFactor ?? 1
    workYearlyFactor = growth?.workYearlyFactor ?? 1
    self.bound = bound
  }

  /// A parameter that grows by a factor each year.
  package static func grown(_ value: Int64, by factor: Double, years: Int) -> Int64 {
    Int64(min((Double(value) * (Double(years) * factor.logarithm).exponential).rounded(), 0x1p40))
  }

  /// What has become of it after so many years.
  func growth(after years: Double) -> Growth {
    func grown(_ factor: Double) -> Double { factor == 1 ? 1 : (factor.logarithm * years).exponential }
    let operators = grown(operatorsYearlyFactor)
    return Growth(operators: operators, workPerOperator: grown(workYearlyFactor) / operators)
  }
}

extension PassSummary {
  /// A pass of so many times as many operators, all alike: every time so many times as long.
  func repeated(_ operators: Double) -> PassSummary {
    guard operators != 1 else { return self }
    func times(_ time: Picoseconds) -> Picoseconds {
      Picoseconds(costInSeconds: time.seconds * operators)
    }
    var summary = PassSummary(
      latency: times(latency), deviceBusy: times(deviceBusy), hostBusy: times(hostBusy), account: .zero)
    // Of each part the end is rounded, so that the parts sum to the latency.
    var (sum, given): (Int64, Int64) = (0, 0)
    let last = (0..<Account.laneCount).last { account[$0] != 0 }
    for lane in 0..<Account.laneCount where account[lane] != 0 {
      sum += account[lane]
      let end = lane == last ? summary.latency.count : times(Picoseconds(sum)).count
      summary.account[lane] = end - given
      given = end
    }
    return summary
  }
}
