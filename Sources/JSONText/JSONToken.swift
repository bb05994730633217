/// What a ``JSONPullParser`` hands out: one step of a JSON text.
///
/// Strings and numbers are ranges of the parser's bytes, so that skipping one costs no allocation;
/// `JSONPullParser.text(of:)` and `JSONPullParser.double(of:)` convert those that matter.
package enum JSONToken: Sendable, Equatable {
  /// `{`
  case beginObject
  /// `}`
  case endObject
  /// `[`
  case beginArray
  /// `]`
  case endArray
  /// The key of a member, its colon included; the member's value comes next.
  case key(JSONStringRange)
  /// A string that is a value.
  case string(JSONStringRange)
  /// A number, its syntax checked and its value not yet computed.
  case number(JSONNumberRange)
  /// `true` or `false`
  case boolean(Bool)
  /// `null`
  case null
  /// The end of the text, after one complete value; repeated as often as it is asked for.
  case end
}

/// Where the characters of a string stand, between its quotes.
package struct JSONStringRange: Sendable, Equatable {
  /// The offset of the first byte after the opening quote.
  package let start: Int

  /// The offset of the closing quote.
  package let end: Int

  /// Whether the bytes hold escapes, so that they differ from the text they stand for.
  package let hasEscapes: Bool

  /// Names the bytes `start..<end`.
  @inlinable
  package init(start: Int, end: Int, hasEscapes: Bool) {
    self.start = start
    self.end = end
    self.hasEscapes = hasEscapes
  }
}

/// Where the characters of a number stand.
package struct JSONNumberRange: Sendable, Equatable {
  /// The offset of the sign or first digit.
  package let start: Int

  /// The offset after the last digit.
  package let end: Int

  /// Names the bytes `start..<end`.
  @inlinable
  package init(start: Int, end: Int) {
    self.start = start
    self.end = end
  }
}
