import Replay
import Roofline

extension Record {
  /// What rests on a rule: counts, times, and the share of the recorded device time.
  init<Rule>(_ share: RuleShare<Rule>) {
    self = [
      "jobs": .count(share.jobs), "device_time_us": .time(share.recorded), "target_device_time_us": .time(share.target),
      "device_time_fraction": .number(share.fraction),
    ]
  }
}

extension TraceStudy {
  /// By which rules the device's time is told, those that something rests on.
  var ruleTable: Table { table(ruleShares, "device time by") { $0.title } }

  /// By which rules it is told with another batch.
  var batchTable: Table { table(batchShares, "with the other batch") { $0.title } }

  private func table<Rule>(
    _ shares: [RuleShare<Rule>], _ title: String, _ name: @escaping @Sendable (Rule) -> String
  ) -> Table {
    Table(
      shares.filter { $0.jobs > 0 },
      [
        Column(title) { .text(name($0.rule)) }, Column("kernels", .integer) { .count($0.jobs) },
        Column("recorded", unit: "us", .microseconds(1)) { .time($0.recorded) },
        Column("target", unit: "us", .microseconds(1)) { .time($0.target) },
        Column("share", .share(1)) { .number($0.fraction) },
      ])
  }
}
