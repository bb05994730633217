/// Which numbers an option allows.
package enum NumberLimits<Number: Comparable & Hashable & Sendable>: Hashable, Sendable {
  /// Every number.
  case any
  /// This number and all above.
  case atLeast(Number)
  /// All numbers above this one.
  case above(Number)
  /// The numbers of a range, both ends among them.
  case within(ClosedRange<Number>)

  /// Whether the number is allowed.
  package func contains(_ number: Number) -> Bool {
    switch self {
    case .any: true
    case .atLeast(let lowest): number >= lowest
    case .above(let limit): number > limit
    case .within(let range): range.contains(number)
    }
  }

  /// What is allowed, to follow `must be`.
  var words: String {
    switch self {
    case .any: "any number"
    case .atLeast(let lowest): "at least \(plain(lowest))"
    case .above(let limit): "greater than \(plain(limit))"
    case .within(let range): "from \(plain(range.lowerBound)) to \(plain(range.upperBound))"
    }
  }

  /// The number as a person types it: a whole `Double` without its `.0`.
  private func plain(_ number: Number) -> String {
    let text = "\(number)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
