import JSONText
import Profiles
import Roofline
import Simulation
import Workloads

/// The sentences that pages begin with.
enum Finding {
  /// How long a pass takes, and what sets that.
  static func pass(_ result: some PassSummarized, of scenario: Scenario) -> String {
    let batch = scenario.workload.parameters.first { $0.name == "batch" }.map { " at batch \($0.value)" } ?? ""
    let time = NumberFormat.time(picoseconds: result.latency.count)
    guard let accelerator = scenario.system.accelerator else {
      return "\(scenario.workload.name)\(batch) takes \(time) on \(scenario.system.host.title) alone."
    }
    let devices = scenario.system.parallelism.devices
    let system = devices > 1 ? "\(devices) \(accelerator.title), each of which" : "\(accelerator.title), which"
    return "\(scenario.workload.name)\(batch) takes \(time) a pass on \(system) \(waits(for: result))."
  }

  /// What the device does with its time: `is idle for 90 % of it: it waits for the framework`.
  private static func waits(for result: some PassSummarized) -> String {
    let idle = NumberFormat.percent(result.frameworkTaxFraction, decimals: 0)
    let busy = NumberFormat.percent(1 - result.frameworkTaxFraction, decimals: 0)
    return
      switch result.bound
    {
    case .framework: "is idle for \(idle) of it: it waits for the framework"
    case .compute: "works for \(busy) of it: arithmetic sets the time"
    case .memory: "works for \(busy) of it: memory sets the time"
    case .overhead: "works for \(busy) of it: fixed times of kernels set it, which no faster chip removes"
    case .communication: "works for \(busy) of it: the exchange with other devices sets the time"
    }
  }

  /// The least and the most of what is compared: `A pass takes 4.91 ms (b200) to 9.9 ms (a100), 2.0 times as long`.
  ///
  /// - Parameters:
  ///   - times: What is compared.
  ///   - words: What the times are of: `A pass takes`.
  ///   - unit: Their unit; nil for milliseconds, which are written as times.
  /// - Returns: The sentence without its end; nil where there are fewer than two, or nothing is above zero.
  static func extremes(_ times: [ComparedTime], words: String, unit: String? = nil) -> String? {
    let positive = times.filter { $0.milliseconds > 0 }
    guard times.count > 1, let least = positive.min(by: { $0.milliseconds < $1.milliseconds }),
      let most = positive.max(by: { $0.milliseconds < $1.milliseconds })
    else { return nil }
    func text(_ time: ComparedTime) -> String {
      let value =
        unit.map { "\(NumberFormat.significant(time.milliseconds, digits: 3)) \($0)" }
        ?? NumberFormat.time(picoseconds: Int64(time.milliseconds * 1e9))
      return "\(value) (\(time.label()))"
    }
    let ratio = most.milliseconds / least.milliseconds
    // What would be written as 1.0 times is no difference to speak of.
    let rest =
      ratio < 1.05
      ? ", and about as much everywhere else"
      : " to \(text(most)), \(NumberFormat.significant(ratio, digits: 2)) times as much"
    let none = times.count - positive.count
    return "\(words) \(text(least))\(rest)" + (none == 0 ? "" : "; \(none) of \(times.count) reach none")
  }

  /// Fractions as a range: `13 to 19 %`.
  static func range(_ fractions: [Double]) -> String {
    func text(_ fraction: Double) -> String { NumberFormat.percent(fraction, decimals: 0) }
    guard let least = fractions.min(), let most = fractions.max() else { return "nothing" }
    let (low, high) = (text(least), text(most))
    return low == high ? low : "\(low) to \(high)"
  }

  /// How many of some do not fit the memory, as the end of a sentence; nothing where all do.
  static func misfits(_ fits: [Bool]) -> String {
    let beyond = fits.count { !$0 }
    return beyond == 0 ? "" : "; \(beyond) of \(fits.count) do not fit the memory"
  }
}
