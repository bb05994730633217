import JSONText
import Replay
import TestSupport
import Testing
import Workloads

@testable import Traces

/// Graphs of Chakra as workloads, from files that tools/trace_formats.py writes by the published schema.
@Suite("Chakra") struct ChakraTests {
  private static func workload(_ name: String) throws -> RecordedWorkload {
    let path = packageRoot + "/Tests/Recordings/" + name
    #expect(try ChakraGraph.isOne(path: path))
    return RecordedWorkload(try RecordedRun(ChakraGraph.read(path: path)))
  }

  @Test(
    "Operators with their shapes, and what ranks do together, are the program",
    arguments: ["chakra.et", "chakra.et.json"])
  func operators(_ name: String) throws {
    let workload = try Self.workload(name)
    let step = ["aten::mm", "aten::add", "c10d::allreduce_"]
    #expect(workload.operators.map(\.name) == step + step + step)
    #expect(workload.operators[0].inputs.map(\.dimensions) == [[64, 128], [128, 32]])
    #expect(workload.operators[1].inputs.map(\.dimensions) == [[64, 32], [64, 32]])
    // A million bytes, each an element of one.
    #expect(workload.operators[2].inputs.map(\.dimensions) == [[1 << 20]])
    #expect(workload.operators[2].inputTypes == [.bool])
    #expect(workload.unknown.isEmpty, "kernels are part of the operators above them: \(workload.unknown)")
  }

  @Test("The feeder's own JSON has collectives, and computation without shapes is said to be left out")
  func graph() throws {
    let workload = try Self.workload("chakra_graph.json")
    #expect(workload.operators.map(\.name) == ["c10d::alltoall_"])
    #expect(workload.operators[0].inputs.map(\.dimensions) == [[65536]])
    #expect(workload.unknown == ["aten::mm": 1])
  }

  @Test("The file that is made of it is a workload", arguments: ["chakra.et", "chakra_graph.json"])
  func file(_ name: String) throws {
    let recorded = try Self.workload(name)
    let workload = try Workload(bytes: recorded.file(name: "graph", source: "a test"), file: "graph.json")
    #expect(workload.parameters.map(\.name) == ["ranks"])
    let operators = try workload.bind().program.compactMap { block -> Operator? in
      if case .leaf(let operation) = block { operation } else { nil }
    }
    #expect(operators == recorded.operators)
  }

  @Test("Metadata with attributes in place of a version is as good, and every sort of integer is read")
  func metadata() throws {
    func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] { [number << 3 | 2, UInt8(bytes.count)] + bytes }
    func attribute(_ name: String, _ tag: [UInt8], _ value: UInt8) -> [UInt8] {
      field(10, field(1, Array(name.utf8)) + tag + [value])
    }
    let metadata = field(2, field(1, Array("schema".utf8)) + [29 << 3 & 0x7F | 0x80 | 2, 1, 1, 0x31])
    // A collective of type 2 in an int32 and of 21 bytes in a sint64, whose sign is its last bit.
    let node =
      field(2, Array("x".utf8)) + [3 << 3, 7] + attribute("comm_type", [7 << 3], 2)
      + attribute("comm_size", [17 << 3 & 0x7F | 0x80, 1], 42)
    let bytes = [UInt8(metadata.count)] + metadata + [UInt8(node.count)] + node
    #expect(ChakraGraph.recognizes(bytes[...]))
    let workload = RecordedWorkload(try RecordedRun(ChakraGraph.read(bytes, file: "x.et")))
    #expect(workload.operators.map(\.name) == ["c10d::allgather_"])
    #expect(workload.operators.first?.inputs.map(\.dimensions) == [[21]])
  }

  @Test("A message that breaks off is said with its byte, and JSON that does with its line")
  func damage() throws {
    let bytes = try readFileBytes(packageRoot + "/Tests/Recordings/chakra.et")
    let fault = try #require(throws: TraceFault.self) { try ChakraGraph.read(Array(bytes.dropLast(3)), file: "x.et") }
    #expect("\(fault)".contains("no whole message of Protocol Buffers"), "\(fault)")
    let text = try #require(throws: TraceFault.self) {
      try ChakraGraph.read(Array("{\"version\": \"0.0.4\"}\n{\"name\": ]}".utf8), file: "x.json")
    }
    #expect("\(text)".contains("x.json:2"), "\(text)")
  }

  @Test("A recording is asked for: it is refused with what takes it", arguments: ["chakra.et", "chakra_graph.json"])
  func refusal(_ name: String) throws {
    let fault = try #require(throws: TraceFault.self) {
      try TraceReader.read(path: packageRoot + "/Tests/Recordings/" + name)
    }
    #expect("\(fault)".contains("a Chakra graph") && "\(fault)".contains("'run' takes it as a workload"), "\(fault)")
  }

  @Test(
    "What Python writes of lists is read as it is",
    arguments: [
      ("[[64, 128], ()]", "[[64, 128], []]"), ("['Tensor(float)', 'it''s']", "[Tensor(float), it, s]"),
      (#"['a\'b', True, None, -1.5]"#, "[a'b, true, null, -1.5]"), ("[1, [2", "[1, [2]]"), ("]", "null"), ("", "null"),
    ])
  func literals(_ text: String, _ expected: String) {
    #expect(Self.text(PythonLiteral.value(of: text)) == expected)
  }

  private static func text(_ value: JSONRecord) -> String {
    switch value {
    case .array(let elements): "[" + elements.map(text).joined(separator: ", ") + "]"
    case .text(let text): text
    case .integer(let number): "\(number)"
    case .real(let number): "\(number)"
    case .flag(let flag): "\(flag)"
    case .null, .object: "null"
    }
  }
}
