import Dispatch
import JSONText
import Synchronization

/// A line on a terminal that says how far something is which takes longer than a second.
///
/// It stands on standard error, and only where that is a terminal that can take a line back: what a pipe is given never
/// depends on how long something took. The line is gone when the work is done, and before anything else is said.
final class Progress {
  /// What is counted.
  enum Unit: Sendable {
    case bytes
    case items
  }

  private let line: ProgressLine
  private let timer: (any DispatchSourceTimer)?

  /// Begins to watch.
  ///
  /// - Parameters:
  ///   - what: What is done, as "reading trace.json".
  ///   - unit: What is counted.
  ///   - total: How much there is to do, if that is known.
  ///   - start: How much of it was done before.
  init(_ what: String, unit: Unit = .items, of total: Int? = nil, from start: Int = 0) {
    let line = ProgressLine(what, unit, total: total, start: start)
    self.line = line
    guard Platform.showsProgress else {
      timer = nil
      return
    }
    let timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "progress"))
    self.timer = timer
    timer.schedule(deadline: .now() + 1, repeating: 0.2)
    timer.setEventHandler { line.show() }
    timer.resume()
  }

  deinit { finish() }

  /// Does something that may take long, and says so while it does.
  static func showing<Result>(
    _ what: String, unit: Unit = .items, of total: Int? = nil, _ body: (Progress) throws -> Result
  ) throws(Failure) -> Result {
    let progress = Progress(what, unit: unit, of: total)
    defer { progress.finish() }
    return try checking { try body(progress) }
  }

  /// Notes how much is done, and how much there is if that is known now.
  func note(_ done: Int, of total: Int? = nil) { line.note(done, of: total) }

  /// Takes the line away for good.
  func finish() {
    timer?.cancel()
    line.finish()
  }

  /// The line after some seconds.
  static func line(_ what: String, _ unit: Unit, done: Int, start: Int, total: Int?, elapsed: Double) -> String {
    let rate = Double(done - start) / max(elapsed, 1e-9)
    func amount(_ count: Int) -> String {
      unit == .items ? NumberFormat.integer(count) : NumberFormat.integer(count >> 20) + " MiB"
    }
    guard let total, total > 0 else {
      return what + ": " + (done > 0 ? amount(done) + ", " : "") + durationText(elapsed)
    }
    let share = min(1, Double(done) / Double(total))
    let filled = Int(share * 30)
    let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: 30 - filled)
    var line = "\(what) [\(bar)] \(NumberFormat.percent(share, decimals: 0)) of \(amount(total))"
    if unit == .items, rate >= 1 { line += ", \(NumberFormat.integer(Int(min(rate, 1e15)))) a second" }
    if done > start { line += ", \(durationText(Double(max(0, total - done)) / rate)) left" }
    return line
  }
}

/// What the line is made of, for the thread that works and the one that shows it.
private final class ProgressLine: Sendable {
  private struct State {
    var done: Int
    var total: Int?
    var isShown = false
    var isOver = false
  }

  private let what: String
  private let unit: Progress.Unit
  private let start: Int
  private let begun = DispatchTime.now().uptimeNanoseconds
  private let state: Mutex<State>

  init(_ what: String, _ unit: Progress.Unit, total: Int?, start: Int) {
    self.what = what
    self.unit = unit
    self.start = start
    state = Mutex(State(done: start, total: total))
  }

  func note(_ done: Int, of total: Int?) {
    state.withLock {
      $0.done = done
      $0.total = total ?? $0.total
    }
  }

  func show() {
    let elapsed = Double(DispatchTime.now().uptimeNanoseconds - begun) * 1e-9
    state.withLock {
      guard !$0.isOver else { return }
      Platform.showProgress(
        Progress.line(what, unit, done: $0.done, start: start, total: $0.total, elapsed: elapsed))
      $0.isShown = true
    }
  }

  func finish() {
    state.withLock {
      if $0.isShown { Platform.showProgress("") }
      $0.isShown = false
      $0.isOver = true
    }
  }
}

/// Seconds as people say them: `12 s`, `3 min 5 s`, `1 h 3 min`, `2 d 4 h`.
func durationText(_ seconds: Double) -> String {
  guard seconds.isFinite, seconds < 1e9 else { return "years" }
  let whole = Int(max(0, seconds).rounded(.up))
  let (minutes, hours, days) = (whole / 60, whole / 3600, whole / 86_400)
  if days > 0 { return "\(days) d \(hours % 24) h" }
  if hours > 0 { return "\(hours) h \(minutes % 60) min" }
  return minutes > 0 ? "\(minutes) min \(whole % 60) s" : "\(whole) s"
}
