/// Where things stand in a text, found by reading it again: nothing but a fault asks, so nothing is remembered.
extension JSONSource {
  /// The JSON Pointer of the value that begins at a byte, or of the first value after it.
  ///
  /// - Complexity: O(`offset`); meant for faults.
  package func path(ofValueAtByte offset: Int) -> String {
    let found = try? withParser { parser throws(JSONFault) in
      var levels: [Level] = []
      while true {
        switch try parser.next() {
        case .key(let range): levels[levels.count - 1].key = parser.text(of: range)
        case .endObject, .endArray: levels.removeLast()
        case .end: return ""
        case let token:
          if !levels.isEmpty { levels[levels.count - 1].count += 1 }
          if parser.tokenOffset >= offset { return levels.map(\.step).joined() }
          if token == .beginObject || token == .beginArray { levels.append(Level()) }
        }
      }
    }
    return found ?? ""
  }

  /// The byte at which a character of a string stands, which escapes before it move.
  ///
  /// - Parameters:
  ///   - utf8Offset: The character's offset in the UTF-8 of the string's text.
  ///   - start: The offset of the string's opening quote.
  /// - Returns: The offset of the byte or escape in the file.
  package func byteOffset(ofUTF8Offset utf8Offset: Int, inStringAtByte start: Int) -> Int {
    let offset = try? withParser { parser throws(JSONFault) in
      var index = start + 1
      var passed = 0
      while passed < utf8Offset, index < parser.bytes.count {
        let unit = parser.unescapedLength(at: index)
        index += unit.written
        passed += unit.utf8
      }
      return index
    }
    return offset ?? start
  }
}

/// An open object or array on the way to a value.
private struct Level {
  var key: String?
  var count = 0

  var step: String { key.map(pointerStep) ?? "/\(count - 1)" }
}

extension JSONPullParser {
  /// How many bytes a byte or escape of a checked string takes, and how many its text has in UTF-8.
  fileprivate func unescapedLength(at index: Int) -> (written: Int, utf8: Int) {
    guard bytes[index] == UInt8(ascii: "\\") else { return (1, 1) }
    guard let unit = bytes.codeUnit(at: index) else { return (2, 1) }
    if (0xD800...0xDFFF).contains(unit) { return (12, 4) }
    return (6, unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3)
  }
}
