import JSONText
import Replay
import Roofline
import Traces

/// Answers to questions about a recording: its operators, modules and steps, why its device was idle, and what another
/// recording of the same program has in their place.
package struct TraceAnswersReport: Report {
  /// The answers.
  package let answers: TraceAnswers

  /// A report.
  package init(_ answers: TraceAnswers) { self.answers = answers }

  /// As many rows of a table as people see; programs get all.
  private static let shownRows = 30

  // MARK: For programs

  /// All answers.
  ///
  /// Device time by operator, and by module, sums to the busy time; idle time by cause to the rest of the span.
  package var record: Record {
    let run = answers.run
    var record: Record = [
      "file": .text(run.trace.file), "step": .count(run.step.map { Int($0) }),
      "recorded": .record(Self.times(run).onOneLine),
      "busy_us": .record(Record(busyKinds.map { ($0.key, .time(answers.shares.busy[$0] ?? .zero)) }).onOneLine),
    ]
    if let idle = answers.idle {
      record += [
        "idle_us": .record(Record(IdleCause.allCases.map { ($0.key, .time(idle.times[$0] ?? .zero)) })),
        "idle_gaps": .count(idle.gapCount),
      ]
    }
    if answers.questions.contains(.operators) { record += ["operators": .table(operators)] }
    if answers.kernels != nil { record += ["kernels": .table(kernels)] }
    if answers.layers != nil { record += ["layers": .table(layers)] }
    if answers.steps != nil { record += ["steps": .table(steps)] }
    if let other = answers.other {
      var against: Record = [
        "file": .text(other.trace.file), "recorded": .record(Self.times(other).onOneLine),
        "operators": .table(compared),
      ]
      if answers.kernelComparison != nil { against += ["kernels": .table(comparedKernels)] }
      record += ["against": .record(against)]
    }
    return record
  }

  /// A table for each answer.
  package var tables: [Table] {
    var tables: [Table] = []
    if answers.questions.contains(.operators) { tables.append(operators) }
    if answers.kernels != nil { tables.append(kernels) }
    if answers.layers != nil { tables.append(layers) }
    if answers.idle != nil { tables.append(causes) }
    if answers.steps != nil { tables.append(steps) }
    if answers.comparison != nil { tables.append(compared) }
    if answers.kernelComparison != nil { tables.append(comparedKernels) }
    return tables
  }

  private static func times(_ run: RecordedRun) -> Record {
    [
      "span_us": .time(run.span), "device_busy_us": .time(run.deviceBusy),
      "framework_tax_fraction": .number(run.frameworkTaxFraction),
    ]
  }

  // MARK: For people

  /// A few lines, and a table for each answer.
  package var blocks: [ReportBlock] {
    let run = answers.run
    var blocks: [ReportBlock] = [.lines(heading)]
    if run.deviceEvents.isEmpty {
      blocks.append(.line("no device events: where the host's time goes"))
    } else if run.operatorCount == 0, answers.operators != nil {
      blocks.append(
        .line("no operators were recorded: kernels stand by the ranges around their launches, or by their own names"))
    }
    if let comparison = answers.comparison {
      blocks.append(block(compared, comparison.rows.count, "what became slower"))
    }
    if let comparison = answers.kernelComparison {
      blocks.append(block(comparedKernels, comparison.rows.count, "which kernels became slower"))
    }
    if answers.questions.contains(.operators) {
      blocks.append(block(operators, answers.operators?.rows.count ?? 0, "by operator"))
    }
    if let kernels = answers.kernels, !kernels.rows.isEmpty {
      blocks.append(block(self.kernels, kernels.rows.count, "by kernel"))
    }
    if let layers = answers.layers {
      if layers.isEmpty {
        blocks.append(
          .line(
            "no modules or ranges were recorded: with_stack=True and with_modules=True record modules, and "
              + "record_function, NVTX or ROCTX mark ranges"))
      } else {
        blocks.append(block(shownLayers, layers))
      }
    }
    if answers.idle != nil {
      blocks.append(.table(causes, title: "why the device was idle"))
      blocks.append(.table(busy, title: "what it did while it was busy"))
    }
    if let steps = answers.steps {
      blocks.append(
        steps.isEmpty ? .line("it has no steps: profiler.step() marks them") : block(self.steps, steps.count, "steps"))
    }
    return blocks
  }

  private var heading: [String] {
    func line(_ run: RecordedRun) -> String {
      visible(run.trace.file) + (run.step.map { ", step \($0)" } ?? "") + ": "
        + "\(NumberFormat.time(picoseconds: run.span.count)), device busy "
        + NumberFormat.percent(run.span == .zero ? 0 : run.deviceBusy.fraction(of: run.span))
    }
    return [line(answers.run)] + (answers.other.map { ["against " + line($0)] } ?? [])
  }

  /// The modules down to the depth at which a screen still holds them.
  private func block(_ rows: [LayerTime], _ layers: LayerTimes) -> ReportBlock {
    let rest = layers.rows.count - rows.count
    return .table(
      table(of: rows).cut, title: layers.areModules ? "by module" : "by range of the program",
      note: rest > 0 ? "and \(NumberFormat.integer(rest)) more, with --format csv or json" : nil)
  }

  private var shownLayers: [LayerTime] {
    let rows = answers.layers?.rows ?? []
    guard rows.count > Self.shownRows else { return rows }
    let depth = (1...64).last { depth in rows.count { $0.depth < depth } <= Self.shownRows } ?? 0
    return depth > 0 ? rows.filter { $0.depth < depth } : Array(rows.prefix(Self.shownRows))
  }

  private func block(_ table: Table, _ count: Int, _ title: String) -> ReportBlock {
    let rest = count - Self.shownRows
    return .table(
      table.first(Self.shownRows).cut, title: title,
      note: rest > 0 ? "and \(NumberFormat.integer(rest)) more, with --format csv or json" : nil)
  }

  // MARK: Tables

  private var operators: Table {
    let (busy, span) = (answers.run.deviceBusy, answers.run.span)
    return Table(
      named: "operators", answers.operators?.rows ?? [],
      [
        Column("operator") { .text($0.name) },
        Column("sort", for: .programs) { .text($0.sort.rawValue) },
        Column("count", .integer, rank: .supporting) { .count($0.count) },
        Column("kernels", .integer, rank: .incidental) { .count($0.deviceCount) },
        time("host", "host_us") { $0.host },
        time("exposed", "host_exposed_us") { $0.exposedHost }.ranked(.supporting),
        Column("host_hidden_us", for: .programs) { .time($0.hiddenHost) },
        time("device", "device_us") { $0.device },
        time("alone", "device_exposed_us") { $0.exposedDevice }.ranked(.incidental),
        Column("device_hidden_us", for: .programs) { .time($0.hiddenDevice) },
        Column("work_us", for: .programs) { .time($0.work) },
        Column("share", key: "device_fraction", .share(1)) {
          .number(busy == .zero ? 0 : $0.device.fraction(of: busy))
        },
        Column("host_fraction", for: .programs) { .number(span == .zero ? 0 : $0.host.fraction(of: span)) },
        Column("GFLOP", key: "gflop", .significant(3), rank: .incidental) { .number($0.flops.map { $0 / 1e9 }) },
        Column("GB", key: "gb", .significant(3), rank: .incidental) { .number($0.bytes.map { $0 / 1e9 }) },
      ])
  }

  private var kernels: Table {
    let busy = answers.run.deviceBusy
    return Table(
      named: "kernels", answers.kernels?.rows ?? [],
      [
        Column("kernel", for: .people) { .text(shortKernelName($0.name)) },
        Column("kernel", for: .programs) { .text($0.name) },
        Column("sort", for: .programs) { .text($0.kind.key) },
        Column("count", .integer, rank: .supporting) { .count($0.count) },
        time("device", "device_us") { $0.device },
        Column("share", key: "device_fraction", .share(1)) {
          .number(busy == .zero ? 0 : $0.device.fraction(of: busy))
        },
        time("mean", "mean_us") { $0.mean }.ranked(.supporting),
        Column("shortest_us", for: .programs) { .time($0.shortest) },
        Column("longest_us", for: .programs) { .time($0.longest) },
        time("alone", "device_exposed_us") { $0.exposedDevice }.ranked(.incidental),
        time("beside others", "device_hidden_us") { $0.hiddenDevice }.ranked(.incidental),
        Column("work_us", for: .programs) { .time($0.work) },
      ])
  }

  private func time<Row>(
    _ title: String, _ key: String, _ time: @escaping @Sendable (Row) -> Picoseconds?
  ) -> Column<Row> {
    Column(title, unit: "us", key: key, .microseconds(1)) { .time(time($0)) }
  }

  private var layers: Table { table(of: answers.layers?.rows ?? []) }

  private func table(of rows: [LayerTime]) -> Table {
    let busy = answers.run.deviceBusy
    return Table(
      named: "layers", rows,
      [
        Column("module", for: .people) { .text(String(repeating: "  ", count: min(12, $0.depth)) + $0.name) },
        Column("path", for: .programs) { .text($0.path) },
        Column("depth", for: .programs) { .count($0.depth) },
        Column("count", .integer, rank: .supporting) { .count($0.count) },
        Column("kernels", .integer, rank: .incidental) { .count($0.deviceCount) },
        time("host", "host_us") { $0.host },
        time("exposed", "host_exposed_us") { $0.exposedHost }.ranked(.supporting),
        time("device", "device_us") { $0.device },
        time("own", "device_own_us") { $0.ownDevice }.ranked(.supporting),
        time("backward", "device_backward_us") { $0.backwardDevice }.ranked(.incidental),
        Column("share", key: "device_fraction", .share(1)) {
          .number(busy == .zero ? 0 : $0.device.fraction(of: busy))
        },
      ])
  }

  private var busyKinds: [BusyKind] { BusyKind.allCases }

  private var causes: Table {
    let idle = answers.idle
    let span = answers.run.span
    let found = IdleCause.allCases.filter { idle?.times[$0] != nil }
      .sorted { (idle?.times[$1] ?? .zero) < (idle?.times[$0] ?? .zero) }
    return Table(
      named: "idle", found,
      [
        Column("cause", for: .people) { .text($0.title) },
        Column("cause", for: .programs) { .text($0.key) },
        time("idle", "idle_us") { idle?.times[$0] },
        Column("share of the span", key: "span_fraction", .share(1)) {
          .number(span == .zero ? 0 : (idle?.times[$0] ?? .zero).fraction(of: span))
        },
      ])
  }

  private var busy: Table {
    let shares = answers.shares
    let span = answers.run.span
    return Table(
      named: "busy", busyKinds.filter { shares.busy[$0] != nil },
      [
        Column("busy with") { .text($0.title) },
        time("busy", "busy_us") { shares.busy[$0] },
        Column("share of the span", key: "span_fraction", .share(1)) {
          .number(span == .zero ? 0 : (shares.busy[$0] ?? .zero).fraction(of: span))
        },
      ])
  }

  private var steps: Table {
    Table(
      named: "steps", answers.steps ?? [],
      [
        Column("step", .plain) { .count(Int($0.number)) },
        Column("name", for: .programs) { .text($0.name) },
        time("start", "start_us") { $0.start }.ranked(.incidental),
        time("span", "span_us") { $0.span },
        time("device busy", "device_busy_us") { $0.deviceBusy },
        Column("tax", key: "framework_tax_fraction", .share(1)) {
          .number($0.span == .zero ? 0 : ($0.span - $0.deviceBusy).fraction(of: $0.span))
        },
        Column("operators", .integer, rank: .supporting) { .count($0.counts.operators) },
        Column("launches", .integer, rank: .supporting) { .count($0.counts.launches) },
        Column("kernels", .integer, rank: .supporting) { .count($0.counts.kernels) },
      ])
  }

  private var comparedKernels: Table {
    Table(
      named: "against_kernels", answers.kernelComparison?.rows ?? [],
      [
        Column("kernel", for: .people) { .text(shortKernelName($0.name)) },
        Column("kernel", for: .programs) { .text($0.name) },
        Column("count", .integer) { .count($0.here?.count) },
        Column("before", key: "count_against", .integer) { .count($0.there?.count) },
        time("device", "device_us") { $0.here?.device },
        time("before", "device_against_us") { $0.there?.device },
        time("mean", "mean_us") { $0.here?.mean },
        time("before", "mean_against_us") { $0.there?.mean },
        time("slower by", "difference_us") { $0.difference },
      ])
  }

  private var compared: Table {
    Table(
      named: "against", answers.comparison?.rows ?? [],
      [
        Column("operator") { .text($0.name) },
        Column("count", .integer, rank: .incidental) { .count($0.here?.count) },
        Column("before", key: "count_against", .integer, rank: .incidental) { .count($0.there?.count) },
        time("device", "device_us") { $0.here?.device },
        time("before", "device_against_us") { $0.there?.device },
        time("host exposed", "host_exposed_us") { $0.here?.exposedHost }.ranked(.supporting),
        time("before", "host_exposed_against_us") { $0.there?.exposedHost }.ranked(.supporting),
        time("slower by", "difference_us") { $0.difference },
      ])
  }
}

extension Table {
  /// The first rows alone.
  fileprivate func first(_ limit: Int) -> Table {
    count <= limit ? self : Table(named: name, fields: fields, (0..<limit).map { cells($0) })
  }
}

extension DeviceEventKind {
  /// The word in CSV and JSON.
  fileprivate var key: String {
    switch self {
    case .kernel: "kernel"
    case .copy: "copy"
    case .set: "set"
    }
  }
}
