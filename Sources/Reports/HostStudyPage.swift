import Charts
import JSONText
import Studies

/// What served models owe their host, as a page: the answer, three charts, and the numbers behind them.
package struct HostStudyPage: Sendable {
  private let study: HostStudy
  private let command: String

  /// A page.
  package init(study: HostStudy, command: String) {
    self.study = study
    self.command = command
  }

  /// The document.
  package func html() -> String {
    let report = HostStudyReport(study: study)
    let headings = ["The host's speed", "The limit", "The host's cores"]
    let sections = zip(headings, report.figures).enumerated().map { index, part in
      HTMLPage.Section(identifier: "hosts-\(index)", heading: part.0, markup: HTMLPage.markup(part.1))
    }
    let wide = study.series.compactMap { $0.gains.last?.ratio }.max()
    return HTMLPage(
      finding: report.finding.prefix(1).uppercased() + report.finding.dropFirst() + ".",
      number: wide.map { NumberFormat.percent($0 - 1, decimals: 0) } ?? "–",
      numberMeaning: "more throughput by a host "
        + "\(NumberFormat.percent(HostStudy.faster - 1, decimals: 0)) faster, at most",
      introduction: "<p class=\"system\">\(markupEscaped(report.legend))</p>", sections: sections,
      data: ["figures": .record([:]), "hosts": .record(report.record)], command: command
    ).html
  }
}
