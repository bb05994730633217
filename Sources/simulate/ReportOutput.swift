import CommandSyntax
import Reports

extension Format {
  /// What many call Markdown.
  static let shortMarkdown = "md"
}

extension OptionDefinition {
  /// `--format`, the same for every command that prints a report.
  static let format = format()

  /// `--format` with formats besides those of every report.
  static func format(
    and others: [String] = [], defaultText: String = Format.table.rawValue, group: String? = nil
  ) -> OptionDefinition {
    OptionDefinition(
      "format", value: "F", help: "Format of the result",
      choices: Format.allCases.map(\.rawValue) + [Format.shortMarkdown] + others,
      defaultText: defaultText, group: group)
  }
}

extension ParsedCommand {
  /// The format of the result.
  var format: Format {
    value(of: "format").flatMap { $0 == Format.shortMarkdown ? .markdown : Format(rawValue: $0) } ?? .table
  }

  /// Prints a report in the format that was asked for.
  func print(_ report: some Report) { Platform.print(report, as: format) }
}

extension Platform {
  /// Prints a report: a table is for people, everything else for programs, as it is.
  static func print(_ report: some Report, as format: Format) {
    if format == .table {
      print(report.text(styled: showsStyles, width: width))
    } else if format == .csv {
      report.csv { print(document: $0) }
    } else {
      print(document: report.text(as: format))
    }
  }
}
