import Dispatch
import Reports

/// A line that says how far a sweep is, how fast, and how long it will take; only on a terminal.
struct SweepProgress {
  private let points: Range<Int>
  private let start: Int
  private let begun = DispatchTime.now().uptimeNanoseconds
  private var shown: UInt64 = 0

  /// Progress through some points, of which those before `start` are done already.
  init(_ points: Range<Int>, from start: Int? = nil) {
    self.points = points
    self.start = start ?? points.lowerBound
  }

  /// Shows that all points before one are done, ten times a second at most.
  mutating func show(_ done: Int) {
    let now = DispatchTime.now().uptimeNanoseconds
    guard Platform.showsProgress, now - shown > 100_000_000 else { return }
    shown = now
    let share = Double(done - points.lowerBound) / Double(max(1, points.count))
    let rate = Double(done - start) / max(1e-9, Double(now - begun) * 1e-9)
    let left = Double(points.upperBound - done) / max(1e-9, rate)
    let filled = Int(share * 30)
    let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: 30 - filled)
    Platform.showProgress(
      "[\(bar)] \(NumberFormat.percent(share, decimals: 0)) of \(NumberFormat.integer(points.count)), "
        + "\(NumberFormat.integer(Int(rate))) a second, \(NumberFormat.time(seconds: left.rounded(.up))) left")
  }

  /// Takes the line away.
  mutating func clear() {
    if shown > 0 { Platform.showProgress("") }
    shown = 0
  }
}
