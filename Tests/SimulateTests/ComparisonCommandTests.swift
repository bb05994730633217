import Foundation
import JSONText
import Studies
import TestSupport
import Testing

/// Systems side by side: lists, ratios, orders and charts.
@Suite("A comparison", .tags(.process))
struct ComparisonCommandTests {
  private func rows(_ line: String, in scratch: Scratch? = nil) throws -> CSVText {
    let words = (line + " --format csv").split(separator: " ").map(String.init)
    let result = try Command.run(words, in: scratch?.path)
    try #require(result.status == 0, "\(result.errors)")
    return try CSVText(bytes: Array(result.output.utf8), file: "rows")
  }

  private func column(_ name: String, of table: CSVText) throws -> [String] {
    let place = try #require(table.column(name))
    return table.rows.map { $0.text(place) }
  }

  private func numbers(_ name: String, of table: CSVText) throws -> [Double] {
    try column(name, of: table).map { try #require(decimalNumber($0)) }
  }

  /// That values are ratios, to what microseconds with six decimals tell of them.
  private func areRatios(_ values: [Double], _ expected: [Double]) -> Bool {
    values.count == expected.count && zip(values, expected).allSatisfy { abs($0 - $1) <= 1e-9 * abs($1) }
  }

  @Test func `of runs has a row for each combination, which is what the run alone is`() throws {
    let table = try rows("run resnet18,alexnet t4,none --batch 1,4")
    #expect(try column("workload", of: table) == ["resnet18", "alexnet"].flatMap { [String](repeating: $0, count: 4) })
    #expect(try column("accelerator", of: table).prefix(4) == ["nvidia-t4", "nvidia-t4", "none", "none"])
    #expect(try column("batch", of: table).prefix(4) == ["1", "4", "1", "4"], "the last list varies fastest")
    let latencies = try numbers("latency_us", of: table)
    #expect(try areRatios(numbers("ratio", of: table), latencies.map { $0 / latencies[0] }))
    let alone = try rows("run alexnet none --batch 4")
    #expect(try numbers("latency_us", of: alone).first == latencies.last)
    // What a table of several has besides, the row of one has in the same places.
    #expect(table.header.map(\.text).filter { $0 != "ratio" && $0 != "fits" } == alone.header.map(\.text))
  }

  @Test func `varies every input of a run that has a name or a count`() throws {
    let table = try rows(
      "run gpt2-decode --accelerator h100-sxm --host reference,nvidia-grace -f cuda-graph,pytorch-eager-2 -p fp16,bf16 "
        + "--parameter context=128,256")
    #expect(table.rows.count == 16)
    for (name, values) in [("context", ["128", "256"]), ("precision", ["fp16", "bf16"])] {
      #expect(try Set(column(name, of: table)) == Set(values))
    }
    #expect(try Set(column("host", of: table)).count == 2 && Set(column("framework", of: table)).count == 2)
    let devices = try rows("run resnet18 h100-sxm --devices 1,data=2")
    #expect(try column("devices", of: devices) == ["", "2"])
  }

  @Test func `is with the row that is asked for, in the order that is asked for`() throws {
    let line = "run resnet18 t4,v100 --batch 1,8"
    let own = try rows(line)
    let latencies = try numbers("latency_us", of: own)
    #expect(try areRatios(numbers("ratio", of: rows(line + " --baseline 4")), latencies.map { $0 / latencies[3] }))
    // Each batch with the same batch on the V100.
    #expect(
      try areRatios(
        numbers("ratio", of: rows(line + " --baseline v100")),
        [latencies[0] / latencies[2], latencies[1] / latencies[3], 1, 1]))
    #expect(try numbers("latency_us", of: rows(line + " --sort latency")) == latencies.sorted())
    let falling = try rows(line + " --sort=-latency_us")
    #expect(try numbers("latency_us", of: falling) == latencies.sorted(by: >))
    #expect(try areRatios(numbers("ratio", of: falling), latencies.sorted(by: >).map { $0 / latencies[0] }))
  }

  @Test func `of a sweep has the rows of the sweep, with ratios where they are asked for`() throws {
    let line = "sweep resnet18 t4 --over batch=1,2 --over framework=cuda-graph,pytorch-eager-2"
    let own = try rows(line)
    let compared = try rows(line + " --baseline 1")
    #expect(compared.header.map(\.text) == own.header.map(\.text) + ["ratio"])
    #expect(compared.rows.map { $0.dropLast().map(\.text) } == own.rows.map { $0.map(\.text) })
    let latencies = try numbers("latency_us", of: own)
    #expect(try areRatios(numbers("ratio", of: compared), latencies.map { $0 / latencies[0] }))
    #expect(try numbers("latency_us", of: rows(line + " --sort latency")) == latencies.sorted())
    let steps = "sweep gpt2 h100-sxm --engine vllm --over batch=1,4"
    let times = try numbers("latency_us", of: rows(steps))
    #expect(try areRatios(numbers("ratio", of: rows(steps + " --baseline batch=4")), times.map { $0 / times[1] }))
  }

  @Test func `of generations and of loads has baselines and orders too`() throws {
    let line = "generate gpt2 h100-sxm,t4 --batch 1,4 --tokens 3"
    let latencies = try numbers("latency_us", of: rows(line))
    #expect(
      try areRatios(
        numbers("ratio", of: rows(line + " --baseline t4")),
        [latencies[0] / latencies[2], latencies[1] / latencies[3], 1, 1]))
    let loads = try rows("serve gpt2 h100-sxm --rate 2,4 --duration-s 1 --tokens 4 --sort=-rate")
    #expect(try column("rate", of: loads) == ["4", "2"])
  }

  @Test func `says once what all rows have, and what differs in columns`() throws {
    let result = try Command.run(["run", "resnet18", "t4,v100", "--batch", "4"])
    #expect(
      result.output.hasPrefix("workload resnet18, batch 4, image_size 224, framework pytorch-eager-2, precision fp16"))
    let sweep = try Command.run(["sweep", "resnet18", "t4", "--batch", "4", "--over", "precision=fp16,fp32"])
    #expect(sweep.output.hasPrefix("workload resnet18, accelerator nvidia-t4, host "))
  }

  @Test func `of a sweep's rows puts two sweeps together`() throws {
    let one = try rows("sweep resnet18 t4 --over batch=1,2 --precision fp32")
    let other = try rows("sweep alexnet --over accelerator=v100,none --set host.cores=4")
    let names = ["workload", "accelerator", "host", "framework", "precision", "batch", "image_size"]
    for table in [one, other] { #expect(names.allSatisfy { table.column($0) != nil }) }
    #expect(try column("precision", of: one) == ["fp32", "fp32"])
    #expect(try column("precision", of: other) == ["fp16", "fp32"], "what follows from the accelerator is told by row")
    #expect(try Set(column("host", of: other)).count == 2)
    #expect(try column("host.cores", of: other) == ["4", "4"])
    let places = one.header.map(\.text)
    #expect(places.prefix(4) == ["batch", "latency_us", "device_busy_us", "framework_tax_fraction"])
    #expect(places.suffix(6) == ["workload", "accelerator", "host", "framework", "precision", "image_size"])
  }

  @Test(arguments: [
    ("run bert-base t4,v100 --timeline t.json", "--timeline would change nothing: it is of one run, and these are 2"),
    ("run bert-base t4 --baseline 1", "--baseline would change nothing"),
    ("run bert-base t4,v100 --baseline 3", "give a number from 1 to 2, or one of nvidia-t4, nvidia-v100-sxm2-16gb"),
    ("run bert-base t4,v100 --baseline nvidia", "could mean several"),
    ("run bert-base t4,v100 --sort tacks", "is no column"), ("run bert-base t4,t4", "the accelerator has 't4' twice"),
    ("run bert-base t4, --batch 1", "the accelerator has an empty value"),
    ("run bert-base t4 --precision fp16,x", "must be fp32"), ("run t4,v100 bert-base", "the workload stands first"),
    ("run bert-base t4 --chart c.pdf", "--chart ends in .svg"),
    ("run bert-base t4 --chart c.svg --timeline c.svg", "ends in .svg"),
    ("sweep bert-base t4 --over batch=1,2 --baseline 1 --shard 1/2", "--shard would change nothing"),
    ("sweep bert-base t4 --over batch=1,2 --baseline 1 --resume -o r.csv", "cannot be resumed"),
    ("sweep bert-base t4 --over batch=1,2 --chart r.csv -o r.csv", "are the same file"),
    ("sweep bert-base t4 --over batch=1,2 --chart -", "would both go to standard output"),
    ("sweep bert-base t4 --over batch=1,2 --sort latency --format summary", "a summary has no rows"),
    ("sweep bert-base --over accelerator=nvidia-* --over batch=1..3 --chart c.svg", "lines, and at most 8"),
    ("sweep gpt2 t4 --engine vllm --over batch=1,2 --batch 4", "batch is varied by --over and has one value besides"),
    ("sweep gpt2 t4 --engine vllm --over batch=1,2 --format summary", "have no summary"),
  ])
  func `is refused where it makes no sense, and nothing is written`(line: String, words: String) throws {
    let scratch = try Scratch()
    let result = try scratch.run(line)
    #expect([2, 64].contains(result.status) && result.output.isEmpty, "\(result.errors)")
    #expect(result.errors.contains(words), "\(result.errors)")
    #expect(scratch.names.isEmpty)
  }

  @Test func `is drawn as bars or, over a number, as lines`() throws {
    let scratch = try Scratch()
    func chart(_ line: String) throws -> String {
      let result = try scratch.run(line + " --chart c.svg")
      try #require(result.status == 0, "\(result.errors)")
      return try scratch.text("c.svg")
    }
    let bars = try chart("run resnet18 t4,v100 --batch 4")
    #expect(
      bars.contains("milliseconds per pass, from zero") && bars.contains("nvidia-t4") && bars.contains("dispatch"))
    let lines = try chart("sweep resnet18 --over accelerator=t4,v100 --over batch=1..4")
    #expect(lines.contains("<path") && lines.contains(">batch") && lines.contains("nvidia-v100-sxm2-16gb"))
    #expect(try chart("generate gpt2 h100-sxm --batch 1,2 --tokens 3").contains("milliseconds per step"))
    #expect(try chart("serve gpt2 h100-sxm --rate 2,4 --duration-s 1 --tokens 4").contains("requests per second"))
    #expect(try chart("run resnet18 t4").contains("milliseconds per pass"))
    // The numbers behind it are those of the table.
    #expect(try scratch.run("run resnet18 t4,v100 --chart c.csv").status == 0)
    #expect(try scratch.text("c.csv").hasPrefix("accelerator,host,latency_us,"))
  }

  @Test func `becomes a picture by what the system has, and else it is said how`() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/bin"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    func run(_ line: String, path: String) throws -> Command.Result {
      try Command.run(
        line.split(separator: " ").map(String.init), environment: ["PATH": path], in: scratch.path)
    }
    let line = "run resnet18 t4,v100 --chart c.png"
    let none = try run(line, path: folder)
    #expect(none.status == 2 && none.output.isEmpty && none.errors.contains("install rsvg-convert"), "\(none.errors)")
    #expect(scratch.names == ["bin"])
    // It is given the drawing and the picture's name, and no shell looks at them.
    let painter =
      "#!/bin/sh\ntest \"$1\" = --zoom=2 && grep -q '<svg' \"$3\" && printf '\\211PNG\\r\\n\\032\\nX' >\"${2#--output=}\"\n"
    try painter.write(toFile: folder + "/rsvg-convert", atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder + "/rsvg-convert")
    let made = try run(line, path: folder + ":/usr/bin:/bin")
    #expect(made.status == 0 && made.errors.isEmpty, "\(made.errors)")
    let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, UInt8(ascii: "X")]
    #expect(FileManager.default.contents(atPath: scratch.path + "/c.png").map { [UInt8]($0) } == signature)
    let report = try run("report resnet18 t4 --chart latency -o r.png", path: folder + ":/usr/bin:/bin")
    #expect(report.status == 0 && scratch.names.contains("r.png"), "\(report.errors)")
    // One that fails leaves what was there before.
    try "#!/bin/sh\nexit 1\n".write(toFile: folder + "/rsvg-convert", atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder + "/rsvg-convert")
    let failed = try run(line, path: folder)
    #expect(failed.status == 2 && failed.errors.contains("rsvg-convert could not make a PNG"), "\(failed.errors)")
    #expect(FileManager.default.contents(atPath: scratch.path + "/c.png").map { [UInt8]($0) } == signature)
  }

  @Test func `says what was written where, and what it replaced`() throws {
    let scratch = try Scratch()
    func seen(_ line: String) throws -> String {
      let words = line.split(separator: " ").map(String.init)
      return try PseudoTerminal.output(words, width: 100, showsErrors: true, in: scratch.path)
    }
    let line = "sweep resnet18 t4 --over batch=1..3 -o rows.csv"
    #expect(try seen(line).hasSuffix("wrote rows.csv: 3 rows\n"))
    #expect(try seen(line).hasSuffix("wrote rows.csv: 3 rows (replacing the file that was there)\n"))
    #expect(try seen("report resnet18 t4 --chart latency -o c.svg").hasSuffix("wrote c.svg\n"))
    // Scripts and logs hear nothing of what went well.
    #expect(try scratch.run(line).errors.isEmpty)
    #expect(
      try scratch.run("sweep resnet18 t4 --over batch=1,2 --format md").output.contains("| batch | latency (us) |"))
  }
}
