import JSONText

/// What the program says on standard error: its own words as they are, and all that is put into them made visible.
///
///     let message: Message = "\(path): error: no such file\nsee 'simulate --help'"
///
/// The literal parts, with their line breaks, are the program's. The path in between may hold anything: it stays on its
/// line and shows every character that a terminal would obey (``visible(_:)``). A text that is no literal is outside text
/// as a whole.
struct Message: ExpressibleByStringInterpolation, Sendable, Equatable {
  /// The text, fit for a terminal.
  let text: String

  /// The parts of a message on their way to be one.
  struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var text = ""

    init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(2 * literalCapacity) }

    mutating func appendLiteral(_ literal: String) { text += literal }

    mutating func appendInterpolation<Value>(_ value: Value) { text += visible("\(value)") }

    mutating func appendInterpolation(_ message: Message) { text += message.text }

    mutating func appendInterpolation(_ words: FaultWords) { text += Message(words).text }
  }

  init(stringLiteral literal: String) { text = literal }

  init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

  private init(visible text: String) { self.text = text }

  /// A text from outside: one line.
  init(outside text: String) { self.text = visible(text) }

  /// What a fault says: its options as they are typed, its commands as whole lines.
  init(_ words: FaultWords) {
    text = visible(words.spelled(option: { "--\($0)" }, command: { "'simulate \($0)'" }))
  }

  /// Several messages, each on a line of its own.
  init(lines: [Message]) { text = lines.map(\.text).joined(separator: "\n") }

  static func + (left: Message, right: Message) -> Message { Message(visible: left.text + right.text) }
}
