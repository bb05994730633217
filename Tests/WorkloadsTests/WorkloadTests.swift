import JSONText
import Testing
import Workloads

@Suite struct WorkloadTests {
  /// The example of the format's definition.
  static let example = """
    { "schema": "workload/1", "name": "bert", "parameters": { "batch": 1, "sequence_length": 128 },
      "program": [
        { "operator": "aten::embedding", "inputs": [["30522", 768], ["batch", "sequence_length"]] },
        { "repeat": 12, "name": "layer", "program": [
          { "operator": "aten::linear", "inputs": [["batch", "sequence_length", 768], [768, 768], [768]] },
          { "operator": "aten::view", "inputs": [["batch", "sequence_length", 768]] } ] } ] }
    """

  static let everything = """
    { "schema": "workload/1", "name": "all", "title": "All of it", "source": "by hand", "notes": "none",
      "parameters": { "batch": 4, "width": 10 }, "weight_elements": "width * 100",
      "program": [
        { "operator": "a", "inputs": [["batch"], []], "outputs": [[0, "width"]], "dtypes": ["int64", "bool"],
          "output_dtypes": ["int32"], "attributes": { "stride": [2, "batch/2"], "padding": "-width", "groups": 1 },
          "copies": [{ "shape": ["batch", 3], "unless": { "batch": 1 } }, { "shape": [5] },
                     { "shape": [6], "unless": { "batch": 1, "width": 10 } }],
          "stream": 3, "waits_for_streams": [0, 31] } ] }
    """

  @Test func theExampleIsRead() throws {
    let workload = try workload(Self.example)
    #expect(workload.name == "bert")
    #expect(workload.parameters.map(\.name) == ["batch", "sequence_length"])
    #expect(workload.parameters.map(\.defaultValue) == [1, 128])
    #expect(workload.title == nil)
    let bound = try workload.bind(["batch": 8])
    #expect(bound.operatorCount == 25)
    #expect(bound.parameter("batch") == 8)
    #expect(bound.parameter("sequence_length") == 128)
    #expect(bound.parameter("width") == nil)
    #expect(bound.weightElements == nil)
    let layer: [Block<Operator>] = [
      .leaf(Operator(name: "aten::linear", inputs: [[8, 128, 768], [768, 768], [768]])),
      .leaf(Operator(name: "aten::view", inputs: [[8, 128, 768]])),
    ]
    let embedding = Operator(name: "aten::embedding", inputs: [[30522, 768], [8, 128]])
    #expect(bound.program == [.leaf(embedding), .loop(count: 12, body: layer)])
  }

  @Test func everyKeyIsRead() throws {
    let workload = try workload(Self.everything)
    #expect([workload.title, workload.source, workload.notes] == ["All of it", "by hand", "none"])
    #expect(workload.weightElements?.description == "width * 100")
    let bound = try workload.bind()
    #expect(bound.weightElements == 1000)
    let call = try #require(unrolled(bound.program).first)
    #expect(
      call
        == Operator(
          name: "a", inputs: [[4], []], outputs: [[0, 10]], inputTypes: [.int64, .bool], outputTypes: [.int32],
          attributes: [
            OperatorAttribute(name: "stride", values: [2, 2]), OperatorAttribute(name: "padding", values: [-10]),
            OperatorAttribute(name: "groups", values: [1]),
          ], copies: [[4, 3], [5], [6]], stream: 3, waitsForStreams: [0, 31]))
    #expect(call.attributes.map(\.name) == ["groups", "padding", "stride"])
    #expect(call.attribute("stride") == [2, 2])
    #expect(call.attribute("dilation") == nil)
  }

  @Test(
    arguments: [(4, 10, [[4, 3], [5], [6]]), (1, 11, [[5], [6]]), (1, 10, [[5]])] as [(Int64, Int64, [[Int64]])])
  func copiesFallAwayWhereTheirConditionHolds(_ batch: Int64, _ width: Int64, _ copies: [[Int64]]) throws {
    var text = Self.everything
    text.replace("batch/2", with: "batch")
    let bound = try workload(text).bind(["batch": batch, "width": width])
    #expect(unrolled(bound.program).first?.copies.map(\.dimensions) == copies)
  }

  @Test func oneReadingBindsAtManyValues() throws {
    let workload = try workload(file(#"{ "operator": "a", "inputs": [["batch*sequence_length", "batch+1"]] }"#))
    for batch in Int64(1)...100 {
      let bound = try workload.bind(["batch": batch, "sequence_length": batch * 2])
      #expect(unrolled(bound.program).map(\.inputs) == [[Shape([batch * batch * 2, batch + 1])]])
    }
  }

  @Test func repeatsNest() throws {
    let text = file(
      """
      { "repeat": "batch", "program": [ { "operator": "a", "inputs": [] },
        { "repeat": 3, "program": [{ "operator": "b", "inputs": [] }] },
        { "repeat": "batch - 2", "program": [{ "operator": "never", "inputs": [] }] } ] },
      { "repeat": 7, "program": [{ "repeat": 0, "program": [{ "operator": "never", "inputs": [] }] }] },
      { "operator": "c", "inputs": [] }
      """)
    let bound = try workload(text).bind()
    #expect(unrolled(bound.program).map(\.name).joined() == "abbbabbbc")
    #expect(bound.operatorCount == 9)
    #expect(bound.program.count == 2, "a repeat that comes to nothing is left out")
  }

  @Test func bindingCostsTheFileNotTheRepeats() throws {
    let repeats = (0..<12).map { _ in #"{ "repeat": 10, "program": ["# }.joined()
    let text = file(repeats + #"{ "operator": "a", "inputs": [[1]] }"# + String(repeating: "]}", count: 12))
    let clock = ContinuousClock()
    let bound = try workload(text).bind()
    #expect(bound.operatorCount == BoundWorkload.operatorLimit)
    let time = try clock.measure { _ = try workload(text).bind() }
    #expect(time < .seconds(1))
  }

  @Test func aTrillionOperatorsAreTheMost() throws {
    let most = #"{ "repeat": 1000000000000, "program": [{ "operator": "a", "inputs": [] }] }"#
    #expect(words(file(most)) == nil)
    #expect(words(file(most + #", { "operator": "a", "inputs": [] }"#))?.contains("/program/1 takes") == true)
    let more = #"{ "repeat": 1000000000001, "program": [{ "operator": "a", "inputs": [] }] }"#
    #expect(words(file(more))?.contains("/program/0/repeat takes the program beyond 1000000000000") == true)
    let hostile = #"{ "repeat": 9223372036854775807, "program": [\#(most)] }"#
    #expect(words(file(hostile))?.contains("/program/0/repeat takes") == true)
    #expect(words(file(most + "," + most))?.contains("/program/1/repeat takes") == true)
  }
}
