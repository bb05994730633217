/// Values by key, in order: an object of JSON, or a row of CSV.
package struct Record: Sendable, ExpressibleByDictionaryLiteral {
  /// The members.
  package private(set) var members: [(key: String, value: Value)]
  /// Whether JSON has it on one line.
  var isOnOneLine = false

  /// A record of members in order.
  package init(_ members: [(key: String, value: Value)]) { self.members = members }

  /// A record of members in order.
  package init(dictionaryLiteral elements: (String, Value)...) { members = elements.map { ($0, $1) } }

  /// The same record on one line of JSON.
  var onOneLine: Record {
    var record = self
    record.isOnOneLine = true
    return record
  }

  /// The members of both, in order.
  static func + (left: Record, right: Record) -> Record {
    var record = left
    record.members += right.members
    return record
  }

  static func += (left: inout Record, right: Record) { left = left + right }
}
