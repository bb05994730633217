import Profiles

/// The trend of one number, over all lines of products that have it.
///
/// A line grows at a rate of its own and in steps that scatter: a walk with a drift. Its own steps are too few to tell the
/// rate, so it is drawn towards the rate of its market, that towards the rate of all lines, and that towards what was
/// expected before anything was known; each the more, the more the steps scatter. Lines of one market also draw nearer to
/// each other, as competitors do. Without scatter every line's own rate is exact.
package struct PooledTrend: Sendable {
  /// Where a line will be.
  package struct Forecast: Sendable, Equatable {
    /// The natural logarithm of the number.
    package let logarithm: Double
    /// By how much it may be off, in standard deviations of the logarithm.
    package let deviation: Double
    /// The degrees of freedom with which this deviation is known.
    package let degrees: Int
  }

  /// A rate, and how far it may be off as a variance.
  struct Rate: Sendable, Equatable {
    var value: Double
    var variance: Double
  }

  /// Sums over weighted steps that give a line's own rate.
  private struct OwnRate: Sendable {
    var weightedGrowth = 0.0
    /// Of the rate, in units of the scatter's variance.
    var precision = 0.0
    var value: Double { weightedGrowth / precision }
  }

  private let rules: TrendRules
  private let lines: [String: LineHistory]
  private let own: [String: OwnRate]
  private let markets: [String: Rate]
  /// The rate of all lines.
  private let pooled: Double
  /// The variance of a year's growth.
  private let scatter: Double
  /// How many steps tell it beyond those that tell the lines' rates.
  private let degrees: Double
  /// The share of its distance to the others that a line makes up for in a year.
  private var catchUp = 0.0
  /// What each step counts, by line.
  private let weights: [String: [Double]]

  /// Fits the lines.
  ///
  /// - Parameters:
  ///   - histories: The lines.
  ///   - number: What is expected of the number.
  ///   - rules: How much lines may differ.
  ///   - elder: The trend of an older number of the family, whose rate is expected in place of the number's own.
  /// - Complexity: O(generations of a market squared).
  package init(_ histories: [LineHistory], _ number: TrendRules.Number, _ rules: TrendRules, elder: PooledTrend? = nil)
  {
    self.rules = rules
    lines = Dictionary(histories.map { ($0.line, $0) }) { first, _ in first }
    var fit = Fit(histories, number, rules, elder)
    fit.run()
    (own, pooled, scatter, degrees, weights) = (fit.own, fit.pooled, fit.scatter, fit.degrees, fit.weights)
    markets = Self.marketRates(histories, fit, rules)
    catchUp = shownCatchUp(histories)
  }

  /// The degrees of freedom of forecasts: within what Student's t tells apart from normal numbers.
  var degreesOfFreedom: Int { max(3, min(Int(degrees), 30)) }

  /// The deviation of a year's growth.
  package var yearlyDeviation: Double { scatter.squareRoot() }

  /// The line of a name.
  package func history(of line: String) -> LineHistory? { lines[line] }

  // MARK: Rates

  private static func marketRates(_ histories: [LineHistory], _ fit: Fit, _ rules: TrendRules) -> [String: Rate] {
    let prior = 1 / (rules.marketDeviation * rules.marketDeviation)
    var markets: [String: (sum: Double, precision: Double)] = [:]
    for history in histories {
      var market = markets[history.market] ?? (fit.pooled * prior, prior)
      if let own = fit.own[history.line] {
        let precision = 1 / (fit.scatter / own.precision + rules.lineDeviation * rules.lineDeviation)
        market.sum += own.value * precision
        market.precision += precision
      }
      markets[history.market] = market
    }
    return markets.mapValues { Rate(value: $0.sum / $0.precision, variance: 1 / $0.precision) }
  }

  /// The rate of a line: its own, drawn towards its market's.
  func rate(of history: LineHistory) -> Rate {
    let market =
      markets[history.market]
      ?? Rate(value: pooled, variance: rules.marketDeviation * rules.marketDeviation)
    let spread = rules.lineDeviation * rules.lineDeviation
    guard let own = own[history.line] else { return Rate(value: market.value, variance: market.variance + spread) }
    // Shares instead of precisions: without scatter the own rate has all of it.
    let share = spread / (spread + scatter / own.precision)
    return Rate(
      value: own.value * share + market.value * (1 - share),
      variance: scatter / own.precision * share + market.variance * (1 - share) * (1 - share))
  }

  /// The yearly rate of a line's growth, as a logarithm.
  package func yearlyRate(of line: String) -> Double? { lines[line].map { rate(of: $0).value } }

  /// The level of a line at its newest point among some: that point, smoothed by those before it.
  private func level(_ points: ArraySlice<LineHistory.Point>, _ rate: Double) -> Double {
    guard let last = points.last else { return 0 }
    var (sum, total, weight) = (0.0, 0.0, 1.0)
    for point in points.reversed() {
      sum += weight * (point.logarithm + rate * (last.time - point.time))
      total += weight
      weight *= rules.olderGenerationWeight
    }
    return sum / total
  }

  /// How far the other lines of a line's market lie above it, at its newest point among some; 0 without others.
  private func gap(_ history: LineHistory, _ points: ArraySlice<LineHistory.Point>) -> Double {
    guard let time = points.last?.time else { return 0 }
    var levels: [Double] = []
    for other in lines.values.sorted(by: { $0.line < $1.line })
    where other.market == history.market && other.line != history.line {
      let known = other.points.prefix { $0.time <= time + 1e-9 }
      guard let last = known.last else { continue }
      let rate = rate(of: other).value
      levels.append(level(known, rate) + rate * (time - last.time))
    }
    guard !levels.isEmpty else { return 0 }
    let count = Double(levels.count)
    let own = level(points, rate(of: history).value)
    return (levels.reduce(0, +) / count - own) * count / (count + 1)
  }

  /// The catching up that the lines show.
  private func shownCatchUp(_ histories: [LineHistory]) -> Double {
    guard rules.catchUpPerYear > 0 else { return 0 }
    let prior = scatter / (rules.catchUpDeviation * rules.catchUpDeviation)
    var (sum, precision) = (rules.catchUpPerYear * prior, prior)
    for history in histories {
      let rate = rate(of: history).value
      for (index, step) in history.steps.enumerated() {
        let distance = gap(history, history.points.prefix(index + 1)) * step.years
        let weight = (weights[history.line]?[index] ?? 1) / (step.years + rules.generationYears)
        sum += weight * distance * (step.growth - rate * step.years)
        precision += weight * distance * distance
      }
    }
    return precision > 0 ? max(0, sum / precision) : 0
  }

  // MARK: Forecasts

  /// Where a line will be, or was.
  ///
  /// - Parameters:
  ///   - line: The line's name.
  ///   - time: When, in years. Before the newest generation it is what lies between the generations.
  /// - Returns: The forecast; nil where nothing is known of the line.
  package func forecast(_ line: String, at time: Double) -> Forecast? {
    guard let history = lines[line] else { return nil }
    let rate = rate(of: history)
    let years = max(0, time - history.last.time)
    let degrees = degreesOfFreedom
    let variance = scatter * (years + rules.generationYears) + rate.variance * years * years
    guard time > history.last.time else {
      return Forecast(
        logarithm: past(history, time, rate.value), deviation: (scatter * rules.generationYears).squareRoot(),
        degrees: degrees)
    }
    let closing = gap(history, history.points[...]) * (1 - (-catchUp * years).exponential)
    return Forecast(
      logarithm: level(history.points[...], rate.value) + rate.value * years + closing,
      deviation: variance.squareRoot(), degrees: degrees)
  }

  /// What lies between the generations of a line, and before them by its rate.
  private func past(_ history: LineHistory, _ time: Double, _ rate: Double) -> Double {
    guard let next = history.points.firstIndex(where: { $0.time >= time }), next > 0 else {
      let nearest = time <= history.points[0].time ? history.points[0] : history.last
      return nearest.logarithm + rate * (time - nearest.time)
    }
    let (before, after) = (history.points[next - 1], history.points[next])
    guard after.time > before.time else { return after.logarithm }
    let share = (time - before.time) / (after.time - before.time)
    return before.logarithm + (after.logarithm - before.logarithm) * share
  }

  /// How far each generation of a line after the first lies above where the one before it led to, by the month in which it
  /// came.
  package func surprises(of line: String) -> [(released: String, value: Double)] {
    guard let history = lines[line] else { return [] }
    let rate = rate(of: history).value
    return zip(history.points.dropFirst(), history.steps).map { point, step in
      (
        point.released,
        (step.growth - rate * step.years) / (step.years + rules.generationYears).squareRoot()
      )
    }
  }

  // MARK: Fitting

  /// The rates and the scatter, which tell each other what an outlier is.
  private struct Fit {
    private let histories: [LineHistory]
    /// The steps of each, which every round goes through.
    private let steps: [[(years: Double, growth: Double)]]
    private let rules: TrendRules
    private let expected: Rate
    private let elder: PooledTrend?
    private(set) var own: [String: OwnRate] = [:]
    private(set) var pooled: Double
    private(set) var scatter = 0.0
    private(set) var degrees = 0.0
    private(set) var weights: [String: [Double]]

    init(_ histories: [LineHistory], _ number: TrendRules.Number, _ rules: TrendRules, _ elder: PooledTrend?) {
      self.histories = histories
      steps = histories.map(\.steps)
      self.rules = rules
      self.elder = elder
      let deviation = elder == nil ? rules.priorDeviation : rules.priorDeviation / 2
      expected = Rate(value: elder?.pooled ?? number.priorYearlyFactor.logarithm, variance: deviation * deviation)
      pooled = expected.value
      weights = Dictionary(histories.map { ($0.line, $0.steps.map { _ in 1.0 }) }) { first, _ in first }
    }

    /// Alternates between rates and weights; few rounds settle it.
    mutating func run() {
      degrees = Double(steps.reduce(0) { $0 + $1.count } - histories.filter { $0.points.count > 1 }.count)
      for _ in 0..<25 {
        fitLines()
        fitScatter()
        fitPool()
        if scatter == 0 { break }
        weigh()
      }
    }

    private mutating func fitLines() {
      for (history, steps) in zip(histories, steps) where history.points.count > 1 {
        var rate = OwnRate()
        for (step, weight) in zip(steps, weights[history.line] ?? []) {
          let share = weight * step.years / (step.years + rules.generationYears)
          rate.weightedGrowth += share * step.growth
          rate.precision += share * step.years
        }
        own[history.line] = rate
      }
    }

    private mutating func fitScatter() {
      var sum = 0.0
      for (history, steps) in zip(histories, steps) {
        guard let rate = own[history.line] else { continue }
        for (step, weight) in zip(steps, weights[history.line] ?? []) {
          let rest = step.growth - rate.value * step.years
          // Below what rounding leaves, steps do not scatter.
          if abs(rest) > 1e-12 * max(1, abs(step.growth)) {
            sum += weight * rest * rest / (step.years + rules.generationYears)
          }
        }
      }
      let borrowed = elder.map { min($0.degrees, rules.elderDegrees) } ?? 0
      guard degrees + borrowed > 0 else {
        scatter = rules.firstDeviation * rules.firstDeviation
        return
      }
      scatter = (sum + borrowed * (elder?.scatter ?? 0)) / (degrees + borrowed)
    }

    /// How far a line's rate may lie from that of all, as a variance.
    private var spread: Double {
      rules.marketDeviation * rules.marketDeviation + rules.lineDeviation * rules.lineDeviation
    }

    private mutating func fitPool() {
      var (sum, precision) = (expected.value / expected.variance, 1 / expected.variance)
      for history in histories {
        guard let rate = own[history.line] else { continue }
        let share = 1 / (scatter / rate.precision + spread)
        sum += rate.value * share
        precision += share
      }
      pooled = sum / precision
    }

    private mutating func weigh() {
      for (history, steps) in zip(histories, steps) {
        weights[history.line] = steps.map { step in
          let variance = scatter * (step.years + rules.generationYears) + spread * step.years * step.years
          let rest = abs(step.growth - pooled * step.years)
          return rest > 0 ? min(1, rules.outlierDeviations * variance.squareRoot() / rest) : 1
        }
      }
    }
  }
}
