import Charts
import JSONText
import Studies

/// A case study as a page: simulated lines beside measured points, panel by panel.
package struct CaseStudyPage: Sendable {
  private let study: CaseStudy
  private let command: String

  /// A page.
  package init(study: CaseStudy, command: String) {
    self.study = study
    self.command = command
  }

  /// The document.
  package func html() -> String {
    let errors = study.points.compactMap { $0.prediction.error.map(abs) }.sorted()
    let median = errors.isEmpty ? nil : errors[errors.count / 2]
    let report = CaseStudyReport(study: study)
    let sections = study.panels.enumerated().compactMap { index, panel -> HTMLPage.Section? in
      Figure.panel(study, panel.name, panel.points).map {
        HTMLPage.Section(identifier: "panel-\(index)", heading: panel.name, markup: HTMLPage.markup($0))
      }
    }
    let finding =
      "\(report.title): of \(errors.count) measured points, half are predicted within "
      + (median.map { NumberFormat.percent($0) } ?? "-") + "."
    return HTMLPage(
      finding: finding, number: median.map { NumberFormat.percent($0) } ?? "–",
      numberMeaning: "median error of the predictions",
      introduction: "<p class=\"system\">\(markupEscaped(report.legend))</p>", sections: sections,
      data: ["figures": .record([:]), "points": .record(report.record)], command: command
    ).html
  }
}
