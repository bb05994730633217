import JSONText

extension TraceFormat {
  /// Graphs of Chakra: operators, and what ranks do together, without the times of a run.
  static let chakra = TraceFormat(
    recognizes: { ChakraGraph.recognizes($0) },
    read: { input throws(TraceFault) in
      throw .content(.withoutTimes(format: "a Chakra graph"), file: input.source.name)
    })
}

/// A graph of Chakra, as PyTorch's execution traces are converted to it or a generator writes it.
///
/// Messages of Protocol Buffers, each behind its length, the first with metadata; the same as protobuf's JSON, object after
/// object; or the JSON of Chakra's feeder. Durations are not read: a node has one, and not when it began.
///
/// Source: `schema/protobuf/et_def.proto`, `src/jsonizer` and `src/feeder` of mlcommons/chakra.
package enum ChakraGraph {
  /// Whether a file that begins so is one.
  package static func recognizes(_ head: ArraySlice<UInt8>) -> Bool {
    let text = head.compact
    if text.first == UInt8(ascii: "{") {
      return text.contains(#""workload_graph":["#.utf8) || isMetadata(text)
    }
    return beginsWithMetadata(Array(head))
  }

  /// Whether a text of JSON begins with metadata, and has nodes behind it.
  private static func isMetadata(_ text: [UInt8]) -> Bool {
    let names = [#"{"version":""#, #"{"attr":[{"name":"schema""#]
    return names.contains { text.starts(with: $0.utf8) }
      && (text.contains(#"}{"#.utf8) || text.contains(#""type":"COMP_NODE""#.utf8))
      && !text.contains(#""traceEvents""#.utf8)
  }

  /// Whether bytes begin with the length of a message that holds a version, or attributes of which the first is the schema.
  private static func beginsWithMetadata(_ bytes: [UInt8]) -> Bool {
    var reader = WireReader(bytes, 0..<bytes.count)
    guard let length = try? reader.variableForProbe(), length >= 4, length < 4096,
      let tag = try? reader.variableForProbe(), let size = try? reader.variableForProbe(),
      tag == 0x0A || tag == 0x12, size > 0, size + 2 <= length
    else { return false }
    // One byte for a length below 128, two above.
    let start = (length < 128 ? 1 : 2) + 1 + (size < 128 ? 1 : 2)
    guard start + Int(size) <= bytes.count else { return false }
    let content = bytes[start..<start + Int(size)]
    if content.starts(with: [0x0A, 6] + Array("schema".utf8)) { return true }
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    return tag == 0x0A && content.contains(UInt8(ascii: "."))
      && content.allSatisfy { $0 == UInt8(ascii: ".") || digits.contains($0) }
  }

  /// Whether a file is one.
  ///
  /// - Throws: Why it cannot be read.
  package static func isOne(path: String) throws(TraceFault) -> Bool {
    recognizes(try ByteSource(path: path).head(TraceReader.headLength))
  }

  /// Reads the nodes as a recording, whose order and nesting are those of the graph and whose times count nodes.
  ///
  /// - Throws: What is wrong with the file.
  package static func read(path: String) throws(TraceFault) -> Trace {
    let source = try ByteSource(path: path)
    return try read(try source.all(limit: RandomBytes.memoryLimit), file: source.name)
  }

  /// Reads the nodes from memory.
  ///
  /// - Throws: What is wrong with the bytes.
  package static func read(_ bytes: [UInt8], file: String) throws(TraceFault) -> Trace {
    var nodes: [ExecutionTrace.Node] = []
    func add(_ node: ChakraNode) throws(TraceFault) {
      if let node = node.asOperator { nodes.append(node) }
      guard nodes.count <= TraceLimits.events else { throw .content(.tooMuch(.events), file: file) }
    }
    let first = bytes.first { $0 > 0x20 }
    if first == UInt8(ascii: "{") {
      for range in objects(in: bytes) { try readObject(bytes, range, file, add) }
    } else {
      try readMessages(bytes, file, add)
    }
    return try ExecutionTrace.trace(of: nodes, file: file)
  }

  // MARK: Messages

  private static func readMessages(
    _ bytes: [UInt8], _ file: String, _ add: (ChakraNode) throws(TraceFault) -> Void
  ) throws(TraceFault) {
    var isFirst = true
    var offset = 0
    while offset < bytes.count {
      let node: ChakraNode
      do throws(WireReader.Damage) {
        let range = try message(bytes, from: offset)
        offset = range.upperBound
        if isFirst {
          isFirst = false
          continue
        }
        node = try ChakraNode(bytes, range)
      } catch {
        throw .content(.damagedMessage(byteOffset: error.offset), file: file)
      }
      try add(node)
    }
  }

  /// Where the message is whose length stands at a byte.
  private static func message(_ bytes: [UInt8], from offset: Int) throws(WireReader.Damage) -> Range<Int> {
    var length: UInt64 = 0
    var start = offset
    for place in 0..<5 {
      guard start < bytes.count else { break }
      let byte = bytes[start]
      start += 1
      length |= UInt64(byte & 0x7F) << UInt64(7 * place)
      guard byte < 0x80 else { continue }
      guard length <= UInt64(bytes.count - start) else { break }
      return start..<start + Int(length)
    }
    throw WireReader.Damage(offset: offset)
  }

  // MARK: JSON

  /// Where the objects are that stand one behind another; one that is not finished ends with the bytes.
  private static func objects(in bytes: [UInt8]) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var (start, depth, isText, isEscaped) = (0, 0, false, false)
    for (place, byte) in bytes.enumerated() {
      if isText {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isText = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isText = true
      case UInt8(ascii: "{"):
        if depth == 0 { start = place }
        depth += 1
      case UInt8(ascii: "}"):
        depth -= 1
        if depth == 0 { ranges.append(start..<place + 1) }
      default: break
      }
    }
    if depth > 0 { ranges.append(start..<bytes.count) }
    return ranges
  }

  private static func readObject(
    _ bytes: [UInt8], _ range: Range<Int>, _ file: String, _ add: (ChakraNode) throws(TraceFault) -> Void
  ) throws(TraceFault) {
    let record: JSONRecord
    do throws(JSONFault) {
      var parser = JSONPullParser(Array(bytes[range]), file: file)
      record = try JSONRecord.read(&parser)
    } catch {
      var fault = error
      fault.position.line += bytes[..<range.lowerBound].count { $0 == UInt8(ascii: "\n") }
      throw .text(fault, byteOffset: range.lowerBound)
    }
    if let graph = record["workload_graph"] {
      for node in graph.elements { try add(ChakraNode(node)) }
    } else if record["name"] != nil {
      // Metadata has no name.
      try add(ChakraNode(record))
    }
  }
}
