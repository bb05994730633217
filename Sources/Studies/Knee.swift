import Profiles
import Simulation
import Workloads

/// The batch size from which on the device, and not the host, sets the latency.
public enum Knee: Sendable, Equatable {
  /// The smallest such batch.
  case batch(Int)
  /// The host still sets the latency at the largest batch that was tried, or that fits the device's memory.
  case none(upTo: Int)

  /// The largest batch that is tried.
  public static let limit = 4096

  /// Finds the knee by doubling the batch and then halving the interval.
  ///
  /// Device time grows with the batch and host time does not, so one crossing is looked for.
  ///
  /// - Parameters:
  ///   - workload: A workload with a parameter `batch`.
  ///   - parameters: Its other parameters.
  ///   - scenario: Makes the scenario of a bound workload.
  /// - Returns: The smallest batch at which the device sets the latency, if there is one.
  /// - Throws: What binding or simulating throws.
  /// - Complexity: About 2 log2(knee) simulations.
  public static func find(
    _ workload: Workload, parameters: [String: Int64], scenario: (BoundWorkload) -> Scenario
  ) throws -> Knee {
    func isDeviceBound(_ batch: Int) throws -> Bool? {
      var values = parameters
      values["batch"] = Int64(batch)
      let result = try scenario(workload.bind(values)).simulate()
      guard result.memory.fits else { return nil }
      let host = result.time(in: .dispatch) + result.time(in: .launch)
      return 2 * host < result.latency
    }
    var low = 0
    var high = 1
    while true {
      guard high <= limit, let isAbove = try isDeviceBound(high) else { return .none(upTo: max(1, low)) }
      if isAbove { break }
      low = high
      high *= 2
    }
    while high - low > 1 {
      let middle = (low + high) / 2
      if try isDeviceBound(middle) == true { high = middle } else { low = middle }
    }
    return .batch(high)
  }
}
