import CommandSyntax
import Reports

/// The options that say how rows stand side by side, shared by all commands that compare.
enum ComparisonOptions {
  static let baseline = OptionDefinition(
    "baseline", value: "ROW", help: "What ratios are to: a row's number, or a name that rows differ in",
    longHelp:
      "With a name, or a value as batch=8, each row is compared to the one that has it and is the same otherwise.",
    defaultText: "the first row", group: "Comparison")

  static let sort = OptionDefinition(
    "sort", value: "COLUMN", help: "Order the rows by a column, the smallest first; =-COLUMN for the largest first",
    defaultText: "as the lists say", group: "Comparison")

  static let chart = OptionDefinition(
    "chart", value: "FILE", help: "Write the rows as a chart: .svg, .png, .vl.json, .csv, .jsonl or .md",
    longHelp:
      "Lines over what is varied as a number, with three values or more; else bars, with what the time is spent on.",
    group: "Comparison")

  static let definitions = [baseline, sort, chart]

  /// How the rows are to stand.
  static func request(_ command: ParsedCommand) throws(Failure) -> ComparisonRequest {
    for option in [baseline, sort] where command.value(of: option.name)?.isEmpty == true {
      throw .usage("--\(option.name) is empty\n" + command.helpHint)
    }
    return ComparisonRequest(baseline: command.value(of: baseline.name), order: command.value(of: sort.name))
  }

  /// Refuses what orders rows where there is one.
  static func refuse(_ command: ParsedCommand) throws(Failure) {
    try command.refuse(
      [baseline.name, sort.name], "nothing is compared; a list makes several rows, as in --batch 1,8")
  }

  /// The chart that is asked for; nil where none is.
  static func chartFile(_ command: ParsedCommand) throws(Failure) -> ChartFile? {
    try command.value(of: chart.name).map { (path) throws(Failure) in try ChartFile(path, option: chart.name) }
  }
}
