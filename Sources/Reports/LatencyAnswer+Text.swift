import JSONText
import Profiles
import Roofline
import Simulation
import Studies

extension LatencyAnswer {
  /// For programs: between which latencies nine in ten measurements would lie, and why.
  var record: Record {
    let record: Record = [
      "low_us": .time(band?.low), "high_us": .time(band?.high), "coverage": .number(band == nil ? nil : Self.coverage),
      "regime": .text(regime.rawValue), "assumed_numbers": .count(assumedNumbers),
    ]
    guard contestedNumbers > 0 else { return record.onOneLine }
    return Record(record.members + [("contested_numbers", .count(contestedNumbers))]).onOneLine
  }

  /// For people: which case it is, by how much, and what would change it most.
  ///
  /// - Parameter isHostOnly: Whether the host runs the kernels itself.
  /// - Returns: A line without a full stop.
  func caseText(isHostOnly: Bool) -> String {
    let times =
      isHostOnly
      ? "dispatch \(Self.text(load.host)), kernels \(Self.text(load.device))"
      : "host \(Self.text(load.host)), device with its gaps \(Self.text(load.device))"
    let head =
      switch regime {
      case .nearKnee: "near the knee"
      case .hostBound, .deviceBound: regime.rawValue + margin
      }
    return "\(head) (\(times)); \(strongestText)"
  }

  /// For people: the latency, how sure it is, and on what it rests.
  var answerText: String {
    var parts = [NumberFormat.time(picoseconds: summary.latency.count)]
    if let band { parts.append("nine in ten within \(Self.range(band.low, band.high))") }
    if let assumedNumbers, let numbersThatMatter, numbersThatMatter > 0 {
      parts.append(
        assumedNumbers == 0
          ? "none of the \(numbersThatMatter) numbers that matter is assumed"
          : "\(assumedNumbers) of the \(numbersThatMatter) numbers that matter \(assumedNumbers == 1 ? "is" : "are") assumed"
      )
    }
    if contestedNumbers > 0 {
      let numbers = contestedNumbers == 1 ? "a number" : "\(contestedNumbers) numbers"
      parts.append("sources disagree on \(numbers) that it depends on")
    }
    return parts.joined(separator: "; ")
  }

  /// How many times the shorter side the longer is, where the shorter is anything.
  private var margin: String {
    load.ratio.isFinite ? " by \(NumberFormat.significant(load.ratio, digits: 2)) times" : ""
  }

  /// The number that moves the latency most; else the largest part of the critical path.
  private var strongestText: String {
    if let strongest {
      let change = NumberFormat.significant(abs(strongest.elasticity), digits: 2)
      return
        "most of all \(strongest.path): 1 % more of it \(strongest.elasticity < 0 ? "takes \(change) % off" : "adds \(change) %")"
    }
    let parts = CostCategory.allCases.map { (category: $0, time: summary.time(in: $0)) }
    guard let largest = parts.max(by: { $0.time < $1.time }), largest.time > 0 else { return "nothing takes time" }
    let share = NumberFormat.percent(largest.time.fraction(of: summary.latency), decimals: 0)
    return "most of it, \(share), is \(largest.category.title)"
  }

  /// Both ends of an interval, in the unit of both where they share it: `8.3 to 9.9 ms`.
  static func range(_ low: Picoseconds, _ high: Picoseconds) -> String {
    let (low, high) = (text(low), text(high))
    if low == high { return low }
    guard let space = low.firstIndex(of: " "), high.hasSuffix(low[space...]) else { return "\(low) to \(high)" }
    return "\(low[..<space]) to \(high)"
  }

  private static func text(_ time: Picoseconds) -> String { NumberFormat.time(picoseconds: time.count) }
}
