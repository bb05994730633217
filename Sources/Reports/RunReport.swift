import JSONText
import Profiles
import Roofline
import Simulation
import Studies
import Workloads

/// One simulated pass.
package struct RunReport: Report {
  /// What was simulated.
  package let scenario: Scenario
  /// What came out.
  package let result: PassResult
  /// From the start of each launch call to the start of its kernel, added up over the kernels; nil where that was not looked
  /// for or there is none.
  package let launchAndQueueTime: Picoseconds?
  /// Numbers that the user changed: path and value.
  package let overrides: [(path: String, value: Double)]
  /// Which case it is and how sure the latency is, if that was looked for.
  package let answer: LatencyAnswer?
  /// The elasticity of the latency to each number it depends on, if it was asked for.
  package let sensitivities: [Sensitivity]
  /// What the pass's graphs cost before they are replayed; nil where it launches none.
  package let graphs: GraphCapture?
  /// How the latency is spread where the host's costs scatter, if it was asked for.
  package let spread: LatencySpread?
  /// The share of the kernels' time that rests on measurements, 0 to 1; nil where the kernel model has none.
  package let measuredFraction: Double?
  /// What the pass takes of energy; nil where the accelerator's profile does not say what things take, or there is none.
  package let energy: PassEnergy?

  /// A report.
  package init(
    scenario: Scenario, result: PassResult, answer: LatencyAnswer? = nil, launchAndQueueTime: Picoseconds? = nil,
    overrides: [(path: String, value: Double)] = [], sensitivities: [Sensitivity] = [], graphs: GraphCapture? = nil,
    spread: LatencySpread? = nil, measuredFraction: Double? = nil, energy: PassEnergy? = nil
  ) {
    self.scenario = scenario
    self.result = result
    self.answer = answer
    self.launchAndQueueTime = launchAndQueueTime
    self.overrides = overrides
    self.sensitivities = sensitivities
    self.graphs = graphs
    self.spread = spread
    self.measuredFraction = measuredFraction
    self.energy = energy
  }

  // MARK: For programs

  /// All numbers; the breakdown sums to the latency to the last digit.
  package var record: Record {
    var record = result.times
    record += ["breakdown_us": .record(Record(breakdown: result.time))]
    if let answer { record += ["error_band": .record(answer.record)] }
    record += ["hdbi": .number(result.hostDeviceBalance), "tklqt_us": .time(launchAndQueueTime)]
    record += energyRecord + counts
    if let measuredFraction { record += ["measured_fraction": .number(measuredFraction)] }
    if let graphs { record += ["graphs": .record(graphs.record.onOneLine)] }
    if let spread { record += ["spread": .record(spread.record.onOneLine)] }
    record += [
      "memory": .record(memory), "operators_without_rule": .texts(result.operatorsWithoutRule),
      "without_rule_fraction": .number(result.withoutRuleFraction),
    ]
    if !sensitivities.isEmpty {
      let kinks = sensitivities.filter(\.isKink)
      record += [
        "sensitivities": .record(Record(sensitivities.map { ($0.path, .number($0.elasticity)) })),
        "sensitivities_of_less": .record(Record(kinks.map { ($0.path, .number($0.elasticityOfLess)) })),
      ]
    }
    return record + ["inputs": .record(scenario.inputs + ["set": .record(Record(numbers: overrides).onOneLine)])]
  }

  private var counts: Record { ["operators": .count(result.operatorCount), "kernels": .count(result.kernelCount)] }

  /// Nothing where it is not known.
  private var energyRecord: Record {
    energy.map { ["energy_j": .number($0.joules), "power_w": .number($0.watts)] } ?? [:]
  }

  private var memory: Record {
    let memory = result.memory
    let record: Record = [
      "required_gb": .number(memory.requiredBytes / 1e9), "weights_gb": .number(memory.weightBytes / 1e9),
      "inputs_gb": .number(memory.inputBytes / 1e9), "activations_gb": .number(memory.activationBytes / 1e9),
      "capacity_gb": .number(memory.capacityBytes.map { $0 / 1e9 }), "fits": .flag(memory.fits),
    ]
    return record.onOneLine
  }

  /// One row.
  package var tables: [Table] { [Table([row])] }

  /// All numbers that a line has room for.
  var row: Record {
    let breakdown = Record(breakdown: result.time, ending: "_us")
    return inputs + result.times + breakdown + energyRecord + counts + scenario.madeBy
  }

  /// What was simulated, by name.
  var inputs: Record { ["workload": .text(scenario.workload.name)] + scenario.parameters + scenario.systemNames }

  /// One of its inputs, and how several devices share the work in place of how many they are; missing where it has none.
  func input(_ key: String) -> Value {
    let key = key == "devices" && scenario.system.parallelism.devices > 1 ? "parallelism" : key
    return inputs.members.first { $0.key == key }?.value ?? (key == "devices" ? .count(1 as Int?) : .text(nil))
  }

  // MARK: For people

  /// A few lines and tables to read.
  package var blocks: [ReportBlock] {
    var blocks: [ReportBlock] = []
    if let answer {
      let isHostOnly = scenario.system.accelerator == nil
      blocks.append(.paragraphs([answer.caseText(isHostOnly: isHostOnly), answer.answerText], indent: 2))
    }
    blocks += [
      .lines(
        [scenario.workloadText, scenario.systemText] + scenario.system.connectionText + scenario.hostText
          + scenario.paddingText), .table(times), .table(breakdown),
    ]
    if let spread { blocks.append(.paragraph(spread.text)) }
    if let ranks = spread?.ranks { blocks.append(.paragraph(ranks.text)) }
    if !sensitivities.isEmpty { blocks.append(.table(sensitivityTable)) }
    if let withoutRuleText { blocks.append(.line(withoutRuleText)) }
    var conclusion = [
      "\(result.bound.rawValue): \(NumberFormat.integer(result.operatorCount)) operators, "
        + "\(NumberFormat.integer(result.kernelCount)) kernels, \(memoryText)"
    ]
    conclusion.append(balanceText)
    if let energy {
      conclusion.append(
        "\(NumberFormat.significant(energy.joules, digits: 3)) J a pass, "
          + "\(NumberFormat.significant(energy.watts, digits: 3)) W on average")
    }
    if let measuredFraction {
      conclusion.append("\(NumberFormat.percent(measuredFraction)) of the kernels' time rests on measurements")
    }
    if let graphs { conclusion.append(graphs.text) }
    if result.bound == .overhead {
      conclusion.append(
        "fewer kernels would help (fusion, a compiled engine, a graph for the gaps), a faster chip would not")
    }
    return blocks + [.lines(conclusion)]
  }

  /// How long the pass takes, and what sets that.
  package var finding: String? { Finding.pass(result, of: scenario) }

  /// What the latency is spent on, and what it depends on.
  package var figures: [Figure] {
    let pass = ComparedTime(
      names: [("", scenario.system.accelerator?.title ?? scenario.system.host.title)], pass: result)
    return [
      try? .comparison(
        [pass], title: "Where the time goes: \(scenario.workloadText)", words: "milliseconds per pass", breakdown),
      Figure.sensitivity(sensitivities, title: "What the latency depends on: \(scenario.workloadText)"),
    ].compactMap { $0 }
  }

  private typealias Part = (name: String, time: Picoseconds, style: TextStyle?)

  private var times: Table {
    parts(
      "per pass, \(scenario.latencyKindText)",
      [
        ("latency", result.latency, .bold), ("device busy", result.deviceBusy, nil),
        ("framework tax", result.frameworkTax, result.bound == .framework ? .yellow : nil),
      ])
  }

  private var breakdown: Table {
    let used = CostCategory.allCases.filter { result.time(in: $0) != 0 }
    return parts("critical path", used.map { ($0.title, result.time(in: $0), nil) })
  }

  /// Parts of the latency with their shares of it.
  private func parts(_ title: String, _ parts: [Part]) -> Table {
    let latency = result.latency
    return Table(
      parts,
      [
        Column(title) { .text($0.name, $0.style) },
        Column("time", unit: "us", .microseconds(1)) { .time($0.time, $0.style) },
        Column("share", .share(1)) { .number(latency == 0 ? 0 : $0.time.fraction(of: latency), $0.style) },
      ])
  }

  private var sensitivityTable: Table {
    var columns = [
      Column<Sensitivity>("1 % more of") { .text($0.path) },
      Column("changes the latency by", unit: "%", .fixed(3)) { .number($0.elasticity) },
    ]
    if sensitivities.contains(where: \.isKink) {
      columns.append(
        Column("1 % less by", unit: "%", .fixed(3)) {
          .number(-$0.elasticityOfLess, shown: $0.isKink ? nil : "")
        })
    }
    return Table(sensitivities, columns)
  }

  private var withoutRuleText: String? {
    guard !result.operatorsWithoutRule.isEmpty else { return nil }
    let names = oneLine(result.operatorsWithoutRule.joined(separator: ", "))
    return "without a cost rule: \(names), guessed as element-wise traffic, "
      + "\(NumberFormat.percent(result.withoutRuleFraction)) of the bytes moved"
  }

  private var balanceText: String {
    let balance = "HDBI \(NumberFormat.fixed(result.hostDeviceBalance, decimals: 2))"
    guard let launchAndQueueTime else { return balance }
    let time = NumberFormat.time(picoseconds: launchAndQueueTime.count)
    guard result.kernelCount > 0 else { return balance + ", TKLQT \(time)" }
    let mean = NumberFormat.time(picoseconds: launchAndQueueTime.count / Int64(result.kernelCount))
    return balance + ", TKLQT \(time) (\(mean) from a kernel's launch to its start)"
  }

  private var memoryText: String {
    let required = NumberFormat.significant(result.memory.requiredBytes / 1e9, digits: 3)
    guard let capacity = result.memory.capacityBytes else { return "at least \(required) GB of tensors" }
    let fits = result.memory.fits ? "" : ", which it does not fit"
    return "at least \(required) of \(NumberFormat.shortest(capacity / 1e9)) GB of memory\(fits)"
  }
}
