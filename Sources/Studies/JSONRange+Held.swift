import JSONText

extension JSONRange {
  /// The value itself, or the limit of the range that it lies beyond.
  ///
  /// - Parameters:
  ///   - value: Any value, an infinite one too.
  ///   - other: What stands for no number at all, and where the range has no limit on that side.
  func held(_ value: Double, or other: Double?) -> Double {
    if contains(value) { return value }
    let fallback = other ?? value
    guard !value.isNaN else { return fallback }
    switch self {
    case .any: return fallback
    case .greaterThan: return fallback
    case .atLeast(let low): return value < low ? low : fallback
    case .between(let low, let high): return min(max(value, low), high)
    case .wholeBetween(let low, let high): return min(max(value.rounded(), low), high)
    }
  }
}
