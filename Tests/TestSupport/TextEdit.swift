/// A change to a text: what is found once in it is replaced.
///
///     TextEdit("\"cores\": 8", "\"cores\": ¶-8")  // the mark says where a fault is expected
public struct TextEdit: Sendable {
  /// What is replaced; it stands in the text exactly once.
  public let find: String

  /// What stands there afterwards.
  public let replacement: String

  /// A change.
  public init(_ find: String, _ replacement: String) {
    self.find = find
    self.replacement = replacement
  }

  /// The changed text.
  public func apply(to text: String) -> String {
    let parts = ranges(in: text)
    precondition(parts.count == 1, "'\(find)' stands in the text \(parts.count) times")
    return String(text[..<parts[0].lowerBound]) + replacement + String(text[parts[0].upperBound...])
  }

  private func ranges(in text: String) -> [Range<String.Index>] {
    var found: [Range<String.Index>] = []
    var start = text.startIndex
    while start < text.endIndex {
      if text[start...].hasPrefix(find) {
        let end = text.index(start, offsetBy: find.count)
        found.append(start..<end)
      }
      start = text.index(after: start)
    }
    return found
  }
}
