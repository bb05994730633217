import JSONText
import Roofline
import Studies

extension LatencySpread {
  /// All numbers.
  var record: Record {
    [
      "passes": .count(passes), "seed": .count(Int(clamping: seed)), "mean_us": .time(mean), "p50_us": .time(median),
      "p90_us": .time(ninety), "p99_us": .time(ninetyNine),
    ] + (ranks?.record ?? [:])
  }

  /// One line.
  var text: String {
    func milliseconds(_ time: Picoseconds) -> String { NumberFormat.significant(time.milliseconds, digits: 4) }
    return "with the host's jitter, of \(NumberFormat.integer(passes)) passes: half within \(milliseconds(median)) ms, "
      + "nine in ten within \(milliseconds(ninety)), 99 of 100 within \(milliseconds(ninetyNine)); "
      + "mean \(milliseconds(mean)); seed \(seed)"
  }
}

extension RankSpread {
  /// All numbers.
  var record: Record {
    [
      "ranks": .count(ranks), "collectives": .number(collectives), "transfer_us": .time(transfer),
      "waiting_us": .time(waiting), "drift_us": .time(meanDrift), "largest_drift_us": .time(largestDrift),
    ]
  }

  /// One line.
  var text: String {
    func time(_ time: Picoseconds) -> String { NumberFormat.time(picoseconds: time.count) }
    return "\(NumberFormat.integer(ranks)) ranks, each with a host of its own: of a pass's time in collectives "
      + "\(time(transfer)) are transfer and \(time(waiting)) waiting for the last rank; they drift apart by "
      + "\(time(meanDrift)) at a collective on average, \(time(largestDrift)) at most"
  }
}
