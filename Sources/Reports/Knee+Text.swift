import Studies

extension Knee {
  /// The batch, or beyond which one it lies.
  var text: String {
    switch self {
    case .batch(let batch): String(batch)
    case .none(let limit): "> \(limit)"
    }
  }
}
