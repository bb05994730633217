import TestSupport
import Testing

@testable import Workloads

/// Operators that are kept as their text is, held against those that are made of it.
@Suite("Operators that stay as their text is") struct BoundOperatorsTests {
  private static func bound(_ seed: UInt64) -> BoundOperators? {
    var writer = ProgramScannerTests.Writer(random: SeededGenerator(seed: 3000 + seed))
    return try? Workload(bytes: Array(writer.file().utf8), file: "w.json").bind(["batch": 3]).different
  }

  @Test(arguments: 0..<40) func `are shown in one place as they are made`(seed: UInt64) throws {
    guard let operators = Self.bound(seed) else { return }
    var (place, random) = (OperatorPlace(), SeededGenerator(seed: seed))
    var before: (shown: Operator, made: Operator)?
    for index in operators.indices.shuffled(using: &random) + operators.indices {
      place.look(operators, at: index) { #expect($0 == operators[index]) }
      if let before { #expect(before.shown == before.made, "who keeps one does not see the next") }
      before = (place.look(operators, at: index) { $0 }, operators[index])
    }
  }

  @Test(arguments: 0..<40) func `tell of themselves without being made`(seed: UInt64) throws {
    guard let operators = Self.bound(seed) else { return }
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
