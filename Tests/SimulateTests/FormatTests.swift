import Foundation
import JSONText
import Roofline
import Studies
import TestSupport
import Testing

/// What every report keeps in every format.
@Suite("Every report, in every format", .tags(.process))
struct FormatTests {
  static let commands = [
    "", "run resnet18 t4", "run resnet18 none",
    "sweep resnet18 t4 --over batch=1,2 --over framework=pytorch-eager,cuda-graph",
    "project resnet18 h100-sxm --scale peak=2", "project resnet18 --year 2029 --samples 20",
    "project resnet18 h100-sxm --target latency_us=900 --vary launch", "study model-design", "roofline resnet18 t4",
    "trace docs/examples/trace.json --host-speed 2", "validate docs/examples/latency.csv",
    "validate docs/examples/kernels.csv --kernels",
    "calibrate docs/examples/latency.csv", "calibrate --trace docs/examples/trace.json", "profiles fields",
    "profiles list hosts", "profiles show v100", "generate gpt2 h100-sxm --tokens 3",
    "generate gpt2 h100-sxm --batch 1,2 --tokens 3", "sweep gpt2 h100-sxm --engine vllm --over batch=1,2",
  ]

  private func output(_ line: String, _ format: String) throws -> String {
    let words = line.split(separator: " ").map(String.init) + ["--format", format]
    let result = try Command.run(words, in: packageRoot)
    try #require(result.status == 0, "\(words): \(result.errors)")
    return result.output
  }

  @Test("Lines of JSON have the keys and the values of CSV", arguments: commands)
  func lines(_ command: String) throws {
    let blocks = try output(command, "csv").components(separatedBy: "\n\n")
    var lines = try output(command, "jsonl").split(separator: "\n").map(String.init)[...]
    for block in blocks {
      let table = try CSVText(bytes: Array(block.utf8), file: "output.csv")
      let names = table.header.map(\.text)
      for row in table.rows {
        let next = lines.popFirst()
        var members = try JSONDocument(bytes: Array(try #require(next).utf8), file: "line").cursor.object().members
        if blocks.count > 1 { #expect(members.removeFirst().key == "table") }
        #expect(members.map(\.key) == names)
        for (member, text) in zip(members, row.map(\.text)) {
          switch member.value.value.content {
          case .null: #expect(text.isEmpty, "\(member.key)")
          case .number(let number): #expect(decimalNumber(text) == decimalNumber(number.text), "\(member.key)")
          case .boolean(let flag): #expect(text == String(flag), "\(member.key)")
          case .string(let string): #expect(text == string, "\(member.key)")
          default: Issue.record("\(member.key) is no single value")
          }
        }
      }
    }
    #expect(lines.isEmpty)
  }

  @Test("JSON is one object; pages and Markdown have every table", arguments: commands)
  func whole(_ command: String) throws {
    let json = try output(command, "json")
    #expect(try !JSONDocument(bytes: Array(json.utf8), file: "whole").cursor.object().members.isEmpty)
    let rules = try output(command, "table").split(separator: "\n").filter { $0.allSatisfy { "─ ".contains($0) } }.count
    let markdown = try output(command, "markdown")
    #expect(markdown.split(separator: "\n").filter { $0.hasPrefix("| --") }.count == rules)
    let page = try output(command, "html")
    #expect(page.hasPrefix("<!DOCTYPE html>\n") && page.hasSuffix("</html>\n"))
    #expect(page.components(separatedBy: "<table>").count - 1 >= rules)
  }
}
