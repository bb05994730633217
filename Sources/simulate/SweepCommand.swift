import CommandSyntax
import Dispatch
import Profiles
import Reports
import Studies

/// `simulate sweep`: every combination of some values.
enum SweepCommand {
  static let definition = CommandDefinition(
    "sweep", summary: "Simulate every combination of some values",
    discussion: """
      Each --over names what is varied and its values: workload, accelerator, host, framework, precision, a parameter \
      of the workload, or any number of a profile by its path. Values are separated by commas; a name may be a pattern \
      (nvidia-*), and a number a range: LO..HI:linN or LO..HI:logN is N values with both ends. The first --over varies \
      slowest. A row has what was varied, then latency_us, device_busy_us, framework_tax_fraction and bound.
      With --output the rows grow in FILE.partial, which becomes FILE when it is complete; --resume goes on where an \
      interrupted sweep stopped. --shard K/N is the K-th of N parts, which concatenate to the whole; in a Slurm job \
      array the task's number and count are the default.
      """,
    positionals: ScenarioOptions.positionals,
    options: [
      OptionDefinition(
        "over", value: "NAME=VALUES", help: "What is varied, and its values", group: "Sweep", isRepeatable: true),
      OptionDefinition("plan", value: "FILE", help: "Read the sweep from a JSON file", group: "Sweep"),
      OptionDefinition("shard", value: "K/N", help: "Only the K-th of N parts", group: "Sweep"),
      OptionDefinition("threads", value: "N", help: "Cores used", defaultText: "all", group: "Sweep"),
      OptionDefinition(
        "format", value: "F", help: "Format of the rows", choices: ["csv", "jsonl", "table", "summary"],
        defaultText: "by the ending of FILE, and table without", group: "Output"),
      OptionDefinition(
        "output", short: "o", value: "FILE", help: "Write the rows to a file", defaultText: "standard output",
        group: "Output"),
      OptionDefinition("resume", help: "Go on where an interrupted sweep to the same file stopped", group: "Output"),
    ] + ScenarioOptions.definitions,
    examples: [
      CommandExample(
        "simulate sweep bert-base h100-sxm --over batch=1,2,4,8 --over framework=pytorch-eager,cuda-graph",
        shows: "eight points as a table"),
      CommandExample(
        "simulate sweep resnet50 --over accelerator=nvidia-* --over host.single_thread_speed=0.25..4:log9 -o rows.csv",
        shows: "every NVIDIA accelerator on nine hosts, to a file"),
    ])

  static func run(_ command: ParsedCommand, _ library: Library) throws(Failure) {
    let plan = try SweepRequest(command).plan(library)
    let threads = try checkingUsage { () throws(CommandSyntaxFault) in
      try command.integer(of: "threads", .within(1...4096))
    }
    let shard = try shard(command)
    let points = try checkingInput { () throws(SweepFault) in
      try plan.points(ofShard: shard.number, of: shard.count)
    }
    let path = command.value(of: "output")
    if command.isPresent("resume"), path == nil {
      throw Failure(.wrongUsage, "error: --resume needs --output FILE, the file that the sweep was writing")
    }
    if command.value(of: "format") == "summary" {
      try writeSummary(plan, points, threads, path, resumes: command.isPresent("resume"))
      return
    }
    guard let format = SweepRows.Format(rawValue: command.value(of: "format") ?? defaultFormat(path)) else {
      try writeTable(plan, points, threads, path, resumes: command.isPresent("resume"))
      return
    }
    let sweep = Sweep(plan, format: format, threads: threads)
    var progress = SweepProgress(points)
    if let path {
      try write(sweep, points, to: path, resumes: command.isPresent("resume"), &progress)
    } else {
      if points.lowerBound == 0 { Platform.print(bytes: sweep.rows.header) }
      try run(sweep, points, &progress) { rows in Platform.print(bytes: rows) }
    }
  }

  private static func defaultFormat(_ path: String?) -> String {
    guard let path else { return "table" }
    return path.hasSuffix(".jsonl") ? "jsonl" : "csv"
  }

  /// Runs a sweep and shows how far it is.
  private static func run(
    _ sweep: Sweep, _ points: Range<Int>, _ progress: inout SweepProgress, emit: ([UInt8]) throws -> Void
  ) throws(Failure) {
    do {
      let notes = try sweep.run(points) { rows, done in
        try emit(rows)
        progress.show(done)
      }
      progress.clear()
      warn(notes)
    } catch let failure as Failure {
      progress.clear()
      throw failure
    } catch {
      progress.clear()
      throw Failure(.wrongInput, "\(error)")
    }
  }

  private static func warn(_ notes: SweepNotes) {
    for warning in notes.warnings { Platform.warn("warning: " + warning) }
  }

  // MARK: Parts

  /// Which part of how many: as asked for, or as a Slurm job array says.
  private static func shard(_ command: ParsedCommand) throws(Failure) -> (number: Int, count: Int) {
    if let text = command.value(of: "shard") {
      let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
      guard parts.count == 2, let number = parts[0], let count = parts[1], count >= 1, (1...count).contains(number)
      else {
        throw Failure(
          .wrongUsage, "error: --shard must be K/N, the K-th of N parts counted from 1 (it is '\(text)')")
      }
      return (number, count)
    }
    guard let task = Platform.environment("SLURM_ARRAY_TASK_ID").flatMap({ Int($0) }),
      let count = Platform.environment("SLURM_ARRAY_TASK_COUNT").flatMap({ Int($0) })
    else { return (1, 1) }
    // An array need not begin at 1, nor go up by 1.
    let first = Platform.environment("SLURM_ARRAY_TASK_MIN").flatMap { Int($0) } ?? 1
    let step = max(1, Platform.environment("SLURM_ARRAY_TASK_STEP").flatMap { Int($0) } ?? 1)
    let number = (task - first) / step + 1
    guard count >= 1, (1...count).contains(number) else {
      throw Failure(
        .wrongUsage,
        "error: SLURM_ARRAY_TASK_ID is \(task) in an array of \(count) tasks from \(first): no even row of parts; "
          + "use an array such as 1-\(count), or give --shard K/N")
    }
    return (number, count)
  }

  // MARK: Files

  /// Writes the rows to a file, or the rest of them.
  private static func write(
    _ sweep: Sweep, _ points: Range<Int>, to path: String, resumes: Bool, _ progress: inout SweepProgress
  ) throws(Failure) {
    if resumes, !PartialFile.exists(for: path), Platform.exists(path) {
      throw Failure(
        .wrongInput, "\(path): error: the file is complete, there is nothing to resume; without --resume it is replaced"
      )
    }
    var file = try PartialFile(path: path, resumes: resumes)
    let header = points.lowerBound == 0 ? sweep.rows.header : []
    let headerLines = header.isEmpty ? 0 : 1
    let done = max(0, file.lineCount - headerLines)
    if file.lineCount > 0 {
      try check(file, sweep, points, header)
    } else {
      try file.append(header)
    }
    let rest = (points.lowerBound + done)..<points.upperBound
    progress = SweepProgress(points, from: rest.lowerBound)
    do {
      try run(sweep, rest, &progress) { rows in try file.append(rows) }
    } catch {
      if !resumes, error.message.hasPrefix("error:") { file.discard() }
      throw error
    }
    try file.finish()
  }

  /// The rows that are there must be the first of this sweep: some of them, spread over the file, are simulated again.
  private static func check(
    _ file: borrowing PartialFile, _ sweep: Sweep, _ points: Range<Int>, _ header: [UInt8]
  ) throws(Failure) {
    let headerLines = header.isEmpty ? 0 : 1
    let rowCount = file.lineCount - headerLines
    let probes = 64
    var numbers = (0..<probes).map { rowCount * $0 / probes } + [rowCount - 1]
    numbers = numbers.filter { (0..<max(0, rowCount)).contains($0) }
    numbers = numbers.enumerated().filter { $0.offset == 0 || numbers[$0.offset - 1] < $0.element }.map(\.element)
    var expected = header.isEmpty ? [] : [header]
    for number in numbers where number < points.count {
      let point = points.lowerBound + number
      expected.append(try checkingInput { () throws(SweepFault) in try sweep.text(point..<(point + 1)) })
    }
    let lines = try file.lines((header.isEmpty ? [] : [0]) + numbers.map { $0 + headerLines })
    guard rowCount <= points.count, lines == expected else {
      throw Failure(
        .wrongInput,
        "\(file.path).partial: error: these are not the first rows of this sweep; resume it with the options that "
          + "it was begun with, or remove the file")
    }
  }

  // MARK: Summary

  private static func writeSummary(
    _ plan: SweepPlan, _ points: Range<Int>, _ threads: Int?, _ path: String?, resumes: Bool
  ) throws(Failure) {
    if resumes { throw Failure(.wrongUsage, "error: a summary cannot be resumed; use --format csv or jsonl") }
    let summary: SweepSummary
    var progress = SweepProgress(points)
    do {
      summary = try SweepSummary(plan, points, threads: threads) { progress.show($0) }
      progress.clear()
    } catch {
      progress.clear()
      throw Failure(.wrongInput, "\(error)")
    }
    warn(summary.notes)
    let report = SweepSummaryReport(plan: plan, summary: summary)
    if let path {
      try Platform.writeFile(path, report.text(styled: false))
    } else {
      Platform.print(report.text(styled: Platform.showsStyles))
    }
  }

  // MARK: Table

  /// The most rows that a table shows.
  private static let tableLimit = 10_000

  private static func writeTable(
    _ plan: SweepPlan, _ points: Range<Int>, _ threads: Int?, _ path: String?, resumes: Bool
  ) throws(Failure) {
    guard points.count <= tableLimit else {
      throw Failure(
        .wrongUsage,
        "error: \(NumberFormat.integer(points.count)) rows are too many for a table; use --format csv or jsonl")
    }
    if resumes { throw Failure(.wrongUsage, "error: a table cannot be resumed; use --format csv or jsonl") }
    let parts: [(results: [SweepResult], notes: SweepNotes)]
    do {
      let cut = Array(stride(from: points.lowerBound, to: points.upperBound, by: 64))
      parts = try parallelMap(cut, threads: threads) { start in
        var evaluator = SweepEvaluator(plan)
        let results = try evaluator.results(start..<min(start + 64, points.upperBound))
        return (results, evaluator.notes(of: results))
      }
    } catch { throw Failure(.wrongInput, "\(error)") }
    warn(SweepNotes(parts.map(\.notes)))
    let report = SweepReport(plan: plan, points: points, results: parts.flatMap(\.results))
    if let path {
      try Platform.writeFile(path, report.text(styled: false))
    } else {
      Platform.print(report.text(styled: Platform.showsStyles, width: Platform.width))
    }
  }
}

/// A line that says how far a sweep is, how fast, and how long it will take; only on a terminal.
struct SweepProgress {
  private let points: Range<Int>
  private let start: Int
  private let begun = DispatchTime.now().uptimeNanoseconds
  private var shown: UInt64 = 0

  /// Progress through some points, of which those before `start` are done already.
  init(_ points: Range<Int>, from start: Int? = nil) {
    self.points = points
    self.start = start ?? points.lowerBound
  }

  /// Shows that all points before one are done, ten times a second at most.
  mutating func show(_ done: Int) {
    let now = DispatchTime.now().uptimeNanoseconds
    guard Platform.showsProgress, now - shown > 100_000_000 else { return }
    shown = now
    let share = Double(done - points.lowerBound) / Double(max(1, points.count))
    let rate = Double(done - start) / max(1e-9, Double(now - begun) * 1e-9)
    let left = Double(points.upperBound - done) / max(1e-9, rate)
    let filled = Int(share * 30)
    let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: 30 - filled)
    Platform.showProgress(
      "[\(bar)] \(NumberFormat.percent(share, decimals: 0)) of \(NumberFormat.integer(points.count)), "
        + "\(NumberFormat.integer(Int(rate))) a second, \(NumberFormat.time(seconds: left.rounded(.up))) left")
  }

  /// Takes the line away.
  mutating func clear() {
    if shown > 0 { Platform.showProgress("") }
    shown = 0
  }
}
