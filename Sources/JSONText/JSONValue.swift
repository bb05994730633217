/// A value of a JSON document, which knows where it stands.
package struct JSONValue: Sendable {
  /// What a value can be.
  package enum Content: Sendable {
    /// The members of an object, in the file's order.
    case object([JSONMember])
    /// The elements of an array.
    case array([JSONValue])
    /// A string, its escapes resolved.
    case string(String)
    /// A finite number.
    case number(JSONNumber)
    /// `true` or `false`
    case boolean(Bool)
    /// `null`
    case null
  }

  /// What the value is.
  package let content: Content

  /// The offset in the file of the value's first byte.
  package let byteOffset: Int

  /// Puts a value at an offset of a file.
  package init(content: Content, byteOffset: Int) {
    self.content = content
    self.byteOffset = byteOffset
  }

  /// The kind of the value; a number is ``JSONKind/number``, also where it has no fraction.
  package var kind: JSONKind {
    switch content {
    case .object: .object
    case .array: .array
    case .string: .string
    case .number: .number
    case .boolean: .boolean
    case .null: .null
    }
  }
}

/// A key of an object and its value.
package struct JSONMember: Sendable {
  /// The key, its escapes resolved.
  package let key: String

  /// The offset in the file of the key's opening quote.
  package let keyByteOffset: Int

  /// The key's value.
  package let value: JSONValue

  /// Puts a key with its value.
  package init(key: String, keyByteOffset: Int, value: JSONValue) {
    self.key = key
    self.keyByteOffset = keyByteOffset
    self.value = value
  }
}

/// A number as it is written, and what it is worth.
package struct JSONNumber: Sendable, Equatable {
  /// The number as it is written.
  package let text: String

  /// The nearest `Double`, always finite.
  ///
  /// Computed when it is asked for: a tree of a million numbers should not keep each of them twice.
  package var double: Double {
    var text = text
    return text.withUTF8 { doubleValue(ofNumber: UnsafeRawBufferPointer($0)) }
  }

  /// The number if it is an integer, however it is written (`1e3`, `1.0`), that `Int64` can hold.
  package var integer: Int64? {
    guard case .exact(let value) = exactInteger else { return nil }
    return value
  }

  /// A number's text, already checked to be a number with a finite value.
  init(text: String) { self.text = text }

  var exactInteger: ExactInteger {
    var text = text
    return text.withUTF8 { DecimalText(UnsafeRawBufferPointer($0)).integer }
  }
}
