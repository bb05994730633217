import JSONText

/// Figures of a number that contradict each other.
///
/// A profile states one of them; what is drawn at random, as the worlds of a projection are, draws from all between the
/// smallest and the largest.
package struct SourceRange: Sendable, Equatable {
  /// From the smallest figure to the largest, in the number's unit.
  package let figures: ClosedRange<Double>
  /// The figure that the profile states, which lies between them.
  package let stated: Double
  /// The publication that has another one.
  package let otherFrom: String

  /// A range.
  package init(_ figures: ClosedRange<Double>, stated: Double, otherFrom: String) {
    self.figures = figures
    self.stated = stated
    self.otherFrom = otherFrom
  }

  /// What a number is multiplied by that lies so far between the smallest figure and the largest.
  ///
  /// A factor, so that a number that was scaled keeps its range.
  ///
  /// - Parameter place: From 0, the smallest, to 1.
  /// - Returns: The factor, 1 for the stated figure.
  package func factor(at place: Double) -> Double {
    (figures.lowerBound + place * (figures.upperBound - figures.lowerBound)) / stated
  }
}

extension SourceRange {
  /// What a profile states of a number; nil for a path that is no number's.
  typealias Stated = (_ path: String) -> (value: Double?, domain: NumberDomain)?

  /// Reads `range` and `other_from` of a source, which go together; nil where there are none.
  ///
  /// - Parameters:
  ///   - entry: The source.
  ///   - path: The number.
  ///   - stated: What the profile states.
  /// - Throws: `JSONFault` for one of the two without the other, what is no pair of rising figures in the number's range, and
  ///   a range of no number or without the stated figure.
  init?(from entry: inout JSONObjectCursor, of path: String, _ stated: Stated) throws(JSONFault) {
    let other = entry.optional("other_from")
    guard let cursor = entry.optional("range") else {
      if let other {
        throw other.fault(
          .described(problem: "names a source of another figure, and no range", advice: "write \"range\": [LOW, HIGH]"))
      }
      return nil
    }
    guard let number = stated(path) else {
      throw cursor.fault(
        .described(
          problem: "is a range of \(quoted(path)), which is a group of numbers",
          advice: "give the number that it is of a source of its own"))
    }
    guard let value = number.value else {
      throw cursor.fault(
        .described(problem: "is a range of \(quoted(path)), which the profile leaves out", advice: "state the number"))
    }
    let elements = try cursor.array()
    guard elements.count == 2 else {
      throw cursor.fault(
        .described(
          problem: "must have two figures, the smallest and the largest (it has \(elements.count))",
          advice: "write [LOW, HIGH]"))
    }
    let low = try elements[0].number(of: number.domain)
    let high = try elements[1].number(of: number.domain)
    func text(_ value: Double) -> String { NumberFormat.shortest(value) }
    guard low < high else {
      throw cursor.fault(
        .described(
          problem: "must rise from the smallest figure to the largest (it is [\(text(low)), \(text(high))])",
          advice: "write [LOW, HIGH]"))
    }
    guard (low...high).contains(value) else {
      throw cursor.fault(
        .described(
          problem: "is from \(text(low)) to \(text(high)), and the profile states \(text(value))",
          advice: "the stated figure is one of those that it spans"))
    }
    guard let other else {
      throw cursor.fault(
        .described(
          problem: "has no \"other_from\" beside it", advice: "name the publication that has another figure"))
    }
    self.init(low...high, stated: value, otherFrom: visible(try other.nonEmptyString()))
  }
}
