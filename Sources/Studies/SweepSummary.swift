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

  /// Simulates points.
  ///
  /// - Parameters:
  ///   - plan: What is simulated.
  ///   - points: Which of its points.
  ///   - threads: How many cores are used; nil for all.
  ///   - progress: Is told how many points are done.
  /// - Throws: ``SweepFault`` at a point that cannot be simulated.
  /// - Complexity: Memory for a few stretches of points on each core.
  package init(
    _ plan: SweepPlan, _ points: Range<Int>, threads: Int? = nil, progress: (Int) -> Void = { _ in }
  ) throws {
    try OrderedWork(longest: Sweep.longestStretch, threads: max(1, threads ?? coreCount)).run(
      points, worker: { SweepEvaluator(plan) },
      make: { range, evaluator in
        Result { () throws(SweepFault) in try SweepSummary(of: range, &evaluator) }.map { ($0, range.upperBound) }
      }
    ) { made in
      let (part, end) = try made.get()
      add(part)
      progress(end)
    }
  }

  /// The summary of a stretch of points.
  private init(of range: Range<Int>, _ evaluator: inout SweepEvaluator) throws(SweepFault) {
    let results = try evaluator.results(range)
    for (offset, result) in results.enumerated() { add(range.lowerBound + offset, result) }
    notes = evaluator.notes(of: results)
  }

  private mutating func add(_ point: Int, _ result: SweepResult) {
    bounds[result.bound.place].count += 1
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
