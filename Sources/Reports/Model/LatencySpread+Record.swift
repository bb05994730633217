import JSONText
import Roofline
import Studies

extension LatencySpread {
  /// All numbers.
  var record: Record {
    [
      "passes": .count(passes), "seed": .count(Int(clamping: seed)), "mean_us": .time(mean), "p50_us": .time(median),
      "p90_us": .time(ninety), "p99_us": .time(ninetyNine),
    ]
  }

  /// One line.
  var text: String {
    func milliseconds(_ time: Picoseconds) -> String { NumberFormat.significant(time.milliseconds, digits: 4) }
    return "with the host's jitter, of \(NumberFormat.integer(passes)) passes: half within \(milliseconds(median)) ms, "
      + "nine in ten within \(milliseconds(ninety)), 99 of 100 within \(milliseconds(ninetyNine)); "
      + "mean \(milliseconds(mean)); seed \(seed)"
  }
}
