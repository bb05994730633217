import Studies

extension Column {
  /// What errors come to: their number, median, mean, the one that nine of ten do not exceed, and which way they lean.
  static func errors(_ summary: @escaping @Sendable (Row) -> ErrorSummary) -> [Column] {
    func percent(
      _ title: String, key: String? = nil, rank: Field.Rank = .essential,
      _ value: @escaping @Sendable (ErrorSummary) -> Double
    ) -> Column {
      Column(title, unit: "%", key: "\(key ?? title)_fraction", .percent(1), rank: rank) { .number(value(summary($0))) }
    }
    return [
      Column("count", .plain) { .count(summary($0).count) }, percent("median") { $0.median },
      percent("mean") { $0.mean }, percent("90th", key: "ninetieth", rank: .supporting) { $0.ninetieth },
      percent("bias", rank: .supporting) { $0.bias },
    ]
  }
}
