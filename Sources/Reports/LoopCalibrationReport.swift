import JSONText
import Profiles
import Serving
import Studies
import Workloads

/// What an engine's loop costs, as a log of its steps has it.
package struct LoopCalibrationReport: Report {
  /// What was fitted.
  package let calibration: LoopCalibration
  /// What was served.
  package let served: ServedDecoder

  /// A report.
  package init(calibration: LoopCalibration, served: ServedDecoder) {
    self.calibration = calibration
    self.served = served
  }

  /// The parts, and the numbers that share them.
  package var tables: [Table] {
    [
      Table(
        named: "loop", calibration.fits,
        [
          Column("part") { .text(Self.words[$0.part] ?? "") },
          Column("profile", unit: "us", key: "profile_us", .significant(4)) { .number($0.before) },
          Column("log", unit: "us", key: "logged_us", .significant(4)) { .number($0.after, .bold) },
          Column("may be off by", unit: "%", key: "uncertainty_fraction", .percent(1)) { .number($0.uncertainty) },
        ]),
      Table(
        named: "numbers", calibration.numbers,
        [
          Column("number") { .text($0.path) },
          Column("profile", unit: "us", key: "profile_us", .significant(4)) { .number($0.before) },
          Column("log", unit: "us", key: "logged_us", .significant(4)) { .number($0.after) },
        ]),
    ]
  }

  private static let words: [LoopCalibration.Part: String] = [
    .step: "a step", .request: "each request in it", .token: "each token in it",
  ]

  /// The numbers and how well they do.
  package var record: Record {
    [
      "loop": .table(tables[0]), "numbers": .table(tables[1]), "steps": .count(calibration.steps.count),
      "error_before_fraction": .number(calibration.errorBefore),
      "error_after_fraction": .number(calibration.errorAfter),
    ]
  }

  /// The parts, the numbers, and how well they do.
  package var blocks: [ReportBlock] {
    [
      .lines([
        "\(served.engine.title) \(served.engine.version), \(served.decoder.title), on \(served.decode.host.title)"
      ]), .table(tables[0], title: "what the loop takes of this host"),
      .table(tables[1], title: "the engine's numbers, of the reference host"),
      .line(
        "\(NumberFormat.integer(calibration.steps.count)) steps: off by \(NumberFormat.percent(calibration.errorBefore)) in the "
          + "mean with the profile's numbers, by \(NumberFormat.percent(calibration.errorAfter)) with the log's"),
    ]
  }
}
