import JSONText
import Testing

/// A text with the mark `¶` at the place where something is expected.
///
///     Marked("{\n  \"a\": ¶nul}")  // text without the mark, position 2:8
struct Marked: CustomTestStringConvertible {
  let text: String
  let position: JSONPosition

  init(_ marked: String) {
    var text = ""
    var position: JSONPosition?
    var place = JSONPosition(line: 1, column: 1)
    for scalar in marked.unicodeScalars {
      if scalar == "¶" {
        precondition(position == nil, "two marks in \(marked)")
        position = place
        continue
      }
      text.unicodeScalars.append(scalar)
      if scalar == "\n" { place = JSONPosition(line: place.line + 1, column: 1) } else { place.column += 1 }
    }
    guard let position else { preconditionFailure("no mark in \(marked)") }
    self.text = text
    self.position = position
  }

  var bytes: [UInt8] { Array(text.utf8) }

  var testDescription: String { text.debugDescription }
}

/// The fault that `body` throws.
func fault(of body: () throws(JSONFault) -> Void) -> JSONFault? {
  do throws(JSONFault) {
    try body()
    return nil
  } catch {
    return error
  }
}

/// A cursor at the root of a text that is JSON.
func cursor(_ text: String, file: String = "x.json") throws -> JSONCursor {
  try JSONDocument(bytes: Array(text.utf8), file: file).cursor
}
