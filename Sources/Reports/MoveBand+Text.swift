import JSONText
import Profiles
import Replay
import Roofline
import Studies

extension MoveBand {
  /// For programs: between what span and busy time lie, and on how many pairs of systems that rests.
  var record: Record {
    let pairs = Record(parts.map { ("\($0.part.pairsKey)", .count($0.pairs)) })
    return [
      "low_us": .time(span.low), "high_us": .time(span.high), "device_busy_low_us": .time(deviceBusy.low),
      "device_busy_high_us": .time(deviceBusy.high), "coverage": .number(Self.coverage),
      "measured_rule_fraction": .number(measuredFraction),
    ] + pairs
  }

  /// For people: the band, and what it rests on.
  var lines: [String] {
    let rests = parts.map { part, pairs, systems, passes in
      let measured = "\(NumberFormat.integer(passes)) measured passes"
      return switch part {
      case .accelerators: "kernel times on \(measured) of \(pairs) pairs of \(systems) accelerators"
      case .batches: "other batches on \(measured) of \(pairs) \(pairs == 1 ? "accelerator" : "accelerators")"
      case .hosts: "one number for a host on \(measured) of \(pairs) pairs of \(systems) machines"
      }
    }
    let isNarrow = parts.allSatisfy { $0.systems >= Self.manySystems }
    let countsHost = parts.contains { $0.part == .hosts }
    let others =
      measuredFraction >= Self.almostAll
      ? ""
      : "; \(NumberFormat.percent(1 - measuredFraction, decimals: 0)) of the device's time rests on other rules than operators and "
        + "shapes, of which no moves were measured"
    return [
      "nine in ten \(Self.text(span)), device busy \(Self.text(deviceBusy))"
        + (countsHost ? "" : "; the host is the recorded one, whose times are taken to be right"),
      "the band is from " + rests.joined(separator: ", and from ")
        + (isNarrow ? "" : "; so few tell little, and it is the wider for it") + others,
    ]
  }

  private static func text(_ range: (low: Picoseconds, high: Picoseconds)) -> String {
    (range.low == range.high ? "at " : "within ") + LatencyAnswer.range(range.low, range.high)
  }

  /// With so much moved as the measured passes were, the rest does not matter.
  private static let almostAll = 0.95

  /// From so many systems on, a few more would not make the band narrower by a tenth.
  private static let manySystems = 8
}

extension TraceStudy {
  /// For people: why a target whose kernels were moved has no band.
  var missingBand: String {
    let share = ruleShares[ScalingRule.shapes.rawValue].fraction
    let isTold = share >= MoveBand.leastMeasuredFraction
    return "no band: "
      + (isTold
        ? "such moves were not measured beside what they predict"
        : "only \(NumberFormat.percent(share, decimals: 0)) of the device's time rests on operators and shapes, and of other rules no "
          + "moves were measured")
  }
}

extension MoveErrors.Part {
  /// The key of the number of its rows.
  fileprivate var pairsKey: String {
    switch self {
    case .accelerators: "accelerator_pairs"
    case .batches: "batch_accelerators"
    case .hosts: "host_pairs"
    }
  }
}
