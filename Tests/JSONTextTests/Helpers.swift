import JSONText
import TestSupport

extension Marked {
  /// The place of the mark.
  var position: JSONPosition { JSONPosition(line: line, column: column) }
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
