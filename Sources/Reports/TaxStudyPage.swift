import Charts
import JSONText
import Studies

/// The framework tax over the years as a page: a chart for each workload, and the questions in time.
package struct TaxStudyPage: Sendable {
  private let study: TaxStudy
  private let command: String

  /// A page.
  package init(study: TaxStudy, command: String) {
    self.study = study
    self.command = command
  }

  /// The document.
  package func html() -> String {
    let report = TaxStudyReport(study: study)
    var sections = unique(study.series.map(\.workload)).enumerated().compactMap { index, workload in
      Figure.tax(
        study.series.filter { $0.workload == workload }, title: "The framework tax of \(workload), batch 1"
      ).map { HTMLPage.Section(identifier: "tax-\(index)", heading: workload, markup: HTMLPage.markup($0)) }
    }
    sections.append(
      HTMLPage.Section(
        identifier: "questions", heading: "Questions in time",
        body:
          "<p class=\"caption\">By which year in half of the samples, and in nine in ten; a host's speed is that of one "
          + "thread, relative to the reference.</p><div class=\"scroll\" tabindex=\"0\">"
          + report.questions.html(caption: "Questions in time") + "</div>"))
    let last = study.series.first?.points.last?.tax
    let number = last.map { NumberFormat.percent($0.median, decimals: 0) } ?? "–"
    return HTMLPage(
      finding: finding(report), number: number, numberMeaning: "tax of the first workload, eager, in the last year",
      introduction: "<p class=\"system\">\(markupEscaped(report.legend))</p>", sections: sections,
      data: ["figures": .record([:]), "tax": .record(report.record)], command: command
    ).html
  }

  private func finding(_ report: TaxStudyReport) -> String {
    let modes = unique(study.series.map(\.mode)).map { mode in
      let answers = zip(study.series, report.answers).filter { $0.0.mode == mode }.map { series, answers in
        let answer = answers.halfTaxed
        let last = answer.shares.last?.year ?? 0
        let year = answer.rises ? answer.year(of: 0.5).map { "\($0)" } ?? "not by \(last)" : "from the start"
        return "\(TaxStudyReport.short(series.workload)) \(year)"
      }
      return "\(mode): \(answers.joined(separator: ", "))"
    }
    return "When half of a pass is framework tax, \(modes.joined(separator: "; "))."
  }
}
