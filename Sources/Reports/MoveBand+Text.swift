import JSONText
import Profiles
import Replay
import Roofline

extension MoveBand {
  /// For programs: between what span and busy time lie, and on how many pairs of systems that rests.
  var record: Record {
    let pairs = Record(parts.map { ("\($0.part.pairsKey)", .count($0.pairs)) })
    return [
      "low_us": .time(span.low), "high_us": .time(span.high), "device_busy_low_us": .time(deviceBusy.low),
      "device_busy_high_us": .time(deviceBusy.high), "coverage": .number(Self.coverage),
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
    return [
      "nine in ten within \(Self.text(span)), device busy within \(Self.text(deviceBusy))"
        + (countsHost ? "" : "; the host is the recorded one, whose times are taken to be right"),
      "the band is from " + rests.joined(separator: ", and from ")
        + (isNarrow ? "" : "; so few tell little, and it is the wider for it"),
    ]
  }

  /// From so many systems on, a few more would not make the band narrower by a tenth.
  private static let manySystems = 8

  private static func text(_ range: (low: Picoseconds, high: Picoseconds)) -> String {
    let (low, high) = (
      NumberFormat.time(picoseconds: range.low.count), NumberFormat.time(picoseconds: range.high.count)
    )
    return low == high ? low : "\(low) to \(high)"
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
