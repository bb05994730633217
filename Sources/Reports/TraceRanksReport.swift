import JSONText
import Replay
import Roofline

/// Recordings of several ranks of one run: what each spends in collectives, and how much of it on waiting for others.
package struct TraceRanksReport: Report {
  /// What was found.
  package let study: RankStudy
  /// The step that was looked at; nil for all of the recordings.
  package let step: Int64?

  /// A report.
  package init(study: RankStudy, step: Int64?) {
    self.study = study
    self.step = step
  }

  // MARK: For programs

  /// All numbers; the parts of a rank's communication sum to the time of its collectives to the last digit.
  package var record: Record {
    [
      "step": .count(step.map { Int($0) }), "rank_count": .count(study.rankCount.map { Int($0) }),
      "matched_collectives": .count(study.matchedCount),
      "ranks": .list(study.ranks.map { .record(record(of: $0)) }, onOneLine: false),
    ]
  }

  private func record(of rank: RankStudy.Rank) -> Record {
    let communication: Record = [
      "transfer": .time(rank.transfer), "waiting": .time(rank.waiting), "unmatched": .time(rank.unmatched),
    ]
    let drift: Record = ["mean": .time(rank.meanDrift), "largest": .time(rank.largestDrift)]
    return [
      "rank": .count(Int(rank.recording.rank)), "file": .text(rank.recording.file),
      "span_us": .time(rank.recording.span), "device_busy_us": .time(rank.recording.deviceBusy),
      "collectives": .count(rank.recording.collectives.count), "communication_us": .record(communication.onOneLine),
      "drift_us": .record(drift.onOneLine), "clock_offset_us": .number(rank.clockOffsetUS),
    ]
  }

  /// A row for each rank.
  package var tables: [Table] {
    [
      Table(
        named: "ranks", study.ranks,
        [
          Column("rank") { .count(Int($0.recording.rank)) }, Column("file") { .text($0.recording.file) },
          Column("span_us") { .time($0.recording.span) }, Column("device_busy_us") { .time($0.recording.deviceBusy) },
          Column("collectives") { .count($0.recording.collectives.count) },
          Column("communication_us") { .time($0.communication) }, Column("transfer_us") { .time($0.transfer) },
          Column("waiting_us") { .time($0.waiting) }, Column("unmatched_us") { .time($0.unmatched) },
          Column("drift_mean_us") { .time($0.meanDrift) }, Column("drift_largest_us") { .time($0.largestDrift) },
          Column("clock_offset_us") { .number($0.clockOffsetUS) },
        ])
    ]
  }

  // MARK: For people

  /// A few lines and a table to read.
  package var blocks: [ReportBlock] {
    let of = study.rankCount.map { " of \(NumberFormat.integer(Int($0)))" } ?? ""
    let count = study.ranks.count
    var lines = [
      "\(NumberFormat.integer(count)) ranks\(of)" + (step.map { ", step \($0)" } ?? ""),
      "\(NumberFormat.integer(study.matchedCount)) collectives in common, clocks aligned by their ends",
    ]
    if let all = study.rankCount, all > count {
      lines.append("what they wait for the \(NumberFormat.integer(Int(all) - count)) other ranks counts as transfer")
    }
    return [.lines(lines), .table(times), .table(files)]
  }

  private var times: Table {
    let hasUnmatched = study.ranks.contains { $0.unmatched > 0 }
    func time(
      _ title: String, _ time: @escaping @Sendable (RankStudy.Rank) -> Picoseconds
    ) -> Column<RankStudy.Rank> {
      Column(title, unit: "us", .microseconds(1)) { .time(time($0)) }
    }
    return Table(
      study.ranks,
      [
        Column("rank", .integer) { .count(Int($0.recording.rank)) }, time("span") { $0.recording.span },
        time("device busy") { $0.recording.deviceBusy },
        Column("collectives", .integer) { .count($0.recording.collectives.count) },
        time("in collectives") { $0.communication }, time("transfer") { $0.transfer }, time("waiting") { $0.waiting },
      ] + (hasUnmatched ? [time("unmatched") { $0.unmatched }] : [])
        + [time("mean drift") { $0.meanDrift }, time("largest") { $0.largestDrift }])
  }

  private var files: Table {
    Table(
      study.ranks,
      [
        Column("rank", .integer) { .count(Int($0.recording.rank)) },
        Column("clock ahead", unit: "us", .fixed(1)) { .number($0.clockOffsetUS) },
        Column("file") { .text($0.recording.file) },
      ])
  }
}
