/// Writes a JSON text, value by value.
///
///     var writer = JSONWriter(layout: .pretty)
///     writer.beginObject()
///     writer.key("latency_us")
///     writer.value(12.5)
///     writer.end()
///     writer.text  // {
///                  //   "latency_us": 12.5
///                  // }
///
/// What is written is always JSON, for the writer stops the program where its caller breaks the grammar: a value without
/// a key in an object, an `end` too many, an infinity. The same calls give the same bytes.
package struct JSONWriter: Sendable {
  /// How the text is laid out.
  package enum Layout: Sendable {
    /// No blanks at all.
    case compact
    /// One member or element a line, two spaces a level, a line feed at the end.
    case pretty
  }

  /// What is written so far and was not taken, in UTF-8.
  package private(set) var bytes: [UInt8] = []

  private let layout: Layout
  private var open: [Container] = []
  private var hasKey = false
  private var isDone = false

  /// Begins an empty text.
  package init(layout: Layout = .pretty) { self.layout = layout }

  /// What is written so far.
  package var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Takes what is written so far out of the writer, which goes on behind it: for a text that is written away in pieces.
  package mutating func takeBytes() -> [UInt8] {
    defer { bytes.removeAll(keepingCapacity: true) }
    return bytes
  }

  /// Whether the text is one complete value.
  package var isComplete: Bool { isDone }

  /// Begins an object.
  ///
  /// - Parameter onOneLine: Whether a pretty layout keeps the object, and all within it, on one line.
  package mutating func beginObject(onOneLine: Bool = false) { begin("{", isObject: true, onOneLine: onOneLine) }

  /// Begins an array.
  ///
  /// - Parameter onOneLine: Whether a pretty layout keeps the array, and all within it, on one line.
  package mutating func beginArray(onOneLine: Bool = false) { begin("[", isObject: false, onOneLine: onOneLine) }

  /// Ends the innermost object or array.
  package mutating func end() {
    guard let container = open.popLast() else { preconditionFailure("end() without an open object or array") }
    precondition(!hasKey, "end() after a key without a value")
    if container.count > 0 {
      if breaksLines(in: container) { newLine() } else if container.isObject { blank() }
    }
    append(container.isObject ? "}" : "]")
    finishValue()
  }

  /// Writes the key of the next value.
  package mutating func key(_ key: String) {
    guard let container = open.last, container.isObject else { preconditionFailure("a key outside an object") }
    precondition(!hasKey, "a key after a key")
    separate(container)
    appendQuoted(key)
    append(":")
    blank()
    hasKey = true
  }

  /// Writes a string.
  package mutating func value(_ string: String) {
    prepareValue()
    appendQuoted(string)
    finishValue()
  }

  /// Writes a number as the shortest text that reads back as the same `Double`; the number must be finite.
  package mutating func value(_ number: Double) {
    precondition(number.isFinite, "JSON has no infinity and no NaN")
    write(shortestText(of: number))
  }

  /// Writes an integer.
  package mutating func value(_ integer: Int) { write(String(integer)) }

  /// Writes an integer of 64 bits.
  package mutating func value(_ integer: Int64) { write(String(integer)) }

  /// Writes `true` or `false`.
  package mutating func value(_ flag: Bool) { write(flag ? "true" : "false") }

  /// Writes `null`.
  package mutating func null() { write("null") }

  /// Writes a number that is text already, such as one with a fixed number of decimals; it must be a JSON number.
  package mutating func rawNumber(_ text: String) {
    var parser = JSONPullParser(Array(text.utf8), file: "")
    guard case .number(let range)? = try? parser.next(), range.start == 0, range.end == text.utf8.count else {
      preconditionFailure("\(text) is not a JSON number")
    }
    write(text)
  }

  private mutating func write(_ text: String) {
    prepareValue()
    append(text)
    finishValue()
  }

  private mutating func begin(_ bracket: String, isObject: Bool, onOneLine: Bool) {
    let isInline = onOneLine || open.last?.isInline ?? false
    prepareValue()
    append(bracket)
    open.append(Container(isObject: isObject, isInline: isInline))
  }

  private mutating func prepareValue() {
    precondition(!isDone, "a value after the document's one value")
    guard let container = open.last else { return }
    if container.isObject {
      precondition(hasKey, "a value without a key in an object")
      hasKey = false
    } else {
      separate(container)
    }
  }

  private mutating func finishValue() {
    guard open.isEmpty else { return }
    isDone = true
    if layout == .pretty { append("\n") }
  }

  /// Writes what stands before a member or element: a comma after another, and the line break.
  private mutating func separate(_ container: Container) {
    open[open.count - 1].count += 1
    if container.count > 0 { append(",") }
    if breaksLines(in: container) { newLine() } else if container.isObject || container.count > 0 { blank() }
  }

  private func breaksLines(in container: Container) -> Bool { layout == .pretty && !container.isInline }

  private mutating func newLine() {
    append("\n")
    for _ in open { append("  ") }
  }

  private mutating func blank() {
    if layout == .pretty { append(" ") }
  }

  private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  private mutating func appendQuoted(_ text: String) { appendJSONQuoted(text, to: &bytes) }
}

/// A text as JSON has it, in quotes: with escapes for quotes, backslashes and all that ``visible(_:)`` escapes, so that a
/// terminal shows what a parser reads.
package func jsonQuoted(_ text: String) -> String {
  var quoted: [UInt8] = []
  appendJSONQuoted(text, to: &quoted)
  return String(decoding: quoted, as: UTF8.self)
}

/// Appends what ``jsonQuoted(_:)`` makes of a text.
private func appendJSONQuoted(_ text: String, to output: inout [UInt8]) {
  let (quote, backslash) = (UInt8(ascii: "\""), UInt8(ascii: "\\"))
  output.append(quote)
  appendRewritten(
    text, to: &output, keeping: { 0x20 <= $0 && $0 <= 0x7E && $0 != quote && $0 != backslash }
  ) { scalar in
    switch scalar {
    case "\"": "\\\""
    case "\\": "\\\\"
    // JSON has no bytes: the escape of one is text there.
    case _ where PathBytes.byte(of: scalar) != nil: "\\" + escape(of: scalar)
    case _ where scalar.isUnshowable: escape(of: scalar)
    default: nil
    }
  }
  output.append(quote)
}

/// An object or array that is not ended yet.
private struct Container: Sendable {
  let isObject: Bool
  let isInline: Bool
  var count = 0
}
