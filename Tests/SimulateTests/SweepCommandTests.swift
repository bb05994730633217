import Foundation
import JSONText
import Roofline
import TestSupport
import Testing

/// `simulate sweep` as a process: files, parts, and what happens when it is interrupted.
@Suite("The command sweeps", .tags(.process)) struct SweepCommandTests {
  /// Of a small workload: it is run two hundred times, and rows, parts and files are the same of any.
  static let sweep = [
    "sweep", "alexnet", "--over", "accelerator=nvidia-a100-sxm4-*,none", "--over", "batch=1,8",
    "--over", "host.single_thread_speed=0.5..2:log5",
  ]

  /// A folder of one test, removed behind it.
  private final class Folder {
    let path = NSTemporaryDirectory() + "/simulate-sweep-" + UUID().uuidString
    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }
    func text(_ name: String) throws -> String { try String(contentsOfFile: path + "/" + name, encoding: .utf8) }
    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
  }

  private static func csv(_ more: [String] = [], environment: [String: String] = [:]) throws -> String {
    let format = more.contains("--format") ? [] : ["--format", "csv"]
    let result = try Command.run(sweep + format + more, environment: environment)
    #expect(result.status == 0, "\(result.errors)")
    return result.output
  }

  @Test func `a row for each combination, the first --over slowest, after a header`() throws {
    let lines = try Self.csv().split(separator: "\n").map { $0.split(separator: ",") }
    #expect(
      lines[0] == [
        "accelerator", "batch", "host.single_thread_speed", "latency_us", "device_busy_us", "framework_tax_fraction",
        "bound", "fits", "energy_j", "power_w", "latency_kind", "kernel_model", "workload", "host", "framework",
        "precision", "image_size",
      ])
    #expect(lines.count == 1 + 3 * 2 * 5)
    #expect(lines[1][0] == "nvidia-a100-sxm4-40gb" && lines[1][1] == "1" && lines[1][2] == "0.5")
    #expect(lines[11][0] == "nvidia-a100-sxm4-80gb" && lines[21][0] == "none" && lines[6][1] == "8")
    let run = try Command.run([
      "run", "alexnet", "nvidia-a100-sxm4-40gb", "--batch", "8", "--set", "host.single_thread_speed=2",
      "--format", "json",
    ])
    let latency = try RunJSON(run.output).value("latency_us").number()
    #expect(Double(lines[10][3]) == latency, "the last speed at batch 8 is what run says")
  }

  @Test func `parts concatenate to the whole, as asked for or as a job array says`() throws {
    let whole = try Self.csv()
    var (shards, slurm, stepped) = ("", "", "")
    for task in 1...4 {
      shards += try Self.csv(["--shard", "\(task)/4"])
      slurm += try Self.csv(environment: ["SLURM_ARRAY_TASK_ID": "\(task)", "SLURM_ARRAY_TASK_COUNT": "4"])
      stepped += try Self.csv(environment: [
        "SLURM_ARRAY_TASK_ID": "\(10 * task - 10)", "SLURM_ARRAY_TASK_COUNT": "4", "SLURM_ARRAY_TASK_MIN": "0",
        "SLURM_ARRAY_TASK_STEP": "10",
      ])
    }
    #expect(shards == whole && slurm == whole && stepped == whole)
    let explicit = try Self.csv(
      ["--shard", "1/1"], environment: ["SLURM_ARRAY_TASK_ID": "2", "SLURM_ARRAY_TASK_COUNT": "4"])
    #expect(explicit == whole, "what is asked for wins")
  }

  @Test(arguments: ["csv", "jsonl"])
  func `parts concatenate where there are more of them than points`(format: String) throws {
    let whole = try Self.csv(["--format", format])
    for count in [1, 7, 31] {
      let parts = try (1...count).map { try Self.csv(["--format", format, "--shard", "\($0)/\(count)"]) }
      #expect(parts.joined() == whole, "\(count) parts")
    }
  }

  @Test(
    arguments: [
      (["ID": "9223372036854775807", "COUNT": "2", "MIN": "-9223372036854775808"], "no even row of parts"),
      (["ID": "-9223372036854775808", "COUNT": "2"], "no even row of parts"),
      (["ID": "2", "COUNT": "2", "STEP": "0"], "no even row of parts"),
      (["ID": "6", "COUNT": "3", "STEP": "2"], "no even row"),
      (["ID": "x", "COUNT": "2"], "SLURM_ARRAY_TASK_ID must be a whole number (it is 'x')"),
      (["ID": "1", "COUNT": "2.0"], "SLURM_ARRAY_TASK_COUNT must be a whole number (it is '2.0')"),
      (["ID": "1", "COUNT": "2", "MIN": "99999999999999999999"], "SLURM_ARRAY_TASK_MIN must be a whole number"),
      (["ID": "1", "COUNT": "2", "STEP": " 1"], "SLURM_ARRAY_TASK_STEP must be a whole number"),
      (["ID": "1"], "SLURM_ARRAY_TASK_COUNT is not"), (["ID": "1", "COUNT": "1000001"], "at most 1000000 parts"),
    ] as [([String: String], String)])
  func `a job array that makes no sense is said`(variables: [String: String], words: String) throws {
    let environment = Dictionary(uniqueKeysWithValues: variables.map { ("SLURM_ARRAY_TASK_" + $0.key, $0.value) })
    let result = try Command.run(Self.sweep, environment: environment)
    #expect(
      [2, 64].contains(result.status) && result.output.isEmpty && result.errors.contains(words), "\(result.errors)")
  }

  @Test func `a plan file is the same sweep, and the command line wins over it`() throws {
    var directory = TemporaryDirectory()
    let plan = """
      { "schema": "sweep/1", "workload": "alexnet", "precision": "fp16",
        "over": { "accelerator": ["nvidia-a100-sxm4-*", "none"], "batch": [1, 8],
                  "host.single_thread_speed": "0.5..2:log5" } }
      """
    let file = directory.write(Array(plan.utf8), to: "plan.json")
    let planned = try Command.run(["sweep", "--plan", file, "--format", "csv"])
    #expect(planned.output == (try Self.csv(["--precision", "fp16"])), "\(planned.errors)")
    let changed = try Command.run(["sweep", "--plan", file, "--precision", "fp32", "--format", "csv"])
    #expect(changed.output == (try Self.csv(["--precision", "fp32"])))
  }

  @Test func `an interrupted sweep goes on where it stopped, torn rows and all`() throws {
    let folder = try Folder()
    let whole = try Self.csv()
    let bytes = Array(whole.utf8)
    for cut in [0, 1, 40, 97, 98, 99, 300, 1000, bytes.count - 1, bytes.count] {
      let file = folder.path + "/rows.csv"
      try Data(bytes[..<cut]).write(to: URL(fileURLWithPath: file + ".partial"))
      let refused = try Command.run(Self.sweep + ["-o", file])
      #expect(refused.status == 2 && refused.errors.contains("add --resume to go on"))
      let result = try Command.run(Self.sweep + ["-o", file, "--resume"])
      #expect(result.status == 0, "cut at \(cut): \(result.errors)")
      #expect(try folder.text("rows.csv") == whole, "cut at \(cut)")
      #expect(folder.names == ["rows.csv"])
      try FileManager.default.removeItem(atPath: file)
    }
  }

  @Test func `who stops a sweep is told so once`() throws {
    // Dispatch reads a blocked signal again and again, unless it ends the process.
    for _ in 0..<2 {
      let folder = try Folder()
      let file = folder.path + "/rows.csv"
      let stopped = try Command.shell(
        "simulate sweep resnet18 t4 --over host.single_thread_speed=0.5..2:log100000 --threads 1 -o '\(file)' & "
          + "while kill -0 $! 2>/dev/null && [ ! -s '\(file).partial' ]; do sleep 0.05; done; sleep 0.1; kill -TERM $!; wait $!; echo $?"
      )
      #expect(stopped.errors.ranges(of: "stopped at ").count == 1, "\(stopped.errors.prefix(400))")
      #expect(stopped.output == "143\n" && folder.names == ["rows.csv.partial"])
    }
  }

  @Test func `rows of another sweep are not gone on with, and nothing is lost`() throws {
    let folder = try Folder()
    let file = folder.path + "/rows.csv"
    let other = try Command.run(
      ["sweep", "resnet50", "--over", "accelerator=nvidia-a100-sxm4-*,none", "--over", "batch=1,8"]
        + ["--over", "host.single_thread_speed=0.5..2:log5", "--format", "csv"])
    let rows = other.output.split(separator: "\n").prefix(9).joined(separator: "\n") + "\n"
    try rows.write(toFile: file + ".partial", atomically: false, encoding: .utf8)
    let result = try Command.run(Self.sweep + ["-o", file, "--resume"])
    #expect(result.status == 2 && result.errors.contains("these are not the first rows of this sweep"))
    #expect(try folder.text("rows.csv.partial") == rows)
    try whole(folder, file)
  }

  private func whole(_ folder: Folder, _ file: String) throws {
    try FileManager.default.removeItem(atPath: file + ".partial")
    #expect(try Command.run(Self.sweep + ["-o", file]).status == 0)
    let again = try Command.run(Self.sweep + ["-o", file, "--resume"])
    #expect(again.status == 2 && again.errors.contains("the file is complete"))
    let missing = try Command.run(Self.sweep + ["-o", folder.path + "/none/rows.csv"])
    #expect(missing.status == 74 && missing.errors.contains("cannot create the file"))
  }

  @Test func `a table, a summary, and JSON lines`() throws {
    let table = try Command.run(Self.sweep)
    #expect(table.output.contains("latency") && table.output.contains("nvidia-a100-sxm4-40gb"))
    let summary = try Command.run(Self.sweep + ["--format", "summary"])
    #expect(summary.output.contains("shortest latency") && summary.output.contains("30 points: "))
    let lines = try Command.run(Self.sweep + ["--format", "jsonl"])
    #expect(lines.output.split(separator: "\n").allSatisfy { $0.hasPrefix("{\"accelerator\": ") && $0.hasSuffix("}") })
  }

  @Test(arguments: [
    (64, "sweep bert-base v100 --over", "needs a value"), (64, "sweep bert-base v100 --over batch", "NAME=VALUE"),
    (2, "sweep bert-base nvidia-v100", "nothing is varied"),
    (64, "sweep --over batch=1,2", "a sweep needs a workload"),
    (64, "sweep bert-base --over batch=1,2", "a sweep needs an accelerator"),
    (64, "sweep bert-base nvidia-v100 --over batch=1,2 --over batch=3", "is varied twice"),
    (2, "sweep bert-base --over accelerator=nvida-* ", "no accelerator of the catalog fits"),
    (64, "sweep bert-base nvidia-v100 --over batch=1,2 --shard 3/2", "--shard must be K/N"),
    (64, "sweep bert-base nvidia-v100 --over batch=1,2 --resume", "--resume needs --output"),
    (64, "sweep bert-base nvidia-v100 --over batch=1,2 --threads 0", "--threads"),
    (2, "sweep --plan /no/such.json", "/no/such.json: error: no such file"),
  ])
  func `what is wrong is said`(status: Int, arguments: String, words: String) throws {
    let result = try Command.run(arguments.split(separator: " ").map(String.init))
    #expect(Int(result.status) == status && result.output.isEmpty, "\(result.errors)")
    #expect(result.errors.contains(words), "\(result.errors)")
  }

  @Test func `a plan file's fault has its place`() throws {
    var directory = TemporaryDirectory()
    let plan = Marked("{ \"schema\": \"sweep/1\", ¶\"ovr\": { \"batch\": [1] } }")
    let file = directory.write(plan.bytes, to: "plan.json")
    let result = try Command.run(["sweep", "--plan", file])
    #expect(result.status == 2)
    #expect(result.errors.contains("\(file):\(plan.line):\(plan.column): error: "), "\(result.errors)")
  }
}
