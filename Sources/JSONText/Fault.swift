/// What is wrong, as facts that have words, wherever it was found.
///
/// A fault does not say that it is an error, nor how an option or a command is written: who passes it on decides both.
public protocol Fault: Error, CustomStringConvertible {
  /// Where it is: a file, with line and column where they are known; nil where the words say all.
  var place: String? { get }
  /// What is wrong and what would be right, on one line.
  var words: FaultWords { get }
}

extension Fault {
  /// Nowhere but in the words.
  public var place: String? { nil }

  /// One line in the form of compilers: the place, `error`, and the words.
  public var description: String { said(as: "error") }

  /// One line in the form of compilers.
  ///
  /// - Parameter severity: How bad it is, in a word: `warning`.
  /// - Returns: The place, the severity and the words.
  public func said(as severity: String) -> String { (place.map { $0 + ": " } ?? "") + "\(severity): \(words.text)" }
}

/// Words in which options and commands of the program stand by name.
///
/// ```swift
/// let words: FaultWords = "\(option: "year") must be from 2027 to 2050; see \(command: "project --help")"
/// ```
public struct FaultWords: Sendable, Equatable, ExpressibleByStringInterpolation {
  /// A stretch of the words.
  package enum Part: Sendable, Equatable {
    /// Text as it is.
    case text(String)
    /// An option, by its name.
    case option(String)
    /// A command, by what stands behind the program's name.
    case command(String)
  }

  /// The stretches, in order.
  package private(set) var parts: [Part]

  /// Words without options and commands.
  public init(_ text: String) { parts = [.text(text)] }

  /// Words without options and commands.
  public init(stringLiteral text: String) { self.init(text) }

  /// Words of text, options and commands.
  public init(stringInterpolation: StringInterpolation) { parts = stringInterpolation.parts }

  /// The words where nobody spells options and commands: both stand by name, and commands in quotes.
  public var text: String { spelled(option: { $0 }, command: { "'\($0)'" }) }

  /// The words as a program says them.
  ///
  /// - Parameters:
  ///   - option: Spells an option.
  ///   - command: Spells a command.
  /// - Returns: One line.
  package func spelled(option: (String) -> String, command: (String) -> String) -> String {
    parts.map { part in
      switch part {
      case .text(let text): text
      case .option(let name): option(name)
      case .command(let line): command(line)
      }
    }.joined()
  }

  /// The one behind the other.
  package static func + (left: FaultWords, right: FaultWords) -> FaultWords {
    var words = left
    words.parts += right.parts
    return words
  }

  /// The parts of words on their way to be some.
  public struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var parts: [Part] = []

    /// No words yet.
    public init(literalCapacity: Int, interpolationCount: Int) {}

    /// Adds text.
    public mutating func appendLiteral(_ literal: String) { parts.append(.text(literal)) }

    /// Adds whatever has a text.
    public mutating func appendInterpolation(_ value: some CustomStringConvertible) {
      parts.append(.text(value.description))
    }

    /// Adds words.
    public mutating func appendInterpolation(_ words: FaultWords) { parts += words.parts }

    /// Adds an option by its name.
    public mutating func appendInterpolation(option name: String) { parts.append(.option(name)) }

    /// Adds a command by what stands behind the program's name.
    public mutating func appendInterpolation(command line: String) { parts.append(.command(line)) }
  }
}
