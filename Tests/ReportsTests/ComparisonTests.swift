import Testing

@testable import Reports

/// Which row the others are compared to, and in which order they stand.
@Suite("A comparison")
struct ComparisonTests {
  private static let keys = ["accelerator", "batch"]
  private static let names = [
    ["nvidia-h200", "1"], ["nvidia-h200", "8"], ["nvidia-b200", "1"], ["nvidia-b200", "8"], ["none", "1"],
  ]

  private func baselines(_ text: String?) throws -> [Int?] {
    try ComparisonRequest(baseline: text).baselines(of: Self.names, keys: Self.keys)
  }

  @Test("is with the first row, a row by its number, or by a name with the row that is the same otherwise")
  func places() throws {
    #expect(try baselines(nil) == [0, 0, 0, 0, 0])
    #expect(try baselines("4") == [3, 3, 3, 3, 3])
    #expect(try baselines("nvidia-b200") == [2, 3, 2, 3, 2])
    #expect(try baselines("B200") == [2, 3, 2, 3, 2], "a name's words, in any case")
    #expect(try baselines("batch=8") == [1, 1, 3, 3, nil], "no row is of none at batch 8")
    #expect(try baselines("none") == [4, nil, 4, nil, 4])
  }

  @Test(
    "is refused for what no row has, and for what several mean", arguments: ["0", "6", "h100", "nvidia", "batch=3"])
  func faults(_ text: String) {
    #expect(throws: ComparisonFault.self) { try baselines(text) }
  }

  @Test("has ratios of values to those, and none to what is nothing")
  func ratios() {
    let request = ComparisonRequest()
    #expect(request.ratios(of: [2, 4, nil, 0], [0, 0, 0, 3]) == [1, 2, nil, nil])
  }

  @Test("stands in the order of a column, by key, heading or the key's first words; what is missing last")
  func orders() throws {
    let table = Table(
      fields: [Field("name"), Field("latency", unit: "ms", key: "latency_ms", .plain)],
      [["b", .number(3)], ["a", .number(nil)], ["c", .number(1)], ["d", .number(3)]])
    func order(_ text: String?) throws -> [Int] { try ComparisonRequest(order: text).order(in: [table]) }
    #expect(try order(nil) == [0, 1, 2, 3])
    #expect(try order("latency_ms") == [2, 0, 3, 1] && order("latency") == [2, 0, 3, 1])
    #expect(try order("-latency") == [0, 3, 2, 1], "equal rows keep their order")
    #expect(try order("NAME") == [1, 0, 2, 3] && order("-name") == [3, 2, 0, 1])
    #expect(throws: ComparisonFault.self) { try order("latenc") }
  }
}
