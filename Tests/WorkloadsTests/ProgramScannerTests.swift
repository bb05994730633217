import JSONText
import TestSupport
import Testing

@testable import Workloads

/// Programs that are read without a tree, held against the same text read from one.
@Suite("A program read without a tree") struct ProgramScannerTests {
  /// What a text comes to, one way or the other: its program at some values, or what is wrong with it.
  static func outcome(_ text: [UInt8], scans: Bool) -> String {
    do {
      let workload = try Workload(bytes: text, file: "w.json", scans: scans)
      let bound = try workload.bind(["batch": 3]) {
        $0.name == "wrong" ? OperatorProblem(problem: "p", advice: "a") : nil
      }
      return "\(unrolled(bound.program)) \(bound.operatorCount) \(bound.program.count)"
    } catch {
      return "\(error)"
    }
  }

  /// A text of any JSON that a workload may be written in, with now and then something that it may not.
  struct Writer {
    var random: SeededGenerator

    mutating func pick<Value>(_ values: [Value]) -> Value { values[Int.random(in: 0..<values.count, using: &random)] }
    mutating func chance(_ parts: Int) -> Bool { Int.random(in: 0..<parts, using: &random) == 0 }
    mutating func blank() -> String { pick(["", "", "", " ", "\n  ", "\t", "\r\n"]) }

    mutating func list(_ elements: [String], _ open: String = "[", _ close: String = "]") -> String {
      var text = open + blank()
      for (index, element) in elements.enumerated() { text += (index > 0 ? "," + blank() : "") + element + blank() }
      return text + close
    }

    mutating func dimension() -> String {
      if chance(60) {
        return pick(["-1", "1e2", "2.0", "99999999999", "\"batch/2\"", "true", "007", "\"bat\\u0063h\"", "null"])
      }
      return pick(["0", "1", "64", "128", "\"batch\"", "\"batch * 2\"", "\"4\"", "3000000000", "2147483647"])
    }

    mutating func shape() -> String {
      list((0..<Int.random(in: 0...4, using: &random)).map { _ in dimension() })
    }

    mutating func value() -> String {
      chance(3) ? list((0..<Int.random(in: 0...3, using: &random)).map { _ in integer() }) : integer()
    }

    mutating func integer() -> String {
      pick(["1", "-1", "0", "-0", "\"-batch\"", "12", "-2147483648", "\"batch\"", "-7"])
    }

    mutating func call() -> String {
      let inputs = (0..<Int.random(in: 0...3, using: &random)).map { _ in shape() }
      let name = pick(["a", "aten::linear", "b", chance(80) ? "wrong" : "c"])
      var members = ["\"operator\"\(blank()):\(blank())\"\(name)\""]
      members.append("\"inputs\": \(list(inputs))")
      if chance(3) { members.append("\"outputs\":" + list([shape()])) }
      if chance(6) {
        members.append("\"dtypes\": " + list(inputs.map { _ in pick(["\"float\"", "\"int64\"", "\"weight\""]) }))
      }
      if chance(40) { members.append("\"dtypes\": [\"flota\"]") }
      if chance(5) {
        members.append("\"attributes\": " + list(["\"stride\": \(value())", "\"a\" : \(value())"], "{", "}"))
      }
      if chance(20) { members.append("\"copies\": [{\"shape\": [\"batch\"], \"unless\": {\"batch\": 3}}]") }
      if chance(20) { members.append("\"stream\": 2") }
      if chance(200) { members.append("\"steam\": 2") }
      return list(members.shuffled(using: &random), "{", "}")
    }

    mutating func program(depth: Int) -> String {
      let few = (0..<3).map { _ in call() }
      return list(
        (0..<Int.random(in: 1...6, using: &random)).map { _ in
          guard depth > 0, chance(4) else { return chance(2) ? pick(few) : call() }
          var members = ["\"repeat\": \(pick(["2", "\"batch\"", "0", "1"]))"]
          members.append("\"program\": \(program(depth: depth - 1))")
          if chance(3) { members.append("\"name\": \(pick(["\"layer\"", "\"é\"", "\"\""]))") }
          if chance(3) { members.append("\"modules\": 5") }
          return list(members.shuffled(using: &random), "{", "}")
        })
    }

    mutating func file() -> String {
      #"{ "schema": "workload/1", "name": "w", "parameters": { "batch": 2 }, "#
        + (chance(4) ? #""modules": 3, "# : "") + "\"program\":\(blank())\(program(depth: 2))\(blank())}"
    }
  }

  @Test(arguments: 0..<300) func `is what a tree says`(seed: UInt64) {
    var writer = Writer(random: SeededGenerator(seed: seed))
    let text = Array(writer.file().utf8)
    let (scanned, tree) = (Self.outcome(text, scans: true), Self.outcome(text, scans: false))
    #expect(scanned == tree, "\(String(decoding: text, as: UTF8.self))")
  }

  /// Of a text with one byte too many, too few or another, either way says the same, at the same place.
  @Test(arguments: 0..<60) func `has the faults of a tree`(seed: UInt64) {
    var writer = Writer(random: SeededGenerator(seed: 1000 + seed))
    let text = Array(writer.file().utf8)
    for _ in 0..<60 {
      var wrong = text
      let place = Int.random(in: 0..<text.count, using: &writer.random)
      let byte = writer.pick(Array("{}[]\",:0-e.\\ab \u{7F}\n".utf8) + [0x00, 0x80, 0xFF])
      switch Int.random(in: 0..<3, using: &writer.random) {
      case 0: wrong.remove(at: place)
      case 1: wrong.insert(byte, at: place)
      default: wrong[place] = byte
      }
      #expect(Self.outcome(wrong, scans: true) == Self.outcome(wrong, scans: false))
    }
  }

  @Test func `keeps what is written alike once`() throws {
    let call = #"{ "operator": "aten::relu", "inputs": [["batch", 8]] }"#
    let other = #"{ "operator": "aten::relu", "inputs": [["batch",  8]] }"#
    let text = file(Array(repeating: "\(call), \(other)", count: 500).joined(separator: ","))
    let workload = try workload(text)
    #expect(workload.operators.forms.count == 2 && workload.operators.plain.count == 2)
    #expect(workload.operators.formulas.count == 1)
    let bound = try workload.bind(["batch": 4])
    #expect(bound.operators == [Operator(name: "aten::relu", inputs: [[4, 8]])], "what means the same is one as well")
    #expect(bound.operatorCount == 1000)
    #expect(bound.sequence == Array(repeating: .leaf(0), count: 1000))
  }

  /// A check is asked once for what is written alike, and what it says has the place of the first.
  @Test func `says what is wrong where it comes first`() throws {
    let call = #"{ "operator": "aten::relu", "inputs": [["batch", 8]] }"#
    let workload = try workload(file("\(call), \(call),\n\(call)", parameters: #"{ "batch": 1 }"#))
    var asked = 0
    let fault = try #require(throws: WorkloadFault.self) {
      try workload.bind { _ in
        asked += 1
        return OperatorProblem(problem: "it is", advice: "it should not be")
      }
    }
    #expect(asked == 1 && "\(fault)".hasPrefix("w.json:1:82: error:"), "\(fault)")
  }

  @Test func `takes more operators than a tree has room for`() throws {
    let call = #"{"operator":"a","inputs":[[1,2,3],[4,5,6]]}"#
    let count = 400_000
    let text = file(Array(repeating: call, count: count).joined(separator: ","))
    #expect(try workload(text).bind().operatorCount == count)
  }
}
