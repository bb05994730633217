import JSONText

/// What a text is read on with where it is not JSON: an event is mended, or left out and counted, and the next one follows.
extension ProfilerReader {
  /// What stands where an event should.
  enum Element {
    /// A value as JSON, and whether it had to be mended.
    case repaired([UInt8], isChanged: Bool)
    /// Something that is left out.
    case dropped
    /// The end of the events.
    case end
    /// The text breaks off within it.
    case brokenOff
  }

  /// Reads the next element of the events, which is not JSON, and goes on behind it.
  ///
  /// - Parameter depth: How many objects and arrays are open around the events.
  /// - Returns: What it is.
  /// - Throws: Why the text cannot be read on.
  mutating func readBrokenElement(depth: Int) throws(TraceFault) -> Element {
    let found = try window.looking { text, isAll in Self.element(text, isAll) }
    guard let (element, end) = found else { return .brokenOff }
    window.parser.resume(at: window.parser.offset + end, depth: depth)
    return element
  }

  /// What stands at the beginning of a text, and where it ends.
  private static func element(
    _ text: UnsafeRawBufferPointer, _ isAll: Bool
  ) -> TextWindow.Look<(Element, end: Int)> {
    var start = 0
    while start < text.count, isBlank(text[start]) || text[start] == UInt8(ascii: ",") { start += 1 }
    guard start < text.count else { return .needsMore }
    if text[start] == UInt8(ascii: "]") { return .found((.end, start)) }
    var repair = TextRepair(UnsafeRawBufferPointer(rebasing: text[start...]), isAll: isAll)
    do throws(TextRepair.Failure) {
      try repair.readValue(in: .array)
      return .found((.repaired(repair.repaired, isChanged: repair.isChanged), start + repair.index))
    } catch {
      if error == .ended, !isAll, text.count - start < 1 << 20 { return .needsMore }
    }
    return next(text, from: start, isAll)
  }

  /// Where the next event begins, or the events end, behind one that cannot be mended.
  private static func next(
    _ text: UnsafeRawBufferPointer, from start: Int, _ isAll: Bool
  ) -> TextWindow.Look<(Element, end: Int)> {
    func skipBlanks(_ place: Int) -> Int {
      var place = place
      while place < text.count, isBlank(text[place]) { place += 1 }
      return place
    }
    func byte(_ place: Int) -> UInt8 { place < text.count ? text[place] : 0 }
    var place = start
    while place < text.count {
      guard text[place] == UInt8(ascii: "}") else {
        place += 1
        continue
      }
      let behind = skipBlanks(place + 1)
      if byte(behind) == UInt8(ascii: ",") {
        let event = skipBlanks(behind + 1)
        if byte(event) == UInt8(ascii: "{"), byte(skipBlanks(event + 1)) == UInt8(ascii: "\"") {
          return .found((.dropped, place + 1))
        }
      } else if byte(behind) == UInt8(ascii: "]") {
        let after = skipBlanks(behind + 1)
        if byte(after) == UInt8(ascii: ",") && byte(skipBlanks(after + 1)) == UInt8(ascii: "\"")
          || byte(after) == UInt8(ascii: "}") || (isAll && after == text.count)
        {
          return .found((.dropped, place + 1))
        }
      }
      place += 1
    }
    return .needsMore
  }

  /// Reads a value of the document that is not JSON, as JSON, and goes on behind it.
  ///
  /// - Returns: The value; nil where it cannot be mended.
  mutating func readBrokenValue() throws(TraceFault) -> [UInt8]? {
    let found: ([UInt8], end: Int)?? = try window.looking { text, isAll in
      var repair = TextRepair(text, isAll: isAll)
      do throws(TextRepair.Failure) { try repair.readValue(in: .object) } catch {
        return error == .ended && !isAll && text.count < 1 << 20 ? .needsMore : .found(nil)
      }
      return .found((repair.repaired, repair.index))
    }
    guard let (repaired, end) = found ?? nil else { return nil }
    window.parser.resume(at: window.parser.offset + end, depth: window.parser.depth)
    return repaired
  }

  /// Goes on at the events of the document, over whatever stands before them.
  ///
  /// - Returns: Whether there are any.
  mutating func seekEvents() throws(TraceFault) -> Bool {
    let key = Array("\"traceEvents\"".utf8)
    while true {
      let found = try window.looking { text, isAll -> TextWindow.Look<(place: Int, isKey: Bool)> in
        var place = 0
        while place + key.count < text.count {
          guard text[place] == key[0], text[place...].starts(with: key) else {
            place += 1
            continue
          }
          var colon = place + key.count
          while colon < text.count, isBlank(text[colon]) { colon += 1 }
          if colon < text.count { return .found((colon + 1, text[colon] == UInt8(ascii: ":"))) }
          break
        }
        return place == 0 || isAll ? .needsMore : .found((place, false))
      }
      guard let (place, isKey) = found else { return false }
      window.parser.resumeBeforeValue(at: window.parser.offset + place, depth: min(1, window.parser.depth))
      if isKey { return true }
    }
  }
}
