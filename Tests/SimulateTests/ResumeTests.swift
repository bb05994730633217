import Foundation
import Roofline
import TestSupport
import Testing

/// What a resumed sweep looks at before it changes anything, and what a sweep leaves that does not come to its end.
@Suite("A sweep that stops", .tags(.process)) struct ResumeTests {
  static let sweep = "sweep resnet18 t4 --over batch=1,2 --over host.single_thread_speed=0.5..2:lin50"

  @Test(arguments: ["csv", "jsonl"])
  func `goes on only behind its own rows`(format: String) throws {
    let scratch = try Scratch()
    let name = "rows." + format
    #expect(try scratch.run(Self.sweep + " -o \(name)").status == 0)
    let whole = try scratch.text(name)
    let lines = whole.split(separator: "\n").map(String.init)
    let kept = Array(lines[..<90])
    func partial(_ change: (inout [String]) -> Void) -> String {
      var lines = kept
      change(&lines)
      return lines.joined(separator: "\n")
    }
    func edit(_ line: Int, _ old: String, _ new: String) -> (inout [String]) -> Void {
      { lines in
        #expect(lines[line].contains(old), "\(lines[line])")
        lines[line] = lines[line].replacing(old, with: new, maxReplacements: 1)
      }
    }
    let fields = kept[77].split(separator: format == "csv" ? "," : " ").map(String.init)
    let latency = fields[format == "csv" ? 2 : 5]
    let bound = try #require(fields.last)
    for (text, line) in [
      (partial { $0[77] = "garbage" } + "\n", 78), (partial { $0[3] = "" } + "\n", 4),
      (partial { _ = $0.remove(at: 50) } + "\n", 51),
      (partial { $0.swapAt(60, 61) } + "\n", 61), (partial(edit(20, "1", "2")) + "\n", 21),
      (partial(edit(77, latency, "9" + latency)) + "\n", 78), (partial(edit(77, bound, "x" + bound)) + "\n", 78),
      (partial(edit(77, latency, " " + latency)) + "\n", 78), (partial { $0[5] += "\r" } + "\n", 6),
      (partial { $0[89] = "precious" }, 90), (whole + lines[99] + "\n", lines.count + 1),
      (whole + "x", lines.count + 1),
      ("precious", 1), ("a\nprecious", 1), (String(repeating: "\0", count: 10_000), 1),
    ] {
      try FileManager.default.removeItem(atPath: scratch.path + "/" + name)
      try scratch.write(text, to: name + ".partial")
      let result = try scratch.run(Self.sweep + " -o \(name) --resume")
      #expect(result.status == 2, "\(text.suffix(100))")
      #expect(
        result.errors.hasPrefix("\(name).partial:\(line): error: these are not the first rows of this sweep"),
        "\(result.errors)")
      #expect(try scratch.text(name + ".partial") == text, "not a byte is changed")
      #expect(scratch.names == [name + ".partial"])
      try scratch.write("", to: name)
    }
  }

  @Test func `goes on in nothing but a file`() throws {
    let scratch = try Scratch()
    try scratch.write("precious", to: "victim")
    try scratch.link("a.csv.partial", to: "victim")
    try FileManager.default.createDirectory(atPath: scratch.path + "/b.csv.partial", withIntermediateDirectories: false)
    #expect(try scratch.shell("mkfifo c.csv.partial").status == 0)
    try scratch.write("", to: "d.csv.partial", mode: 0o444)
    let before = scratch.names
    for (name, status, words) in [
      ("a.csv", 2, "is a symbolic link"), ("b.csv", 2, "is a folder"), ("c.csv", 2, "is a pipe, socket or device"),
      ("d.csv", 74, "the file is read-only"),
    ] {
      for option in [" --resume", ""] where status == 2 || option != "" {
        let result = try scratch.run(Self.sweep + " -o \(name)\(option)")
        #expect(Int(result.status) == status && result.errors.contains("\(name).partial: error: "), "\(result.errors)")
        #expect(result.errors.contains(words), "\(result.errors)")
      }
    }
    #expect(try scratch.names == before && scratch.text("victim") == "precious")
  }

  @Test func `keeps the rows before a point that cannot be simulated`() throws {
    let scratch = try Scratch()
    // At a gigabyte a second, a pass of a billion pictures takes longer than the clock counts.
    let sweep = "sweep resnet18 t4 --set accelerator.memory.bandwidth_gb_per_s=1 --over batch="
    let good = try scratch.run(sweep + "1,2,4 --format csv").output
    let rows = good.split(separator: "\n")[..<3].joined(separator: "\n") + "\n"
    let failed = try scratch.run(sweep + "1,2,1000000000,4 -o rows.csv")
    #expect(
      failed.status == 2
        && failed.errors.contains("(at batch=1000000000); the 2 rows before it stay in rows.csv.partial"))
    #expect(try scratch.names == ["rows.csv.partial"] && scratch.text("rows.csv.partial") == rows)
    let again = try scratch.run(sweep + "1,2,1000000000,4 -o rows.csv --resume")
    #expect(again.status == 2 && again.errors.contains("the 2 rows before it stay"))
    #expect(try scratch.text("rows.csv.partial") == rows)
    #expect(try scratch.run(sweep + "1,2,4 -o rows.csv --resume").status == 0)
    #expect(try scratch.text("rows.csv") == good)

    let printed = try scratch.run(sweep + "1,2,1000000000,4 --format csv")
    #expect(
      printed.status == 2 && printed.output == rows && printed.errors.contains("the 2 rows before it are written"))
    let table = try scratch.run(sweep + "1,2,1000000000,4")
    let shown = table.output.split(separator: "\n").drop { !$0.hasPrefix("─") }
    #expect(table.status == 2 && shown.count == 3, "a rule and two rows: \(table.output)")
    let nothing = try scratch.run(sweep + "1000000000,4 -o none.csv")
    #expect(nothing.status == 2 && nothing.errors.hasSuffix("(at batch=1000000000)\n"))
    #expect(scratch.names == ["rows.csv"], "no rows, no file")
  }

  @Test func `says how to go on, and keeps a second writer out`() throws {
    let scratch = try Scratch()
    let sweep =
      "simulate sweep resnet18 t4 --over batch=1,2,4,8 --over host.single_thread_speed=0.5..2:lin9999 "
      + "--over accelerator.launch.call_us=1..9:lin99 -o rows.csv"
    let result = try scratch.shell(
      sweep + " 2> stopped & process=$!; while ! [ -s rows.csv.partial ]; do sleep 0.05; done; "
        + "\(sweep) 2> second; \(sweep) --resume 2> third; kill -TERM $process; wait $process; echo $? > status")
    #expect(result.status == 0, "\(result.errors)")
    for name in ["second", "third"] {
      #expect(
        try scratch.text(name)
          == "rows.csv.partial: error: another process is writing this file now; wait for it, or stop it\n")
    }
    #expect(try scratch.text("status") == "143\n", "it ends by the signal, as without a message")
    let words = try scratch.text("stopped")
    #expect(words.hasPrefix("stopped at ") && words.hasSuffix("rows.csv.partial, and --resume goes on\n"), "\(words)")
    #expect(scratch.names == ["rows.csv.partial", "second", "status", "stopped", "third"])
  }
}
