import Profiles

/// One number of one line of products over time, as logarithms.
package struct LineHistory: Sendable {
  /// A generation.
  package struct Point: Sendable, Equatable {
    /// When it came, in years.
    package let time: Double
    /// The natural logarithm of the number.
    package let logarithm: Double
    /// The month in which it came: `2017-06`.
    package let released: String
  }

  /// The line's name.
  package let line: String
  /// What it competes for.
  package let market: String
  /// From the oldest generation to the newest; never empty.
  package let points: [Point]

  /// A line, or nil without a point.
  package init?(line: String, market: String, points: [Point]) {
    guard !points.isEmpty else { return nil }
    self.line = line
    self.market = market
    self.points = points.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
      .map(\.element)
  }

  /// The newest generation.
  var last: Point { points[points.count - 1] }

  /// The lines of some parts that are shipping, for one number, in the order of their names.
  ///
  /// - Parameters:
  ///   - parts: The parts.
  ///   - path: The number.
  ///   - alternative: Another number that stands for it where a part lacks it.
  /// - Returns: The lines that have it.
  package static func lines(of parts: [HistoryPart], _ path: String, or alternative: String? = nil) -> [LineHistory] {
    let shipping = parts.filter { !$0.isAnnounced }
    return Dictionary(grouping: shipping, by: \.line).sorted { $0.key < $1.key }.compactMap { line, parts in
      LineHistory(
        line: line, market: parts[0].market,
        points: parts.compactMap { part in
          guard let value = part.values[path] ?? alternative.flatMap({ part.values[$0] }) else { return nil }
          return Point(time: part.time, logarithm: value.logarithm, released: part.released)
        })
    }
  }

  /// From one generation to the next: years, at least a month, and growth.
  var steps: [(years: Double, growth: Double)] {
    zip(points, points.dropFirst()).map { (max($1.time - $0.time, 1.0 / 12), $1.logarithm - $0.logarithm) }
  }
}
