import JSONText

/// How trends are fitted to a history: what is expected of a number before any of its history is known, and how much lines
/// of products may differ.
///
/// Rates are differences of natural logarithms, per year.
package struct TrendRules: Sendable, Equatable {
  /// What is expected of one number.
  package struct Number: Sendable, Equatable {
    /// The number's path: `accelerator.memory.bandwidth_gb_per_s`.
    package let path: String
    /// Another number that stands for it where a part lacks it; nil for none.
    package let alternative: String?
    /// The factor by which it was expected to grow each year before anything was known.
    package let priorYearlyFactor: Double
    /// An older number of its family, whose trend is expected of it instead; nil for none.
    package let elder: String?
    /// Whether it moves in rare large steps, so that its errors tell nothing of other numbers' bands.
    package let isStepwise: Bool

    /// A number and what is expected of it.
    package init(
      path: String, alternative: String? = nil, priorYearlyFactor: Double = 1, elder: String? = nil,
      isStepwise: Bool = false
    ) {
      self.isStepwise = isStepwise
      self.path = path
      self.alternative = alternative
      self.priorYearlyFactor = priorYearlyFactor
      self.elder = elder
    }
  }

  /// The numbers with a trend, those that others name as elder before them.
  package var numbers: [Number]
  /// How far the rate of a number over all lines may lie from the one expected, a standard deviation.
  package var priorDeviation: Double
  /// How far the rate of a market's lines may lie from that of all, a standard deviation.
  package var marketDeviation: Double
  /// How far the rate of a line may lie from that of its market, a standard deviation.
  package var lineDeviation: Double
  /// The deviation of a year's growth where no history says it.
  package var firstDeviation: Double
  /// How many years of growth a generation deviates by, however soon it follows.
  package var generationYears: Double
  /// From how many deviations on a step counts as an outlier, and for less.
  package var outlierDeviations: Double
  /// What the generation before the last counts for the present level, as a share of the last, and so on.
  package var olderGenerationWeight: Double
  /// The share of its distance to the other lines of a market that a line makes up for in a year, as expected.
  package var catchUpPerYear: Double
  /// How far this share may lie from the one expected, a standard deviation.
  package var catchUpDeviation: Double
  /// The most degrees of freedom that an elder number's deviation counts for.
  package var elderDegrees: Double
  /// How many errors of earlier hindcasts the bands' own width counts for.
  package var bandPriorErrors: Double
  /// After how many years an error counts for less, by a factor of e.
  package var bandMemoryYears: Double
  /// By how much device times shrink each year beyond what data sheets say, a logarithm.
  package var progressPerYear: Double
  /// How far a year's progress beyond data sheets may lie from the one known, a standard deviation of the logarithm.
  package var progressDeviation: Double
  /// How far a latency's forecast may be off without it, a standard deviation of the logarithm.
  package var progressError: Double
  /// How far a host's dispatch may lie from what the speed of its threads says, a standard deviation of the logarithm.
  package var hostDeviation: Double
  /// How far a part may come out from what was announced of it, a standard deviation of the logarithm; nil for not saying,
  /// so that announcements tell nothing.
  package var announcementDeviation: Double?
  /// Where the numbers are from.
  package var provenance = Provenance()

  /// What is expected of a number, or of the one that it stands for.
  package func number(_ path: String) -> Number? {
    numbers.first { $0.path == path } ?? numbers.first { $0.alternative == path }
  }
}

extension TrendRules {
  /// The constants, in the order of the file.
  private static let constants:
    [(key: String, place: WritableKeyPath<TrendRules, Double> & Sendable, range: NumberRange)] = [
      ("prior_deviation", \.priorDeviation, .between(1e-3, 10)),
      ("market_deviation", \.marketDeviation, .between(1e-3, 10)),
      ("line_deviation", \.lineDeviation, .between(1e-3, 10)),
      ("first_deviation", \.firstDeviation, .between(1e-3, 10)),
      ("generation_years", \.generationYears, .between(0, 10)),
      ("outlier_deviations", \.outlierDeviations, .between(1, 1000)),
      ("older_generation_weight", \.olderGenerationWeight, .between(0, 1)),
      ("catch_up_per_year", \.catchUpPerYear, .between(0, 10)),
      ("catch_up_deviation", \.catchUpDeviation, .between(1e-3, 10)),
      ("elder_degrees", \.elderDegrees, .between(0, 1000)),
      ("band_prior_errors", \.bandPriorErrors, .between(0, 1e6)),
      ("progress_per_year", \.progressPerYear, .between(-1, 1)),
      ("progress_deviation", \.progressDeviation, .between(1e-3, 10)),
      ("progress_error", \.progressError, .between(1e-3, 10)),
      ("host_deviation", \.hostDeviation, .between(1e-3, 10)),
      ("band_memory_years", \.bandMemoryYears, .between(0.1, 1e6)),
    ]

  private init() {
    numbers = []
    (priorDeviation, marketDeviation, lineDeviation, firstDeviation) = (1, 1, 1, 1)
    (generationYears, outlierDeviations, olderGenerationWeight) = (0, 1, 0)
    (catchUpPerYear, catchUpDeviation, elderDegrees) = (0, 1, 0)
    (bandPriorErrors, bandMemoryYears) = (0, 1)
    progressPerYear = 0
    (progressDeviation, progressError, hostDeviation) = (1, 1, 1)
  }

  /// Reads a document of schema `trends/1`.
  ///
  /// - Throws: `JSONFault` at what is wrong: a path that no profile knows, a number given twice, an elder that does not
  ///   stand before it, a constant out of its range.
  package init(from document: JSONDocument) throws(JSONFault) {
    self.init()
    var root = try document.cursor.object()
    try root.schema("trends/1")
    for cursor in try root.required("numbers").array() {
      let number = try Self.number(cursor, known: numbers)
      numbers.append(number)
    }
    for (key, place, range) in Self.constants { self[keyPath: place] = try root.required(key).number(range) }
    announcementDeviation = try root.optional("announcement_deviation")?.number(.between(1e-3, 10))
    provenance = try Provenance.read(
      from: &root, known: SourcePaths(["numbers", "constants", "progress_per_year", "announcement_deviation"]))
    try root.finish()
  }

  private static func number(_ cursor: JSONCursor, known: [Number]) throws(JSONFault) -> Number {
    var object = try cursor.object()
    let place = try object.required("number")
    let path = try self.path(place)
    guard !known.contains(where: { $0.path == path }) else {
      throw place.fault(.described(problem: "is given twice (\(quoted(path)))", advice: "give it once"))
    }
    let alternative = try object.optional("or").map(self.path)
    let factor = try object.required("prior_yearly_factor").number(.between(0.1, 10))
    var elder: String?
    if let cursor = object.optional("elder") {
      let name = try self.path(cursor)
      guard known.contains(where: { $0.path == name }) else {
        throw cursor.fault(
          .described(problem: "must be a number that stands before it (it is \(quoted(name)))", advice: "move it up"))
      }
      elder = name
    }
    let isStepwise = try object.optional("is_stepwise")?.boolean() ?? false
    try object.finish()
    return Number(
      path: path, alternative: alternative, priorYearlyFactor: factor, elder: elder, isStepwise: isStepwise)
  }

  private static func path(_ cursor: JSONCursor) throws(JSONFault) -> String {
    let path = try cursor.nonEmptyString()
    guard SystemNumber(path: path) != nil else {
      let known = SystemNumber.all.map(\.path)
      throw cursor.fault(
        .unknownName(what: "number", name: path, suggestion: nearestName(to: path, among: known), known: []))
    }
    return path
  }
}
