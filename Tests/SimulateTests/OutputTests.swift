import Foundation
import Roofline
import TestSupport
import Testing

/// What `--output` and its like do to what has the name already, and what is left where they fail.
@Suite("Outputs", .tags(.process)) struct OutputTests {
  static let sweep = "sweep resnet18 t4 --over batch=1,2"
  /// The rows of the sweep.
  private static func rows() throws -> String {
    try Command.run((sweep + " --format csv").split(separator: " ").map(String.init)).output
  }

  @Test func `replace what a link leads to, and leave the link`() throws {
    let scratch = try Scratch()
    let rows = try Self.rows()
    try FileManager.default.createDirectory(atPath: scratch.path + "/below", withIntermediateDirectories: false)
    try scratch.write("old", to: "below/target.csv", mode: 0o640)
    try scratch.link("first.csv", to: "below/second.csv")
    try scratch.link("below/second.csv", to: "target.csv")
    #expect(try scratch.run(Self.sweep + " -o first.csv").status == 0)
    #expect(try scratch.text("below/target.csv") == rows)
    #expect(try scratch.mode(of: "below/target.csv") == 0o640, "a mode is kept")
    #expect(scratch.target(of: "first.csv") == "below/second.csv")
    #expect(scratch.target(of: "below/second.csv") == "target.csv")

    try scratch.link("dangling.csv", to: "below/new.csv")
    #expect(try scratch.run(Self.sweep + " -o dangling.csv").status == 0)
    #expect(try scratch.text("below/new.csv") == rows && scratch.target(of: "dangling.csv") == "below/new.csv")
    #expect(scratch.names == ["below", "dangling.csv", "first.csv"], "nothing else is left")
  }

  @Test func `refuse what is no file to be replaced, and say why`() throws {
    let scratch = try Scratch()
    try scratch.write("precious", to: "read-only.csv", mode: 0o444)
    try scratch.write("precious", to: "file")
    try FileManager.default.createDirectory(atPath: scratch.path + "/folder.csv", withIntermediateDirectories: false)
    try scratch.link("loop.csv", to: "pool.csv")
    try scratch.link("pool.csv", to: "loop.csv")
    try scratch.link("nowhere.csv", to: "none/rows.csv")
    let before = scratch.names
    for (name, words) in [
      ("read-only.csv", "may not be written: the file is read-only"), ("folder.csv", "is a folder, not a file"),
      ("loop.csv", "a loop of them"), ("nowhere.csv", "No such file or directory"),
      ("none/rows.csv", "cannot create the file"), ("file/rows.csv", "Not a directory"),
      ("new/", "the name of a folder"),
    ] {
      for format in ["csv", "table"] where format == "csv" || !name.hasSuffix(".csv") {
        let result = try scratch.run(Self.sweep + " -o \(name) --format \(format)")
        #expect(result.status == 74 && result.output.isEmpty, "\(name)")
        #expect(result.errors.hasPrefix("\(name): error: ") && result.errors.contains(words), "\(result.errors)")
        #expect(result.errors.split(separator: "\n").count == 1)
      }
    }
    #expect(scratch.names == before)
    #expect(try scratch.text("read-only.csv") == "precious" && scratch.mode(of: "read-only.csv") == 0o444)
  }

  @Test func `are written into where they are pipes`() throws {
    let scratch = try Scratch()
    let rows = try Self.rows()
    let result = try scratch.shell(
      "mkfifo pipe && { cat pipe > got & simulate \(Self.sweep) --format csv -o pipe && wait && test -p pipe; }")
    #expect(result.status == 0, "\(result.errors)")
    #expect(try scratch.text("got") == rows)
    let chart = try scratch.shell(
      "{ cat pipe > got & simulate run resnet18 t4 --timeline pipe --format csv > out && wait && test -p pipe; }")
    #expect(try chart.status == 0 && scratch.text("got").contains("traceEvents"), "\(chart.errors)")
    // A reader that has seen enough is no fault.
    let early = try scratch.shell(
      "{ head -c 1 pipe > got & simulate run resnet18 t4 --timeline pipe --format csv > out && wait; }")
    #expect(
      try early.status == 0 && early.errors.isEmpty && scratch.text("out").contains("latency"), "\(early.errors)")
    let resumed = try scratch.run(Self.sweep + " -o pipe --resume")
    #expect(resumed.status == 64 && resumed.errors.contains("(pipe is none)"))
    #expect(scratch.names == ["got", "out", "pipe"])
  }

  @Test(.enabled(if: geteuid() == 0, "only the superuser makes devices"))
  func `are written into where they are devices`() throws {
    let scratch = try Scratch()
    // The numbers of Linux's null and full devices.
    let made = try scratch.shell("mknod null c 1 3 && mknod full c 1 7 && ln full full.svg")
    try #require(made.status == 0)
    #expect(try scratch.run(Self.sweep + " -o null").status == 0)
    #expect(try scratch.run("run resnet18 t4 --timeline null").status == 0)
    for (line, name) in [(Self.sweep, "full"), ("report resnet18 t4 --chart latency", "full.svg")] {
      let result = try scratch.run(line + " --output \(name)")
      #expect(result.status == 74)
      #expect(result.errors == "\(name): error: cannot write the file: No space left on device\n")
    }
    #expect(try scratch.shell("test -c null && test -c full").status == 0)
    #expect(scratch.names == ["full", "full.svg", "null"])
  }

  @Test func `are standard output where they are called -, or lead there`() throws {
    let scratch = try Scratch()
    let rows = try Self.rows()
    #expect(try scratch.run(Self.sweep + " --format csv -o -").output == rows)
    #expect(try scratch.run("report resnet18 t4 --chart latency -o -").output.hasPrefix("<svg"))
    // A page of one operator: of a whole model it takes ten seconds in a debug build.
    try scratch.write(
      #"{ "schema": "workload/1", "name": "w", "parameters": {}, "program": [{ "operator": "aten::relu", "inputs": [[64]] }] }"#,
      to: "w.json")
    #expect(try scratch.run("report w.json t4 --samples 20 -o -").output.lowercased().hasPrefix("<!doctype html>"))
    // What the shell opened is gone on with, as a log is.
    #if os(Linux)
      let result = try scratch.shell(
        "ln -s /proc/self/fd/1 out && echo first > log && simulate \(Self.sweep) --format csv -o out >> log")
      #expect(result.status == 0, "\(result.errors)")
      #expect(try scratch.text("log") == "first\n" + rows)
    #endif
    for option in ["run resnet18 t4 --timeline -", "validate rows.csv --error-band -", "trace rows.json --report -"] {
      let result = try scratch.run(option)
      #expect(result.status == 64 && result.output.isEmpty)
      #expect(result.errors.contains("would both go to standard output"), "\(result.errors)")
    }
    let both = try scratch.shell("simulate run resnet18 t4 --timeline both > both")
    #expect(both.status == 64 && both.errors.contains("would both go to standard output"))
    let folder = try scratch.run("calibrate rows.csv --output -")
    #expect(folder.status == 64 && folder.errors.contains("--output needs a folder"))
  }

  @Test func `are neither inputs nor each other`() throws {
    let scratch = try Scratch()
    try FileManager.default.copyItem(
      atPath: packageRoot + "/docs/examples/trace.json", toPath: scratch.path + "/trace.json")
    try FileManager.default.copyItem(
      atPath: packageRoot + "/workloads/resnet18.json", toPath: scratch.path + "/model.json")
    try FileManager.default.copyItem(
      atPath: packageRoot + "/hardware-profiles/hosts/reference.json", toPath: scratch.path + "/host.json")
    try scratch.write(
      #"{ "schema": "sweep/1", "workload": "./model.json", "over": { "batch": [1, 2] } }"#, to: "plan.json")
    try scratch.link("alias.json", to: "trace.json")
    try scratch.write("old", to: "old.html")
    try FileManager.default.linkItem(atPath: scratch.path + "/old.html", toPath: scratch.path + "/twin.json")
    let before = try scratch.names.map { try scratch.text($0) }
    for (line, words) in [
      ("trace trace.json --timeline trace.json", "is an input, 'trace.json'"),
      ("trace trace.json --timeline alias.json", "is an input, 'trace.json'"),
      ("trace alias.json --timeline ./trace.json", "is an input, 'alias.json'"),
      ("trace trace.json --timeline new --report new", "--report and --timeline are the same file"),
      ("trace trace.json --timeline ./new --report new", "--report and --timeline are the same file"),
      ("trace trace.json --timeline twin.json --report old.html", "--report and --timeline are the same file"),
      ("run ./model.json t4 --timeline model.json", "is an input, './model.json'"),
      ("run resnet18 t4 --host host.json --timeline host.json", "is an input, 'host.json'"),
      ("sweep model.json t4 --over host=host.json,reference --format csv -o host.json", "is an input, 'host.json'"),
      ("sweep --plan plan.json -a t4 --format jsonl -o plan.json", "is an input, 'plan.json'"),
      ("sweep --plan plan.json -a t4 --format jsonl -o model.json", "is an input, './model.json'"),
      ("report --sweep plan.json -o plan.json", "is an input, 'plan.json'"),
      ("validate plan.json --error-band plan.json", "is an input, 'plan.json'"),
    ] {
      let result = try scratch.run(line)
      #expect(result.status == 64 && result.errors.contains(words), "\(line): \(result.errors)")
      #expect(result.errors.split(separator: "\n").count == 1)
    }
    #expect(try scratch.names.map { try scratch.text($0) } == before)
  }

  @Test func `have no ending of another format`() throws {
    for (line, words) in [
      (Self.sweep + " -o rows.parquet", "ends in .parquet, and what is written is csv"),
      (Self.sweep + " -o rows.jsonl --format csv", "ends in .jsonl, and what is written is csv"),
      (Self.sweep + " -o rows.csv --format table", "ends in .csv, and what is written is table"),
      ("report resnet18 t4 -o page.txt", "ends in .txt, and what is written is HTML"),
      ("run resnet18 t4 --timeline t.json.gz", "ends in .gz, and what is written is JSON"),
    ] {
      let scratch = try Scratch()
      let result = try scratch.run(line)
      #expect(result.status == 64 && result.errors.contains(words), "\(line): \(result.errors)")
      #expect(scratch.names.isEmpty)
    }
    let scratch = try Scratch()
    #expect(try scratch.run(Self.sweep + " --format csv -o rows-2026.11.28").status == 0, "other endings say nothing")
  }

  @Test func `leave what was there where they cannot be written whole`() throws {
    let scratch = try Scratch()
    try scratch.write("precious", to: "chart.svg")
    let result = try scratch.shell("ulimit -f 1; simulate report resnet18 t4 --chart latency -o chart.svg")
    #expect(result.status == 74)
    #expect(result.errors == "chart.svg: error: cannot write the file: File too large\n")
    #expect(try scratch.names == ["chart.svg"] && scratch.text("chart.svg") == "precious")
    let sweep = try scratch.shell(
      "ulimit -f 1; simulate \(Self.sweep) --over host.single_thread_speed=1..4:lin99 -o r.csv")
    #expect(sweep.status == 74 && sweep.errors.contains("the rows so far stay in r.csv.partial, and --resume goes on"))
    #expect(scratch.names == ["chart.svg", "r.csv.partial"])
  }

  @Test func `of the result say where it could not be written, and warnings do not matter`() throws {
    let closed = try Command.shell("simulate run resnet18 t4 >&-")
    #expect(closed.status == 74)
    #expect(closed.errors == "error: cannot write to standard output: Bad file descriptor\n")
    #if os(Linux)
      let full = try Command.shell("simulate run resnet18 t4 > /dev/full")
      #expect(full.status == 74)
      #expect(full.errors == "error: cannot write to standard output: No space left on device\n")
    #endif
    let silent = try Command.shell("simulate run bert-base t4 --batch 1000000 --format csv 2>&-")
    #expect(silent.status == 0 && silent.output.contains("latency"))
    // What is opened does not take the place of a stream that is closed.
    let scratch = try Scratch()
    let both = try scratch.shell("simulate run resnet18 t4 --timeline t.json <&- >&- 2>&-")
    #expect(both.status == 74)
    #expect(try scratch.text("t.json").hasSuffix("}\n"))
  }
}
