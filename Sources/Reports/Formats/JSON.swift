import JSONText

extension Report {
  /// One JSON value with all that was found; times are exact decimals, so that a breakdown sums to the last digit.
  package func json() -> String { record.json() }
}

extension Record {
  /// The record as a JSON value.
  func json(_ layout: JSONWriter.Layout = .pretty) -> String { String(decoding: jsonBytes(layout), as: UTF8.self) }

  /// The same in UTF-8.
  func jsonBytes(_ layout: JSONWriter.Layout) -> [UInt8] {
    var writer = JSONWriter(layout: layout)
    writer.write(self)
    return writer.bytes
  }
}

extension JSONWriter {
  /// Writes a record as an object.
  mutating func write(_ record: Record) {
    beginObject(onOneLine: record.isOnOneLine)
    for (name, value) in record.members {
      key(name)
      write(value)
    }
    end()
  }

  /// Writes a value, null where it is missing.
  private mutating func write(_ value: Value) {
    switch value {
    case .text(let text?): self.value(text)
    case .flag(let flag?): self.value(flag)
    case .count(let count?): self.value(count)
    case .number(let number?) where number.isFinite: self.value(number)
    case .time(.some): rawNumber(value.text)
    case .decimal(let number?) where number.isFinite: rawNumber(value.text)
    case .field(let text): write(decimalNumber(text).map { .number($0) } ?? .text(text.isEmpty ? nil : text))
    case .list(let values, let onOneLine):
      beginArray(onOneLine: onOneLine)
      for value in values { write(value) }
      end()
    case .record(let record): write(record)
    case .table(let table):
      beginArray()
      for record in table.records(for: .json) { write(record) }
      end()
    case .text, .flag, .count, .number, .time, .decimal: null()
    }
  }
}
