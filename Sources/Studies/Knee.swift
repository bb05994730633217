import Profiles
import Roofline
import Simulation
import Workloads

/// The batch size from which on the device, and not the host, sets the latency.
package enum Knee: Sendable, Equatable {
  /// The smallest such batch.
  case batch(Int)
  /// The host still sets the latency at the largest batch that was tried, or that fits the device's memory.
  case none(upTo: Int)

  /// The largest batch that is tried.
  package static let limit = 4096

  /// Finds the knee between a batch that the host bounds and one that the device does.
  ///
  /// Device time grows with the batch and host time does not, so one crossing is looked for. The next batch to try is
  /// where a straight line through the last two surpluses of device over host time crosses zero.
  ///
  /// - Parameters:
  ///   - workload: A workload with a parameter `batch`.
  ///   - parameters: Its other parameters.
  ///   - scenario: Makes the scenario of a bound workload.
  /// - Returns: The smallest batch at which the device sets the latency, if there is one.
  /// - Throws: What binding or simulating throws.
  /// - Complexity: A handful of simulations where device time grows evenly; at most about 4 log2(knee).
  package static func find(
    _ workload: Workload, parameters: [String: Int64], scenario: (BoundWorkload) -> Scenario
  ) throws -> Knee {
    try find(workload, parameters: parameters, with: Preparation(), scenario: scenario)
  }

  /// The same, with plans that others may have made.
  static func find(
    _ workload: Workload, parameters: [String: Int64], with preparation: Preparation,
    scenario: (BoundWorkload) -> Scenario
  ) throws -> Knee {
    func trial(_ batch: Int) throws -> Trial? {
      var values = parameters
      values["batch"] = Int64(batch)
      let prepared = try preparation.prepare(workload, values, scenario: scenario)
      return try Trial(batch, prepared.scenario, prepared.plan)
    }
    guard var low = try trial(1) else { return .none(upTo: 1) }
    if low.isDeviceBound { return .batch(1) }
    var high: Trial?
    var next = 16
    while high == nil {
      guard next <= limit, let tried = try trial(next) else { break }
      if tried.isDeviceBound {
        high = tried
      } else {
        next = min(8 * tried.batch, max(2 * tried.batch, low.crossing(with: tried) + tried.batch / 4))
        low = tried
      }
    }
    // The last batches before the memory is full, or the limit: by powers of two.
    var power = 1
    while high == nil {
      while power <= low.batch { power *= 2 }
      guard power <= limit, let tried = try trial(power) else { return .none(upTo: power / 2) }
      if tried.isDeviceBound { high = tried } else { low = tried }
    }
    guard var above = high else { preconditionFailure("a batch above the knee was found") }
    var isHalving = false
    while above.batch - low.batch > 1 {
      let width = above.batch - low.batch
      let guess = isHalving ? (low.batch + above.batch) / 2 : low.crossing(with: above)
      guard let tried = try trial(min(above.batch - 1, max(low.batch + 1, guess))) else { break }
      if tried.isDeviceBound { above = tried } else { low = tried }
      isHalving = 2 * (above.batch - low.batch) > width && !isHalving
    }
    return .batch(above.batch)
  }
}

/// A batch that was tried.
private struct Trial {
  let batch: Int
  let isDeviceBound: Bool
  /// Device time less host time, picoseconds.
  let surplus: Double

  /// Tries a batch; nil if it does not fit the memory.
  init?(_ batch: Int, _ scenario: Scenario, _ plan: ProgramPlan) throws {
    let table = scenario.price(plan)
    let result = try scenario.simulate(plan, table)
    guard result.memory.fits else { return nil }
    let sums = table.load(of: plan.counts)
    self.batch = batch
    isDeviceBound = !result.bound.isHostBound
    surplus = Double((sums.device - sums.host).count)
  }

  /// The first batch at which the surplus is positive on a straight line through two trials.
  func crossing(with other: Trial) -> Int {
    let slope = (other.surplus - surplus) / Double(other.batch - batch)
    guard slope > 0 else { return Knee.limit }
    return Int(min(Double(Knee.limit), max(1, Double(batch) - surplus / slope)).rounded(.down)) + 1
  }
}
