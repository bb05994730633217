import JSONText
import Studies

/// A hypothetical system beside a real one, for people and for programs.
public struct HypotheticalReport: Sendable {
  /// What is shown.
  public let study: HypotheticalStudy

  /// A report.
  public init(study: HypotheticalStudy) {
    self.study = study
  }

  private var baseName: String { study.base.system.accelerator?.name ?? "none" }

  private var hypotheticalName: String {
    study.factors.isEmpty ? study.hypothetical.system.accelerator?.name ?? "none" : "hypothetical"
  }

  /// What was changed, and what came of it.
  public func text(styled: Bool) -> String {
    var text = study.base.workloadText + "\n" + study.base.systemText + "\n"
    for (dial, factor) in study.factors {
      text += "\(dial.name) x \(NumberFormat.shortest(factor)): \(dial.meaning)\n"
    }
    var table = TextTable(columns: [
      TextTable.Column("per pass"), TextTable.Column("unit"), TextTable.Column(baseName, alignment: .number),
      TextTable.Column(hypotheticalName, alignment: .number), TextTable.Column("ratio", alignment: .number),
    ])
    let (old, new) = (study.baseResult, study.hypotheticalResult)
    func row(_ name: String, _ old: Int64, _ new: Int64) {
      table.append([
        TextTable.Cell(name), "us", TextTable.Cell(Self.microseconds(old)),
        TextTable.Cell(Self.microseconds(new), style: .bold),
        TextTable.Cell(old > 0 ? NumberFormat.fixed(Double(new) / Double(old), decimals: 3) : "-"),
      ])
    }
    row("latency", old.latency, new.latency)
    row("device busy", old.deviceBusy, new.deviceBusy)
    row("framework tax", old.latency - old.deviceBusy, new.latency - new.deviceBusy)
    table.append([
      "framework tax", "%", TextTable.Cell(NumberFormat.fixed(old.frameworkTaxFraction * 100, decimals: 1)),
      TextTable.Cell(NumberFormat.fixed(new.frameworkTaxFraction * 100, decimals: 1)), "",
    ])
    text += "\n" + table.text(styled: styled) + "\n"
    if old.bound == new.bound { return text + "\(new.bound.rawValue), both\n" }
    return text + "\(old.bound.rawValue) turns \(new.bound.rawValue)\n"
  }

  private static func microseconds(_ picoseconds: Int64) -> String {
    NumberFormat.fixed(Double(picoseconds) / 1e6, decimals: 1, grouping: .comma)
  }

  /// A row for each system.
  public func csv() -> String {
    let columns = [
      "system", "latency_us", "device_busy_us", "framework_tax_fraction", "bound", "latency_kind", "kernel_model",
    ]
    var table = TextTable(columns: columns.map { TextTable.Column($0) })
    for (name, result) in [(baseName, study.baseResult), (hypotheticalName, study.hypotheticalResult)] {
      table.append([
        TextTable.Cell(name), TextTable.Cell(NumberFormat.microseconds(picoseconds: result.latency)),
        TextTable.Cell(NumberFormat.microseconds(picoseconds: result.deviceBusy)),
        TextTable.Cell(String(result.frameworkTaxFraction)), TextTable.Cell(result.bound.rawValue),
        TextTable.Cell(study.base.latencyKind.rawValue), TextTable.Cell(study.base.kernelModel.name),
      ])
    }
    return table.csv()
  }

  /// One object: the hypothetical result at the top, the real one under `base`, and every number that differs.
  public func json() -> String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.members(of: study.hypotheticalResult)
    writer.object("base", study.baseResult)
    writer.key("scale")
    writer.beginObject(onOneLine: true)
    for (dial, factor) in study.factors {
      writer.key(dial.name)
      writer.value(factor)
    }
    writer.end()
    writer.key("changes")
    writer.beginObject()
    for (path, old, new) in study.changes {
      writer.key(path)
      writer.beginArray(onOneLine: true)
      for number in [old, new] {
        if let number { writer.value(number) } else { writer.null() }
      }
      writer.end()
    }
    writer.end()
    writer.inputs(study.base)
    writer.end()
    return writer.text
  }
}
