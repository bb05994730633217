import JSONText

extension Report {
  /// An object of JSON for each row, on a line of its own; where there are several tables, with the name of its table.
  package func jsonLines() -> String {
    tables.map { $0.jsonLines(isNamed: tables.count > 1) }.joined()
  }
}

extension Table {
  /// An object of JSON for each row, on a line of its own.
  ///
  /// - Parameter isNamed: Whether each begins with the name of the table.
  /// - Returns: The lines.
  package func jsonLines(isNamed: Bool = false) -> String {
    let head: Record = isNamed ? ["table": .text(name)] : [:]
    return records(for: .lines).map { (head + $0).json(.compact) + "\n" }.joined()
  }
}
