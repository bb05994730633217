import Roofline

/// An operator in two recordings.
package struct ComparedOperator: Sendable {
  /// Its name.
  package let name: String
  /// In the first recording; nil where it is not there.
  package let here: OperatorTime?
  /// In the other; nil where it is not there.
  package let there: OperatorTime?

  /// What it costs in one: the device's time, and the host's in which the device waited.
  private static func cost(_ time: OperatorTime?) -> Picoseconds { time.map { $0.device + $0.exposedHost } ?? .zero }

  /// How much more it costs in the first recording than in the other.
  package var difference: Picoseconds { Self.cost(here) - Self.cost(there) }
}

/// Two recordings operator by operator.
package struct OperatorComparison: Sendable {
  /// The operators: those that became slower first, by how much.
  package let rows: [ComparedOperator]

  /// Compares the operators of two recordings by name and sort.
  package init(_ here: OperatorTimes, against there: OperatorTimes) {
    var others: [String: OperatorTime] = [:]
    for row in there.rows { others[row.sort.rawValue + row.name] = row }
    var rows = here.rows.map { row in
      ComparedOperator(name: row.name, here: row, there: others.removeValue(forKey: row.sort.rawValue + row.name))
    }
    rows += there.rows.filter { others[$0.sort.rawValue + $0.name] != nil }.map {
      ComparedOperator(name: $0.name, here: nil, there: $0)
    }
    self.rows = rows.sorted { ($1.difference, $0.name) < ($0.difference, $1.name) }
  }
}
