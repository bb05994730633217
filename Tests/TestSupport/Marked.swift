/// A text with the mark `¶` at the place where something is expected.
///
///     Marked("{\n  \"a\": ¶nul}")  // the text without the mark; line 2, column 8
///
/// Marks keep positions readable: nobody counts columns, and an edit of the text moves them along.
public struct Marked: Sendable {
  /// The text without the mark.
  public let text: String

  /// The mark's line, counted from 1.
  public let line: Int

  /// The mark's column, counted from 1 in Unicode scalars.
  public let column: Int

  /// Takes the mark, of which there is one, out of a text.
  public init(_ marked: String) {
    var text = ""
    var (line, column) = (1, 1)
    var mark: (line: Int, column: Int)?
    for scalar in marked.unicodeScalars {
      if scalar == "¶" {
        precondition(mark == nil, "two marks in \(marked)")
        mark = (line, column)
        continue
      }
      text.unicodeScalars.append(scalar)
      (line, column) = scalar == "\n" ? (line + 1, 1) : (line, column + 1)
    }
    guard let mark else { preconditionFailure("no mark in \(marked)") }
    self.text = text
    (self.line, self.column) = mark
  }

  /// The text without the mark, in UTF-8.
  public var bytes: [UInt8] { Array(text.utf8) }
}
