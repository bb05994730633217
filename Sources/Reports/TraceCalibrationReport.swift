import JSONText
import Profiles
import Replay

/// Numbers that were read off a recording, beside those of the profiles.
package struct TraceCalibrationReport: Report {
  /// What was read off.
  package let calibration: TraceCalibration
  /// The profiles.
  package let system: System

  /// A report.
  package init(calibration: TraceCalibration, system: System) {
    self.calibration = calibration
    self.system = system
  }

  /// A row for each number.
  package var tables: [Table] {
    [
      Table(
        named: "numbers", calibration.launch + calibration.dispatch,
        [
          Column("number") { .text($0.path) },
          Column("profile", unit: "us", key: "profile_us", .significant(4)) { .number(system.number(at: $0.path)) },
          Column("recorded", unit: "us", key: "recorded_us", .significant(4)) { .number($0.value) },
          Column("samples", .integer, rank: .incidental) { .count($0.count) },
          Column("taken from", key: "taken_from", rank: .supporting) { .text($0.method) },
        ])
    ]
  }

  /// The numbers, and what was taken off them.
  package var record: Record {
    ["numbers": .table(tables[0]), "profiler_overhead_us": .number(calibration.profilerOverheadUS)]
  }

  /// The numbers, and what was taken off them.
  package var blocks: [ReportBlock] {
    [
      .table(tables[0].cut),
      .line(
        "dispatch without the profiler's \(NumberFormat.significant(calibration.profilerOverheadUS, digits: 2)) us for "
          + "each operator"),
    ]
  }
}
