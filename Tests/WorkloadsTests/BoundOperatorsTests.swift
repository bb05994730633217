import TestSupport
import Testing

@testable import Workloads

/// Operators that are kept as their text is, held against those that are made of it.
@Suite("Operators that stay as their text is") struct BoundOperatorsTests {
  /// Operators of a few names and of any number of tensors, types and attributes; some behind modules, which are made.
  private static func text(_ seed: UInt64) -> String {
    var random = SeededGenerator(seed: 3000 + seed)
    func list(_ texts: [String]) -> String { "[" + texts.joined(separator: ",") + "]" }
    func some(_ most: Int, _ make: () -> String) -> [String] {
      (0..<Int.random(in: 0...most, using: &random)).map { _ in make() }
    }
    func pick(_ texts: [String]) -> String { texts[Int.random(in: 0..<texts.count, using: &random)] }
    func shapes(_ most: Int) -> [String] {
      some(most) { list(some(6) { pick(["0", "1", "2", "7", "64", "\"batch\"", "\"batch + 1\""]) }) }
    }
    let calls = (0..<120).map { _ in
      let (inputs, outputs) = (shapes(2), shapes(1))
      var members = ["\"operator\":\"\(pick(["a", "b", "mine::b"]))\"", "\"inputs\":" + list(inputs)]
      if !outputs.isEmpty { members.append("\"outputs\":" + list(outputs)) }
      if pick(["", "t"]) == "t" {
        members.append("\"dtypes\":" + list(inputs.map { _ in pick(["\"float\"", "\"int64\"", "\"weight\""]) }))
      }
      if pick(["", "", "", "t"]) == "t" { members.append("\"attributes\":{\"k\":\(pick(["1", "[2,\"batch\"]"]))}") }
      return "{" + members.joined(separator: ",") + "}"
    }
    let repeated = "{\"repeat\":2,\"modules\":\(pick(["0", "9"])),\"program\":\(list(Array(calls.prefix(20))))}"
    return file((calls + [repeated]).joined(separator: ","))
  }

  private static func bound(_ seed: UInt64) throws -> BoundOperators {
    try workload(text(seed)).bind(["batch": 3]).different
  }

  @Test(arguments: 0..<40) func `are those that a tree has`(seed: UInt64) throws {
    let bytes = Array(Self.text(seed).utf8)
    let scanned = try Workload(bytes: bytes, file: "w.json").bind(["batch": 3])
    let read = try Workload(bytes: bytes, file: "w.json", scans: false).bind(["batch": 3])
    #expect(scanned.operators == read.operators && scanned.sequence == read.sequence)
  }

  @Test(arguments: 0..<40) func `are shown in one place as they are made`(seed: UInt64) throws {
    let operators = try Self.bound(seed)
    var (place, random) = (OperatorPlace(), SeededGenerator(seed: seed))
    var before: (shown: Operator, made: Operator)?
    for index in operators.indices.shuffled(using: &random) + operators.indices {
      place.look(operators, at: index) { #expect($0 == operators[index]) }
      if let before { #expect(before.shown == before.made, "who keeps one does not see the next") }
      before = (place.look(operators, at: index) { $0 }, operators[index])
    }
  }

  @Test(arguments: 0..<40) func `tell of themselves without being made`(seed: UInt64) throws {
    let operators = try Self.bound(seed)
    let endsInB = operators.flags { $0.hasSuffix("b") }
    for (index, made) in operators.enumerated() {
      var (inputs, outputs) = ([Tensor](), [Tensor]())
      operators.forEachTensor(of: index) { place, shape, type in
        #expect(place == inputs.count)
        inputs.append(Tensor(shape: shape, type: type))
      } outputs: { shape, type in
        outputs.append(Tensor(shape: shape, type: type))
      }
      #expect(inputs.map(\.shape) == made.inputs && inputs.map(\.type) == made.inputTypes)
      #expect(outputs.map(\.shape) == made.outputs && outputs.map(\.type) == made.outputTypes)
      #expect(endsInB[index] == made.name.hasSuffix("b"))
      #expect(operators.moduleCalls(before: index) == made.moduleCalls)
      if let name = operators.plainName(of: index) { #expect(operators.plainNames[name] == made.name) }
    }
    #expect(Array(operators.kept) == Array(operators))
    #expect(operators.callsModules == operators.contains { $0.moduleCalls > 0 })
    let more = operators.appending([Operator(name: "last", inputs: [[7]])])
    #expect(more.count == operators.count + 1 && more[operators.count].name == "last")
  }

  /// A hash that is made of the text is that of the operator, by which both are found in one table.
  @Test func `are found among others that are made`() throws {
    let plain = #"{ "operator": "a", "inputs": [["batch", 8, 2, 3, 5, 7], []], "outputs": [[4]] }"#
    let template = #"{ "operator": "a", "inputs": [[4, 8, 2, 3, 5, 7], []], "outputs": [[4]], "stream": 0 }"#
    for text in [[plain, template], [template, plain]] {
      let workload = try workload(file(text.joined(separator: ",")))
      #expect(workload.operators.plain.count == 1 && workload.operators.templates.count == 1)
      #expect(try workload.bind(["batch": 4]).different.count == 1)
    }
  }

  @Test func `of many take no more than their text`() { #expect(MemoryLayout<OperatorTexts.Plain>.stride <= 20) }
}
