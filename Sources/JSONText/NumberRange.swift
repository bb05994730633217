/// The numbers that a value may be.
public enum NumberRange: Sendable, Equatable {
  /// Every finite number.
  case any
  /// The numbers above a bound, the bound excluded.
  case greaterThan(Double)
  /// The numbers from a bound up, the bound included.
  case atLeast(Double)
  /// The numbers between two bounds, both included.
  case between(Double, Double)
  /// The whole numbers between two bounds, both included.
  case wholeBetween(Double, Double)

  /// Whether `number` is in the range; NaN is in none, infinity in none.
  public func contains(_ number: Double) -> Bool {
    guard number.isFinite else { return false }
    return switch self {
    case .any: true
    case .greaterThan(let bound): number > bound
    case .atLeast(let bound): number >= bound
    case .between(let low, let high): number >= low && number <= high
    case .wholeBetween(let low, let high): number >= low && number <= high && number == number.rounded()
    }
  }

  /// Whether only whole numbers are in the range: it counts things.
  public var isWhole: Bool {
    if case .wholeBetween = self { return true }
    return false
  }

  /// The number of the range that is nearest to another one: in a range of whole numbers, a whole one.
  ///
  /// A number that is in the range is its own nearest; NaN and the ends that a range excludes have none.
  public func nearest(to number: Double) -> Double? {
    let near: Double
    switch self {
    case .any, .greaterThan: near = number
    case .atLeast(let bound): near = max(bound, number)
    case .between(let low, let high): near = min(max(number, low), high)
    case .wholeBetween(let low, let high): near = min(max(number.rounded(), low), high)
    }
    return contains(near) ? near : nil
  }

  /// The lowest and the highest number, where there are such.
  public var bounds: (low: Double?, high: Double?) {
    switch self {
    case .any: (nil, nil)
    case .greaterThan(let low), .atLeast(let low): (low, nil)
    case .between(let low, let high), .wholeBetween(let low, let high): (low, high)
    }
  }

  /// The numbers of the range, to follow "must be": `between 0.001 and 1000 GHz`.
  ///
  /// - Parameter unit: What the numbers are counted in; empty for plain numbers.
  /// - Returns: The words, with the unit behind them.
  public func words(unit: String = "") -> String {
    let range =
      switch self {
      case .any: "a finite number"
      case .greaterThan(let bound): "greater than \(shortestText(of: bound))"
      case .atLeast(let bound): "at least \(shortestText(of: bound))"
      case .between(let low, let high): "between \(shortestText(of: low)) and \(shortestText(of: high))"
      case .wholeBetween(let low, let high):
        "a whole number between \(shortestText(of: low)) and \(shortestText(of: high))"
      }
    return unit.isEmpty ? range : range + " " + unit
  }
}
