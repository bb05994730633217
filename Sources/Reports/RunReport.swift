import JSONText
import Profiles
import Simulation

/// One simulated pass, for people and for programs.
public struct RunReport: Sendable {
  /// What was simulated.
  public let scenario: Scenario
  /// What came out.
  public let result: PassResult
  /// Numbers that the user changed: path and value.
  public let overrides: [(path: String, value: Double)]
  /// The elasticity of the latency to each number it depends on, if it was asked for.
  public let sensitivities: [Sensitivity]

  /// A report.
  public init(
    scenario: Scenario, result: PassResult, overrides: [(path: String, value: Double)] = [],
    sensitivities: [Sensitivity] = []
  ) {
    self.scenario = scenario
    self.result = result
    self.overrides = overrides
    self.sensitivities = sensitivities
  }

  private var acceleratorName: String { scenario.system.accelerator?.name ?? "none" }

  private var systemText: String {
    let (host, framework) = (scenario.system.host.title, scenario.system.framework.title)
    guard let accelerator = scenario.system.accelerator else { return "on \(host) alone, through \(framework)" }
    return "on \(accelerator.title), fed by \(host) through \(framework)"
  }
}

// MARK: - JSON

extension RunReport {
  /// One JSON object; its times are exact decimals, so that the breakdown sums to the latency to the last digit.
  public func json() -> String {
    var writer = JSONWriter()
    writer.beginObject()
    writeTimes(&writer)
    writer.key("operators")
    writer.value(result.operatorCount)
    writer.key("kernels")
    writer.value(result.kernelCount)
    writeMemory(&writer)
    writer.key("operators_without_rule")
    writer.beginArray(onOneLine: true)
    for name in result.operatorsWithoutRule { writer.value(name) }
    writer.end()
    writer.key("without_rule_fraction")
    writer.value(result.withoutRuleFraction)
    if !sensitivities.isEmpty { writeSensitivities(&writer) }
    writeInputs(&writer)
    writer.end()
    return writer.text
  }

  private func writeTimes(_ writer: inout JSONWriter) {
    func time(_ key: String, _ picoseconds: Int64) {
      writer.key(key)
      writer.rawNumber(NumberFormat.microseconds(picoseconds: picoseconds))
    }
    time("latency_us", result.latency)
    time("device_busy_us", result.deviceBusy)
    time("framework_tax_us", result.frameworkTax)
    writer.key("framework_tax_fraction")
    writer.value(result.frameworkTaxFraction)
    writer.key("bound")
    writer.value(result.bound.rawValue)
    writer.key("breakdown_us")
    writer.beginObject()
    for category in CostCategory.allCases { time(category.key, result.time(in: category)) }
    writer.end()
  }

  private func writeMemory(_ writer: inout JSONWriter) {
    writer.key("memory")
    writer.beginObject(onOneLine: true)
    writer.key("required_gb")
    writer.value(result.memory.requiredBytes / 1e9)
    writer.key("weights_gb")
    writer.value(result.memory.weightBytes / 1e9)
    writer.key("inputs_gb")
    writer.value(result.memory.inputBytes / 1e9)
    writer.key("activations_gb")
    writer.value(result.memory.activationBytes / 1e9)
    writer.key("capacity_gb")
    if let capacity = result.memory.capacityBytes { writer.value(capacity / 1e9) } else { writer.null() }
    writer.key("fits")
    writer.value(result.memory.fits)
    writer.end()
  }

  private func writeSensitivities(_ writer: inout JSONWriter) {
    writer.key("sensitivities")
    writer.beginObject()
    for sensitivity in sensitivities {
      writer.key(sensitivity.path)
      writer.value(sensitivity.elasticity)
    }
    writer.end()
    writer.key("sensitivities_of_less")
    writer.beginObject()
    for sensitivity in sensitivities where sensitivity.isKink {
      writer.key(sensitivity.path)
      writer.value(sensitivity.elasticityOfLess)
    }
    writer.end()
  }

  private func writeInputs(_ writer: inout JSONWriter) {
    writer.key("inputs")
    writer.beginObject()
    writer.key("workload")
    writer.value(scenario.workload.name)
    writer.key("parameters")
    writer.beginObject(onOneLine: true)
    for parameter in scenario.workload.parameters {
      writer.key(parameter.name)
      writer.value(parameter.value)
    }
    writer.end()
    for (key, name) in [
      ("accelerator", acceleratorName), ("host", scenario.system.host.name),
      ("framework", scenario.system.framework.name), ("precision", scenario.precision.rawValue),
      ("latency_kind", scenario.latencyKind.rawValue), ("kernel_model", scenario.kernelModel.name),
    ] {
      writer.key(key)
      writer.value(name)
    }
    writer.key("set")
    writer.beginObject(onOneLine: true)
    for override in overrides {
      writer.key(override.path)
      writer.value(override.value)
    }
    writer.end()
    writer.end()
  }
}

// MARK: - CSV

extension RunReport {
  /// A header and one row.
  public func csv() -> String {
    var columns: [(String, String)] = [("workload", scenario.workload.name)]
    columns += scenario.workload.parameters.map { ($0.name, String($0.value)) }
    columns += [
      ("accelerator", acceleratorName), ("host", scenario.system.host.name),
      ("framework", scenario.system.framework.name), ("precision", scenario.precision.rawValue),
      ("latency_us", NumberFormat.microseconds(picoseconds: result.latency)),
      ("device_busy_us", NumberFormat.microseconds(picoseconds: result.deviceBusy)),
      ("framework_tax_us", NumberFormat.microseconds(picoseconds: result.frameworkTax)),
      ("framework_tax_fraction", String(result.frameworkTaxFraction)), ("bound", result.bound.rawValue),
    ]
    columns += CostCategory.allCases.map {
      ("\($0.key)_us", NumberFormat.microseconds(picoseconds: result.time(in: $0)))
    }
    columns += [
      ("operators", String(result.operatorCount)), ("kernels", String(result.kernelCount)),
      ("latency_kind", scenario.latencyKind.rawValue), ("kernel_model", scenario.kernelModel.name),
    ]
    var table = TextTable(columns: columns.map { TextTable.Column($0.0) })
    table.append(columns.map { TextTable.Cell($0.1) })
    return table.csv()
  }
}

// MARK: - Table

extension RunReport {
  /// A few lines and tables to read.
  public func text(styled: Bool) -> String {
    let workload = scenario.workload
    let parameters = workload.parameters.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
    var lines = [
      "\(workload.name) (\(parameters)), \(scenario.precision.rawValue)",
      systemText,
      "",
    ]
    let kind = scenario.latencyKind == .steadyState ? "steady state" : "synchronized"
    var table = TextTable(columns: [
      TextTable.Column("per pass, \(kind)"), TextTable.Column("time", unit: "us", alignment: .number),
      TextTable.Column("share", alignment: .number),
    ])
    func row(_ name: String, _ picoseconds: Int64, style: TextStyle? = nil) {
      table.append([
        TextTable.Cell(name, style: style),
        TextTable.Cell(NumberFormat.fixed(Double(picoseconds) / 1e6, decimals: 1, grouping: .comma), style: style),
        TextTable.Cell(share(picoseconds), style: style),
      ])
    }
    row("latency", result.latency, style: .bold)
    row("device busy", result.deviceBusy)
    row("framework tax", result.frameworkTax, style: result.bound == .framework ? .yellow : nil)
    lines.append(table.text(styled: styled))

    var breakdown = TextTable(columns: [
      TextTable.Column("critical path"), TextTable.Column("time", unit: "us", alignment: .number),
      TextTable.Column("share", alignment: .number),
    ])
    for category in CostCategory.allCases where result.time(in: category) != 0 {
      breakdown.append([
        TextTable.Cell(category.title),
        TextTable.Cell(NumberFormat.fixed(Double(result.time(in: category)) / 1e6, decimals: 1, grouping: .comma)),
        TextTable.Cell(share(result.time(in: category))),
      ])
    }
    lines.append(breakdown.text(styled: styled))
    if !sensitivities.isEmpty { lines.append(sensitivityTable(styled: styled)) }
    if let withoutRuleText { lines.append(withoutRuleText + "\n") }
    lines.append(
      "\(result.bound.rawValue): \(NumberFormat.integer(result.operatorCount)) operators, "
        + "\(NumberFormat.integer(result.kernelCount)) kernels, \(memoryText)")
    if result.bound == .overhead {
      lines.append(
        "fewer kernels would help (fusion, a compiled engine, a graph for the gaps), a faster chip would not")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func sensitivityTable(styled: Bool) -> String {
    let hasKinks = sensitivities.contains(where: \.isKink)
    var columns = [
      TextTable.Column("1 % more of"), TextTable.Column("changes the latency by", unit: "%", alignment: .number),
    ]
    if hasKinks { columns.append(TextTable.Column("1 % less by", unit: "%", alignment: .number)) }
    var table = TextTable(columns: columns)
    for sensitivity in sensitivities {
      var cells = [
        TextTable.Cell(sensitivity.path), TextTable.Cell(NumberFormat.fixed(sensitivity.elasticity, decimals: 3)),
      ]
      if hasKinks {
        cells.append(
          TextTable.Cell(sensitivity.isKink ? NumberFormat.fixed(-sensitivity.elasticityOfLess, decimals: 3) : ""))
      }
      table.append(cells)
    }
    return table.text(styled: styled)
  }

  private func share(_ picoseconds: Int64) -> String {
    NumberFormat.percent(result.latency == 0 ? 0 : Double(picoseconds) / Double(result.latency))
  }

  private var withoutRuleText: String? {
    guard !result.operatorsWithoutRule.isEmpty else { return nil }
    let share = NumberFormat.percent(result.withoutRuleFraction)
    return
      "without a cost rule: \(oneLine(result.operatorsWithoutRule.joined(separator: ", "))), guessed as element-wise traffic, "
      + "\(share) of the bytes moved"
  }

  private var memoryText: String {
    let required = NumberFormat.significant(result.memory.requiredBytes / 1e9, digits: 3)
    guard let capacity = result.memory.capacityBytes else { return "at least \(required) GB of tensors" }
    let fits = result.memory.fits ? "" : ", which it does not fit"
    return "at least \(required) of \(NumberFormat.shortest(capacity / 1e9)) GB of memory\(fits)"
  }
}
