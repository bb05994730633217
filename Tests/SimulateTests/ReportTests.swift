import Foundation
import JSONText
import Roofline
import TestSupport
import Testing

/// What `simulate report` writes; how it looks is for tools/check_report.py.
@Suite("A report", .tags(.process)) struct ReportTests {
  /// Runs the command with the path of a file that does not exist yet, and gives what it wrote.
  private func written(_ line: String, ending: String) throws -> (status: Int32, errors: String, text: String?) {
    let path = NSTemporaryDirectory() + "/report-test-\(UUID().uuidString).\(ending)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let result = try Command.run(line.split(separator: " ").map(String.init) + ["--output", path])
    #expect(result.output.isEmpty)
    return (result.status, result.errors, try? String(contentsOfFile: path, encoding: .utf8))
  }

  @Test func `needs a file, and an ending that it knows`() throws {
    for (line, words) in [
      ("report bert-base v100", "--output FILE is needed"),
      ("report bert-base v100 --chart latency --output x.gif", "ends in .svg"),
      ("report bert-base v100 --output x.svg", "say which, as in --chart latency"),
      ("report --sweep a.csv --study frameworks --output x.html", "give one of them"),
      ("report --study frameworks --chart latency --output x.html", "--chart goes with a system"),
      ("report --study frameworks --samples 20 --output x.html", "--samples goes with a system"),
      ("report bert-base v100 --chart latency --samples 20 --output x.svg", "the latency chart projects nothing"),
      ("report bert-base v100 --samples 19 --output x.html", "--samples"),
      ("report bert-base v100 --chart hindcast --year 2030 --output x.svg", "the hindcast chart projects nothing"),
    ] {
      let result = try Command.run(line.split(separator: " ").map(String.init))
      #expect(result.status == 64 && result.errors.contains(words), "\(line): \(result.errors)")
    }
  }

  @Test func `leaves nothing where its input is wrong`() throws {
    for line in [
      "report --sweep /no/such.csv", "report bert-base v100 --year 1990", "report bert-base none --chart roofline",
    ] {
      let result = try written(line, ending: line.contains("chart") ? "svg" : "html")
      #expect(result.status == 2 && result.text == nil && result.errors.contains("error:"), "\(line): \(result.errors)")
    }
  }

  @Test(arguments: ["latency", "breakdown", "roofline", "timeline", "projection", "uncertainty", "sensitivity"])
  func `has every chart as a file`(chart: String) throws {
    // A projection runs its system some thousand times: of one operator, where a model's takes three seconds each.
    var directory = TemporaryDirectory()
    let one =
      #"{ "schema": "workload/1", "name": "w", "parameters": {}, "program": [{ "operator": "aten::relu", "inputs": [[64]] }] }"#
    let isProjected = chart == "projection" || chart == "uncertainty"
    let workload = isProjected ? directory.write(Array(one.utf8), to: "w.json") : "squeezenet1-0"
    let samples = isProjected ? " --samples 20" : ""
    let line = "report \(workload) v100 --chart \(chart)\(samples)"
    let svg = try #require(try written(line, ending: "svg").text)
    #expect(svg.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\"") && svg.hasSuffix("</svg>\n"))
    #expect(svg.contains("V100") && !svg.contains("nan"))
    #expect(try written(line, ending: "svg").text == svg, "the same input gives the same bytes")
    let specification = try #require(try written(line, ending: "vl.json").text)
    _ = try JSONDocument(bytes: Array(specification.utf8), file: "chart.vl.json")
    let csv = try #require(try written(line, ending: "csv").text)
    let lines = try #require(try written(line, ending: "jsonl").text)
    #expect(csv.split(separator: "\n").count == lines.split(separator: "\n").count + 1)
    #expect(try #require(try written(line, ending: "md").text).hasPrefix("| "))
  }

  @Test func `shows a system without an accelerator as well`() throws {
    let page = try #require(try written("report squeezenet1-0 none --host xeon-w-2295", ending: "html").text)
    #expect(page.contains("id=\"timeline\"") && !page.contains("id=\"roofline\""))
  }

  @Test func `in a terminal that cannot show more is ASCII`() throws {
    let result = try Command.run(["run", "bert-base", "v100", "--ascii"])
    #expect(result.status == 0 && result.output.utf8.allSatisfy { $0 < 0x80 } && result.output.contains("-----"))
  }

  @Test func `more lines than a pipe holds end quietly behind head`() throws {
    let result = try Command.shell(
      "simulate sweep resnet50 v100 --over host.single_thread_speed=0.25..4:log2000 --format csv | head -n 2; "
        + "simulate sweep resnet50 v100 --over host.single_thread_speed=0.25..4:log2000 --format jsonl | head -n 1")
    #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
    #expect(result.output.split(separator: "\n").count == 3)
  }
}
