import Simulation
import Synchronization

/// Simulates a plan on several cores and hands out the rows in the order of the plan.
///
/// Points are cut into stretches, each simulated by whichever core is free, and their rows are handed out in order: so the
/// bytes do not depend on the number of cores, and memory holds a few stretches (`OrderedWork`).
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
    return try text(points, &evaluator)
  }

  private func text(_ points: Range<Int>, _ evaluator: inout SweepEvaluator) throws(SweepFault) -> [UInt8] {
    let stretch = stretch(points, &evaluator)
    if let fault = stretch.fault { throw fault }
    return stretch.rows
  }

  /// The rows of some points, up to the first that cannot be simulated.
  private struct Stretch: Sendable {
    var rows: [UInt8] = []
    /// The points before this one have their rows.
    var end: Int
    var fault: SweepFault?
    var notes = SweepNotes()
  }

  /// Simulates some points; the rows are written to memory, whose content is not read.
  private func stretch(
    _ points: Range<Int>, _ evaluator: inout SweepEvaluator, in memory: consuming [UInt8] = []
  ) -> Stretch {
    memory.removeAll(keepingCapacity: true)
    var stretch = Stretch(rows: memory, end: points.lowerBound)
    stretch.rows.reserveCapacity(points.count * rows.typicalLength)
    // Few results at a time lie in the processor's own memory until their rows are written.
    let size = evaluator.isInOrder ? 256 : points.count
    while stretch.end < points.upperBound, stretch.fault == nil {
      let first = stretch.end
      let (results, fault) = evaluator.resultsBeforeFault(first..<min(first + size, points.upperBound))
      rows.append(from: first, results, to: &stretch.rows)
      stretch.notes.add(evaluator.notes(of: results))
      (stretch.end, stretch.fault) = (first + results.count, fault)
    }
    return stretch
  }

  /// Simulates points and hands their rows out.
  ///
  /// - Parameters:
  ///   - points: Which.
  ///   - emit: Is given the rows of the next points, in order, and how many points are done.
  /// - Returns: What the rows do not say by themselves.
  /// - Throws: ``SweepFault`` at a point that cannot be simulated, when the rows of all points before it have been handed
  ///   out, or what `emit` throws.
  /// - Complexity: Memory for a few stretches of points on each core.
  @discardableResult
  public func run(
    _ points: Range<Int>, emit: (_ rows: [UInt8], _ done: Int) throws -> Void
  ) throws -> SweepNotes {
    var notes = SweepNotes()
    let spare = SpareMemory()
    try OrderedWork(longest: Self.longestStretch, threads: threads).run(
      points, worker: { SweepEvaluator(plan) },
      make: { stretch($0, &$1, in: spare.take()) }
    ) { stretch in
      try emit(stretch.rows, stretch.end)
      spare.put(stretch.rows)
      notes.add(stretch.notes)
      if let fault = stretch.fault { throw fault }
    }
    return notes
  }

  /// Points simulated at a time by one core, at most.
  static let longestStretch = 2048

  /// Simulates some stretches of points in any order, and hands their rows out as they are asked for.
  ///
  /// - Parameters:
  ///   - stretches: Which points.
  ///   - emit: Is given the number of a stretch and its rows; returns whether to go on.
  /// - Throws: ``SweepFault`` at a point that cannot be simulated, or what `emit` throws.
  public func sample(_ stretches: [Range<Int>], emit: (_ stretch: Int, _ rows: [UInt8]) throws -> Bool) throws {
    let evaluators = Mutex<[SweepEvaluator]>([])
    for first in stride(from: 0, to: stretches.count, by: threads) {
      let wave = Array(stretches[first..<min(first + threads, stretches.count)])
      for (offset, stretch) in simulate(wave, evaluators).enumerated() {
        if let fault = stretch.fault { throw fault }
        guard try emit(first + offset, stretch.rows) else { return }
      }
    }
  }

  private func simulate(_ cut: [Range<Int>], _ evaluators: borrowing Mutex<[SweepEvaluator]>) -> [Stretch] {
    parallelMap(cut, threads: threads) { points in
      var evaluator = evaluators.withLock { $0.popLast() } ?? SweepEvaluator(plan)
      let stretch = stretch(points, &evaluator)
      if stretch.fault == nil { evaluators.withLock { $0.append(evaluator) } }
      return stretch
    }
  }
}

/// The memory of rows that have been handed out, for those of the next stretches.
///
/// Rows are made by one thread and done with on another: an allocator would give each stretch back to the system and ask for
/// the next, which takes as long as writing it.
private final class SpareMemory: Sendable {
  private let pieces = Mutex<[[UInt8]]>([])

  func take() -> [UInt8] { pieces.withLock { $0.popLast() } ?? [] }

  func put(_ piece: [UInt8]) { pieces.withLock { $0.append(piece) } }
}
