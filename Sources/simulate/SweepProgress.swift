/// How far a sweep is.
struct SweepProgress {
  private let first: Int
  private let progress: Progress

  /// Progress through some points, of which those before `start` are done already.
  init(_ points: Range<Int>, from start: Int? = nil) {
    first = points.lowerBound
    progress = Progress("sweep", of: points.count, from: (start ?? points.lowerBound) - points.lowerBound)
  }

  /// Notes that all points before one are done.
  func show(_ done: Int) { progress.note(done - first) }

  /// Takes the line away.
  func clear() { progress.finish() }
}
