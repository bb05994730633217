import Simulation

/// What many points come to, without a row for each: the extremes, and what the latencies wait for.
package struct SweepSummary: Sendable {
  /// A point and what it takes.
  package struct Extreme: Sendable {
    /// The point's number.
    package let point: Int
    /// What it takes.
    package let result: SweepResult
  }

  /// How many points there are.
  package var count: Int { notes.points }
  /// What the extremes do not say.
  package private(set) var notes = SweepNotes()
  /// The point of the shortest latency; the first of several.
  package private(set) var shortest: Extreme?
  /// The point of the longest latency.
  package private(set) var longest: Extreme?
  /// The point of the smallest tax, as a fraction.
  package private(set) var leastTax: Extreme?
  /// The point of the largest tax.
  package private(set) var mostTax: Extreme?
  /// How many points wait for what.
  package private(set) var bounds: [(bound: LatencyBound, count: Int)] = LatencyBound.allCases.map { ($0, 0) }

  /// Points simulated at a time by one core.
  private static let stretch = 4096

  /// Simulates points.
  ///
  /// - Parameters:
  ///   - plan: What is simulated.
  ///   - points: Which of its points.
  ///   - threads: How many cores are used; nil for all.
  ///   - progress: Is told how many points are done.
  /// - Throws: ``SweepFault`` at a point that cannot be simulated.
  /// - Complexity: Memory for a stretch of points on each core.
  package init(
    _ plan: SweepPlan, _ points: Range<Int>, threads: Int? = nil, progress: (Int) -> Void = { _ in }
  ) throws {
    let wave = Self.stretch * max(1, threads ?? coreCount)
    for start in stride(from: points.lowerBound, to: points.upperBound, by: wave) {
      let end = min(points.upperBound, start + wave)
      let parts = try parallelMap(Array(stride(from: start, to: end, by: Self.stretch)), threads: threads) { first in
        var evaluator = SweepEvaluator(plan)
        var part = SweepSummary()
        let range = first..<min(end, first + Self.stretch)
        let results = try evaluator.results(range)
        for (offset, result) in results.enumerated() { part.add(first + offset, result) }
        part.notes = evaluator.notes(of: results)
        return part
      }
      for part in parts { add(part) }
      progress(end)
    }
  }

  private init() {}

  private mutating func add(_ point: Int, _ result: SweepResult) {
    let bound = result.bound
    if let place = bounds.firstIndex(where: { $0.bound == bound }) { bounds[place].count += 1 }
    let extreme = Extreme(point: point, result: result)
    keepExtremes(extreme, extreme, extreme, extreme)
  }

  private mutating func add(_ part: SweepSummary) {
    notes.add(part.notes)
    for place in bounds.indices { bounds[place].count += part.bounds[place].count }
    keepExtremes(part.shortest, part.longest, part.leastTax, part.mostTax)
  }

  private mutating func keepExtremes(
    _ short: Extreme?, _ long: Extreme?, _ least: Extreme?, _ most: Extreme?
  ) {
    func keep(_ old: inout Extreme?, _ new: Extreme?, if isBetter: (SweepResult, SweepResult) -> Bool) {
      guard let new else { return }
      if let known = old, !isBetter(new.result, known.result) { return }
      old = new
    }
    keep(&shortest, short) { $0.latency < $1.latency }
    keep(&longest, long) { $0.latency > $1.latency }
    keep(&leastTax, least) { $0.frameworkTaxFraction < $1.frameworkTaxFraction }
    keep(&mostTax, most) { $0.frameworkTaxFraction > $1.frameworkTaxFraction }
  }
}
