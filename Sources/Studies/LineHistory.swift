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
  /// What has been announced for a time after the newest generation, from the earliest.
  package let announced: [Point]

  /// A line, or nil without a point.
  package init?(line: String, market: String, points: [Point], announced: [Point] = []) {
    func sorted(_ points: [Point]) -> [Point] {
      points.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
    }
    guard let last = points.map(\.time).max() else { return nil }
    self.line = line
    self.market = market
    self.points = sorted(points)
    self.announced = sorted(announced.filter { $0.time > last })
  }

  /// The newest generation.
  var last: Point { points[points.count - 1] }

  /// The lines of some parts of which one is shipping, for one number, in the order of their names.
  ///
  /// - Parameters:
  ///   - parts: The parts.
  ///   - path: The number.
  ///   - alternative: Another number that stands for it where a part lacks it.
  /// - Returns: The lines that have it.
  package static func lines(of parts: [HistoryPart], _ path: String, or alternative: String? = nil) -> [LineHistory] {
    Dictionary(grouping: parts, by: \.line).sorted { $0.key < $1.key }.compactMap { line, parts in
      func points(_ parts: [HistoryPart]) -> [Point] {
        parts.compactMap { part in
          guard let value = part.values[path] ?? alternative.flatMap({ part.values[$0] }) else { return nil }
          return Point(time: part.time, logarithm: value.logarithm, released: part.released)
        }
      }
      return LineHistory(
        line: line, market: parts[0].market, points: points(parts.filter { !$0.isAnnounced }),
        announced: points(parts.filter(\.isAnnounced)))
    }
  }

  /// From one generation to the next: years, at least a month, and growth.
  var steps: [(years: Double, growth: Double)] {
    zip(points, points.dropFirst()).map { (max($1.time - $0.time, 1.0 / 12), $1.logarithm - $0.logarithm) }
  }
}
