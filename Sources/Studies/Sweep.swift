import Dispatch
import Synchronization

/// Simulates a plan on several cores and hands out the rows in the order of the plan.
///
/// Points are cut into stretches. A wave of stretches is simulated at once, each by whichever core is free; then their
/// rows are handed out in order, so the bytes do not depend on the number of cores, and memory holds one wave.
public struct Sweep: Sendable {
  /// What is simulated.
  public let plan: SweepPlan
  /// How rows are written.
  public let rows: SweepRows
  /// How many cores are used.
  public let threads: Int

  /// A sweep.
  ///
  /// - Parameters:
  ///   - plan: What is simulated.
  ///   - format: How rows are written.
  ///   - threads: How many cores are used; nil for all.
  public init(_ plan: SweepPlan, format: SweepRows.Format, threads: Int? = nil) {
    self.plan = plan
    rows = SweepRows(plan, format)
    self.threads = max(1, threads ?? coreCount)
  }

  /// The rows of some points, by one core.
  ///
  /// - Throws: ``SweepFault`` at a point that cannot be simulated.
  public func text(_ points: Range<Int>) throws(SweepFault) -> [UInt8] {
    var evaluator = SweepEvaluator(plan)
    return try text(points, &evaluator).bytes
  }

  private func text(
    _ points: Range<Int>, _ evaluator: inout SweepEvaluator
  ) throws(SweepFault) -> (bytes: [UInt8], notes: SweepNotes) {
    let results = try evaluator.results(points)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(points.count * 96)
    for (offset, result) in results.enumerated() { rows.append(points.lowerBound + offset, result, to: &bytes) }
    return (bytes, evaluator.notes(of: results))
  }

  /// Simulates points and hands their rows out.
  ///
  /// - Parameters:
  ///   - points: Which.
  ///   - emit: Is given the rows of the next points, in order, and how many points are done.
  /// - Returns: What the rows do not say by themselves.
  /// - Throws: ``SweepFault``, or what `emit` throws.
  /// - Complexity: Memory for one wave: about a tenth of a second's work.
  @discardableResult
  public func run(
    _ points: Range<Int>, emit: (_ rows: [UInt8], _ done: Int) throws -> Void
  ) throws -> SweepNotes {
    var notes = SweepNotes()
    let evaluators = Mutex<[SweepEvaluator]>([])
    var stretch = 16
    var start = points.lowerBound
    while start < points.upperBound {
      let begun = DispatchTime.now().uptimeNanoseconds
      let stretches = stretches(from: start, to: points.upperBound, of: stretch)
      let texts = try parallelMap(stretches, threads: threads) { points in
        var evaluator = evaluators.withLock { $0.popLast() } ?? SweepEvaluator(plan)
        let text = try text(points, &evaluator)
        evaluators.withLock { $0.append(evaluator) }
        return text
      }
      for (points, text) in zip(stretches, texts) {
        try emit(text.bytes, points.upperBound)
        notes.add(text.notes)
      }
      start = stretches[stretches.count - 1].upperBound
      // Long waves waste no time between them; short ones let little be lost when the process is killed.
      let elapsed = DispatchTime.now().uptimeNanoseconds - begun
      if elapsed < 50_000_000, stretch < 8192 { stretch *= 2 }
      if elapsed > 200_000_000, stretch > 1 { stretch /= 2 }
    }
    return notes
  }

  private func stretches(from start: Int, to end: Int, of length: Int) -> [Range<Int>] {
    let count = min(4 * threads, (end - start + length - 1) / length)
    return (0..<count).map { (start + $0 * length)..<min(end, start + ($0 + 1) * length) }
  }
}
