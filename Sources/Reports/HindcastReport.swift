import Studies

/// A hindcast: what would have been forecast of what has come since, and how good that would have been.
package struct HindcastReport: Report {
  /// For each quantity and number of years ahead.
  package let summaries: [HindcastSummary]
  /// The first cut-off.
  package let firstCutoff: Int
  /// What people must know to read it.
  package let remarks: [String]

  /// A report.
  package init(_ summaries: [HindcastSummary], from firstCutoff: Int, remarks: [String] = []) {
    self.summaries = summaries
    self.firstCutoff = firstCutoff
    self.remarks = remarks
  }

  // MARK: For programs

  /// The summaries.
  package var record: Record { ["hindcasts": .list(summaries.map { .record(record(of: $0)) }, onOneLine: false)] }

  private func record(of summary: HindcastSummary) -> Record {
    [
      "quantity": .text(summary.quantity), "ahead_years": .count(summary.ahead), "count": .count(summary.count),
      "coverage_50": .number(summary.halfCoverage), "coverage_90": .number(summary.mostCoverage),
      "median_error_fraction": .number(summary.medianError), "bias_fraction": .number(summary.bias),
      "skill": .record(
        Record(NaiveForecast.allCases.map { ($0.rawValue, .number(summary.skill[$0])) }).onOneLine),
    ]
  }

  /// A row for each quantity and number of years ahead.
  package var tables: [Table] { [table(for: .lines)] }

  // MARK: For people

  /// The table, and how to read it.
  package var blocks: [ReportBlock] {
    [
      .line("what would have been forecast at the end of each year from \(firstCutoff) on, and what came"),
      .table(table(for: .people)),
      .paragraphs(
        [
          "Skill is by how much smaller the errors are than those of who says that all stays as it is, that it doubles "
            + "every two years, or that it goes on as between the last two generations: 100 % without errors, 0 % with "
            + "the same, negative with larger ones."
        ] + remarks),
    ]
  }

  /// A row for each quantity and number of years ahead.
  func table(for readers: Field.Readers) -> Table {
    func percent(
      _ title: String, _ key: String, decimals: Int = 0, rank: Field.Rank = .essential,
      _ share: @escaping @Sendable (HindcastSummary) -> Double?
    ) -> Column<HindcastSummary> {
      Column(title, unit: "%", key: key, .percent(decimals), rank: rank) { .number(share($0)) }
    }
    return Table(
      named: "hindcasts", summaries,
      [
        Column("quantity") { .text($0.quantity) },
        Column("ahead", unit: "years", key: "ahead_years", .plain) { .count($0.ahead) },
        Column("forecasts", key: "count", .plain, rank: .supporting) { .count($0.count) },
        percent("in 50 %", "coverage_50") { $0.halfCoverage }, percent("in 90 %", "coverage_90") { $0.mostCoverage },
        percent("median error", "median_error_fraction") { $0.medianError },
        percent("bias", "bias_fraction", rank: .supporting) { $0.bias },
        percent("skill: stays", "skill_last_value", rank: .incidental) { $0.skill[.lastValue] },
        percent("doubles", "skill_doubling", rank: .incidental) { $0.skill[.doubling] },
        percent("last two", "skill_last_two", rank: .incidental) { $0.skill[.lastTwo] },
      ])
  }
}
