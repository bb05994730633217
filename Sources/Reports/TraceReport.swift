import JSONText
import Profiles
import Replay
import Roofline
import Simulation
import Traces

/// A recording, its replay and its target.
package struct TraceReport: Report {
  /// What was found.
  package let study: TraceStudy
  /// The numbers that the user changed: path and value.
  package let overrides: [(path: String, value: Double)]
  /// How many times the recorded batch, if that is another.
  package let batchScale: Double?

  /// A report.
  package init(study: TraceStudy, overrides: [(path: String, value: Double)] = [], batchScale: Double? = nil) {
    self.study = study
    self.overrides = overrides
    self.batchScale = batchScale
  }

  /// The replay, and the target where something is changed.
  private var results: [(name: String, result: ReplayResult)] { study.results }

  /// What would help; nothing where that cannot be told.
  private var advice: [ReplayChange] { study.isTelling ? study.changes : [] }

  // MARK: For programs

  /// All numbers; a breakdown sums to its span to the last digit.
  package var record: Record {
    let run = study.run
    var record: Record = [
      "file": .text(run.trace.file), "step": .count(run.step.map { Int($0) }),
      "truncated": .flag(run.trace.truncation != nil), "events": .count(run.trace.eventCount),
      "operators": .count(run.operatorCount), "launches": .count(run.launchCount), "kernels": .count(run.kernelCount),
      "launches_without_kernels": .count(run.emptyLaunchCount), "replay_misses": .flag(study.replayMisses),
      "unexplained_wait_us": .time(Picoseconds(nanoseconds: study.recorded.unexplainedWait)),
      "recorded": .record(run.times),
    ]
    record += Record(
      results.map { name, result in
        let breakdown = Record(ReplayPart.allCases.map { ($0.key, .time(result.time(in: $0))) })
        return (name, .record(result.times(isTelling: study.isTelling) + ["breakdown_us": .record(breakdown)]))
      })
    let rules = study.ruleShares.map { (key: $0.rule.key, value: Value.record(Record($0).onOneLine)) }
    let changes = advice.prefix(3).map { change in
      let change: Record = [
        "change": .text(change.knob.change), "number": .text(change.knob.key), "span_us": .time(change.span),
      ]
      return Value.record(change.onOneLine)
    }
    if study.target != nil { record += ["error_band": study.band.map { .record($0.record.onOneLine) } ?? .text(nil)] }
    record += ["rules": .record(Record(rules))]
    if !study.batchShares.isEmpty {
      let rules = study.batchShares.map { (key: $0.rule.key, value: Value.record(Record($0).onOneLine)) }
      record += ["batch_rules": .record(Record(rules))]
    }
    return record + [
      "senseless_shapes": .count(study.pricing.senselessShapes),
      "sensitivities": .record(Record(advice.map { ($0.knob.key, .number($0.elasticity)) })),
      "changes": .list(changes, onOneLine: false), "recorded_constants": .record(constants), "inputs": .record(inputs),
    ]
  }

  private var constants: Record {
    let constants = study.recorded.constants
    let times = [
      ("launch_call_us", constants.launchCall), ("launch_latency_us", constants.launchLatency),
      ("kernel_gap_us", constants.kernelGap), ("graph_call_us", constants.graphCall),
      ("graph_latency_us", constants.graphLatency), ("graph_kernel_gap_us", constants.graphKernelGap),
      ("synchronization_us", constants.synchronization),
    ]
    return Record(times.map { ($0.0, .time(Picoseconds(nanoseconds: $0.1))) })
      + ["profiler_overhead_us_at_most": .number(study.profilerOverheadEstimateUS)]
  }

  private var inputs: Record {
    var inputs: Record = [
      "device": .text(study.run.trace.devices.first?.name ?? ""),
      "recorded_accelerator": .text(study.system.accelerator?.name),
    ]
    if let target = study.targetSystem {
      inputs += [
        "accelerator": .text(target.accelerator?.name), "framework": .text(target.framework.name),
        "host_speed": .number(target.host.singleThreadSpeed),
      ]
      if let scale = batchScale { inputs += ["batch_scale": .number(scale)] }
      if let interconnect = target.interconnect { inputs += ["interconnect": .text(interconnect.name)] }
    }
    return inputs + ["set": .record(Record(numbers: overrides).onOneLine)]
  }

  /// A row for each run: recorded, replayed, and the target where something is changed.
  package var tables: [Table] {
    let none = Record([("bound", .text(nil))] + ReplayPart.allCases.map { ("\($0.key)_us", .time(nil)) })
    let recorded = ["run": .text("recorded")] + study.run.times + none
    return [
      Table(
        named: "runs",
        [recorded]
          + results.map { name, result in
            ["run": .text(name)] + result.times(isTelling: study.isTelling)
              + Record(ReplayPart.allCases.map { part in ("\(part.key)_us", .time(result.time(in: part))) })
          })
    ]
  }

  // MARK: For people

  /// A few lines and tables to read.
  package var blocks: [ReportBlock] {
    var blocks: [ReportBlock] = [.lines(heading), .table(times), .table(path)]
    if let band = study.band {
      blocks.append(.paragraphs(band.lines, indent: 2))
    } else if study.moved != nil, study.run.kernelCount > 0 {
      blocks.append(.paragraphs([study.missingBand], indent: 2))
    }
    if study.moved != nil, study.run.kernelCount > 0 { blocks.append(.table(rules)) }
    if !study.batchShares.isEmpty { blocks.append(.table(batchRules)) }
    let target = study.target == nil ? "" : " on the target"
    blocks.append(
      .line(
        study.isTelling
          ? "\((study.target ?? study.replayed).bound.rawValue)\(target)"
          : "what bounds the run, and what would help, cannot be told"))
    return advice.isEmpty ? blocks : blocks + [.table(changes)]
  }

  private var heading: [String] {
    let run = study.run
    var lines = [visible(run.trace.file) + (run.step.map { ", step \($0)" } ?? ""), "recorded on \(deviceTitle)"]
    if study.target != nil, !targetTitle.isEmpty { lines.append("target: \(targetTitle)") }
    if study.capture.graphs > 0 {
      lines.append(
        "captured into \(counted(study.capture.graphs, "graph")) of \(NumberFormat.integer(study.capture.nodes)) nodes")
    }
    if study.uncapturedHostWork > 0 {
      lines.append(
        "\(NumberFormat.integer(Int(study.uncapturedHostWork.microseconds.rounded()))) us of the host's work stay between the "
          + "graphs: too long to be the dispatch of what it launches")
    }
    lines.append(
      "\(counted(run.trace.eventCount, "event")): \(counted(run.operatorCount, "operator")), "
        + "\(counted(run.launchCount, "launch", "launches")), \(counted(run.kernelCount, "kernel")), "
        + "\(counted(study.recorded.threads.count, "thread")), \(counted(study.recorded.streams.count, "stream"))")
    return lines
  }

  private var deviceTitle: String {
    let recorded = visible(study.run.trace.devices.first?.name ?? "")
    guard let profile = study.system.accelerator else { return recorded.isEmpty ? "an unknown device" : recorded }
    return recorded.isEmpty ? profile.title : "\(recorded) (\(profile.name))"
  }

  private var targetTitle: String {
    guard let target = study.targetSystem else { return "" }
    var parts: [String] = []
    if let accelerator = target.accelerator, accelerator.name != study.system.accelerator?.name {
      parts.append("on \(accelerator.title)")
    }
    if let connection = target.connection, study.isConnectionChanged {
      parts += connection.texts(of: study.pricing.mostRanks)
    }
    if let batchScale { parts.append("\(NumberFormat.shortest(batchScale)) times the batch") }
    if target.framework.name != study.system.framework.name { parts.append("through \(target.framework.title)") }
    if target.host.singleThreadSpeed != 1 {
      // The ratio of two hosts' speeds has as many digits as a number has.
      let speed = target.host.singleThreadSpeed
      parts.append("host speed \(NumberFormat.shortest(speed < 0.001 ? speed : (speed * 1e4).rounded() / 1e4))")
    }
    return parts.joined(separator: ", ")
  }

  private func counted(_ number: Int, _ one: String, _ many: String? = nil) -> String {
    "\(NumberFormat.integer(number)) \(number == 1 ? one : many ?? one + "s")"
  }

  private var times: Table {
    let run = study.run
    let results = results.map(\.result)
    func row(_ name: String, _ recorded: Picoseconds, _ time: (ReplayResult) -> Picoseconds) -> [Cell] {
      [.text(name), .time(recorded)] + results.map { .time(time($0)) }
    }
    let shares = [run.frameworkTaxFraction] + results.map(\.frameworkTaxFraction)
    return Table(
      fields: [Field("time")]
        + (["recorded"] + self.results.map(\.name)).map { Field($0, unit: "us", .microseconds(1)) },
      [
        row("span", run.span, \.span), row("device busy", run.deviceBusy, \.deviceBusy),
        row("framework tax", run.span - run.deviceBusy) { $0.span - $0.deviceBusy },
        ["tax, share of the span"] + shares.map { .number($0, shown: NumberFormat.percent($0)) },
      ])
  }

  private var path: Table {
    let results = results
    let used = ReplayPart.allCases.filter { part in results.contains { $0.result.time(in: part) != 0 } }
    return Table(
      used,
      [Column("critical path") { .text($0.title) }]
        + results.flatMap { name, result -> [Column<ReplayPart>] in
          [
            Column(name, unit: "us", .microseconds(1)) { .time(result.time(in: $0)) },
            Column("share", .share(1)) {
              .number(result.span == 0 ? 0 : result.time(in: $0).fraction(of: result.span))
            },
          ]
        })
  }

  private var rules: Table { study.ruleTable }

  private var batchRules: Table { study.batchTable }

  private var changes: Table {
    let span = (study.target ?? study.replayed).span
    return Table(
      Array(advice.prefix(3)),
      [
        Column("what would help most") { .text($0.knob.change) },
        Column("1 % more gives", unit: "%", .fixed(3)) { .number($0.elasticity) },
        Column("span", unit: "us", .microseconds(1)) { .time($0.span) },
        Column("saves", .share(1)) { .number(span == 0 ? 0 : (span - $0.span).fraction(of: span)) },
      ])
  }

  /// Where the time goes in the replay and in the target.
  package var figures: [Figure] { [.breakdown(study)] }
}

extension TraceStudy {
  /// The replay, and the target where something is changed, each with its name.
  var results: [(name: String, result: ReplayResult)] {
    [("replayed", replayed)] + (target.map { [("target", $0)] } ?? [])
  }
}

extension RecordedRun {
  /// The recorded times by key.
  fileprivate var times: Record {
    [
      "span_us": .time(span), "device_busy_us": .time(deviceBusy),
      "framework_tax_fraction": .number(frameworkTaxFraction),
    ]
  }
}

extension ReplayResult {
  /// The times by key, and what the span waits for, if that can be told.
  fileprivate func times(isTelling: Bool) -> Record {
    [
      "span_us": .time(span), "device_busy_us": .time(deviceBusy),
      "framework_tax_fraction": .number(frameworkTaxFraction), "bound": .text(isTelling ? bound.rawValue : nil),
    ]
  }
}
