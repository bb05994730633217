import CommandSyntax
import JSONText
import Profiles
import Reports
import Simulation
import Studies

/// `simulate study tax`: the framework tax from 2012 to 2032.
enum TaxStudyRun {
  /// The study's name.
  static let name = "tax"

  private static let workloads = ["bert-base-uncased", "resnet50", "llama-3.2-1b-decode-sdpa"]

  /// The ways of launching: a name, the framework that is projected, and those whose measured passes are shown.
  private static let modes = [
    (name: "eager", framework: SystemDefaults.framework, measured: ["pytorch-eager", SystemDefaults.framework]),
    (name: "graph", framework: "cuda-graph", measured: ["cuda-graph"]),
  ]

  static let subcommand = Subcommand(definition) { command, library throws(Failure) in
    try command.checkFormat()
    let year = try checking { try command.integer(of: "year") } ?? 2032
    let samples = try checking { try command.integer(of: "samples", ProjectCommand.samples) } ?? 500
    let seed = try checking { try command.integer(of: "seed", .atLeast(0)) } ?? 1
    command.print(
      TaxStudyReport(
        study: try study(
          library, upTo: year, sampleCount: samples, seed: UInt64(seed), measurements: command.value(of: "measurements")
        )))
  }

  private static let definition = CommandDefinition(
    name, summary: "The framework tax from 2012 to 2032: BERT, ResNet-50 and a decoder, eager and as a graph",
    options: [
      .format,
      OptionDefinition("year", value: "Y", help: "How far to project", defaultText: "2032"),
      OptionDefinition("samples", value: "N", help: "How many samples each projection draws", defaultText: "500"),
      OptionDefinition("seed", value: "N", help: "What they are drawn from", defaultText: "1"),
      OptionDefinition(
        "measurements", value: "FILE",
        help: "Further measurements, in the columns of 'simulate validate', and device_busy_ms if it is known"),
    ],
    examples: [CommandExample("simulate study tax", shows: "when half of a pass is tax, and which host would help")])

  /// Runs the study on what the catalog has.
  ///
  /// - Parameters:
  ///   - library: The catalog.
  ///   - year: How far is projected.
  ///   - sampleCount: How many samples each projection draws.
  ///   - seed: What they are drawn from.
  ///   - measurements: A file of further measurements.
  /// - Returns: The study.
  /// - Throws: ``Failure`` where a file is wrong, or a year out of range.
  static func study(
    _ library: Library, upTo year: Int = 2032, sampleCount: Int = 500, seed: UInt64 = 1, measurements: String? = nil
  ) throws(Failure) -> TaxStudy {
    let newest = try library.flagships().last { !$0.isAnnounced }
    let hostYear = min(2030, year)
    let rows = try self.rows(library, measurements)
    let batch: Int64 = 8
    var series: [TaxStudy.Series] = []
    for workload in workloads {
      for mode in modes {
        func projection(_ batch: Int64) throws(Failure) -> Projection {
          let resolved = try resolved(workload, mode.framework, batch, newest, library)
          return try ProjectCommand.projection(
            resolved, library, namesHost: false, upTo: year, earlierFrom: 2012, sampleCount: sampleCount, seed: seed)
        }
        let (alone, batched) = (try projection(1), try projection(batch))
        let measured = try checking { try TaxStudy.measured(rows, of: workload, in: mode.measured, from: library) }
        series.append(
          TaxStudy.Series(
            workload: workload, mode: mode.name, alone: alone, batched: batched, measured: measured))
      }
    }
    return TaxStudy(series, batch: batch, hostYear: hostYear)
  }

  private static func resolved(
    _ name: String, _ framework: String, _ batch: Int64, _ accelerator: AcceleratorProfile?, _ library: Library
  ) throws(Failure) -> ScenarioOptions.Resolved {
    let workload = try library.workload(name)
    var system = System(
      accelerator: accelerator, host: try library.host(nil, of: accelerator),
      framework: try library.framework(framework))
    let parameters = ["batch": batch]
    let bound = try checking { try workload.bindChecked(parameters, for: &system.framework) }
    return ScenarioOptions.Resolved(
      scenario: Scenario(workload: bound, system: system, precision: .fp16), overrides: [], workload: workload,
      parameters: parameters, file: nil)
  }

  /// What was measured: the paper's kernel times, the history's latencies, and a user's.
  private static func rows(
    _ library: Library, _ file: String?
  ) throws(Failure) -> [(measurement: Measurement, deviceBusy: Double?)] {
    let paper = try CSVText(path: try library.referenceMeasurements())
    let history = try MeasurementFile(try library.historyFile("latencies.csv"), library)
    let further = try file.map { (path) throws(Failure) in try MeasurementFile(path, library).table }
    return try checking {
      try TaxStudy.rows(paper).filter { $0.deviceBusy != nil } + TaxStudy.rows(history.table)
        + (further.map(TaxStudy.rows) ?? [])
    }
  }
}
