import CommandSyntax
import JSONText
import Kernels
import Profiles
import Reports
import Studies

/// `simulate project --hindcast`.
enum HindcastRun {
  /// The options that say what is forecast; all others are of projections.
  private static let ownOptions: Set<String> = ["hindcast", "from", "ahead", "samples", "seed", "format"]

  /// Forecasts the past.
  static func run(_ command: ParsedCommand, _ library: Library) throws(Failure) {
    try command.checkFormat()
    guard command.positionals.isEmpty else {
      throw .usage(
        "--hindcast is about the catalog's history, and takes neither a workload nor an accelerator (there is "
          + "'\(command.positionals[0])')\n" + command.helpHint)
    }
    for name in ProjectCommand.optionNames where !ownOptions.contains(name) {
      try command.refuse([name], "--hindcast is about the catalog's history, as it is")
    }
    let lines = try library.hardwareLines()
    let years = lines.years ?? 2010...2010
    let from =
      try checking { try command.integer(of: "from", .within(years.lowerBound...years.upperBound - 1)) } ?? 2014
    let ahead = try checking { try command.integer(of: "ahead", .within(1...20)) } ?? 6
    let samples = try checking { try command.integer(of: "samples", .within(20...1_000_000)) } ?? 200
    let seed = try checking { try command.integer(of: "seed", .atLeast(0)) } ?? 1
    command.print(try report(library, from: from, ahead: ahead, sampleCount: samples, seed: UInt64(seed)))
  }

  /// The hindcast of a page, which does not depend on the page's system: the one that travels with the program where its
  /// files are those that it was made from, else a new one.
  ///
  /// - Parameters:
  ///   - library: Whose history.
  ///   - sampleCount: How many samples the band of a latency is made of.
  /// - Returns: How good forecasts were.
  /// - Throws: ``Failure`` where a file of the history is wrong.
  static func pageReport(_ library: Library, sampleCount: Int) throws(Failure) -> HindcastReport {
    if let kept = kept(library), kept.sampleCount == sampleCount {
      return HindcastReport(kept.summaries, from: kept.firstCutoff)
    }
    return try report(library, sampleCount: sampleCount)
  }

  /// The hindcast that travels with the program; nil where a file differs from what it was made from, or may.
  private static func kept(_ library: Library) -> KeptHindcast? {
    guard let catalog = library.onlyCatalog else { return nil }
    let path = catalog + "/hardware-profiles/history/hindcasts.json"
    guard let bytes = try? readFileBytes(path), let document = try? JSONDocument(bytes: bytes, file: path),
      let kept = try? KeptHindcast(from: document), let inputs = try? HindcastInputs(catalog: catalog),
      inputs.digest == kept.madeFrom
    else { return nil }
    return kept
  }

  /// Forecasts the past of the catalog's history.
  ///
  /// - Parameters:
  ///   - library: Whose history.
  ///   - from: The first cut-off.
  ///   - ahead: For how many years ahead.
  ///   - sampleCount: How many samples the band of a latency is made of.
  ///   - seed: What they are drawn from.
  /// - Returns: How good the forecasts were.
  /// - Throws: ``Failure`` where a file of the history is wrong.
  static func report(
    _ library: Library, from: Int = 2014, ahead: Int = 6, sampleCount: Int = 200, seed: UInt64 = 1
  ) throws(Failure) -> HindcastReport {
    let lines = try library.hardwareLines()
    let numbers = Hindcast(lines, ahead: ahead)
    let file = try MeasurementFile(try library.historyFile("latencies.csv"), library)
    let latencies = try checking {
      let band = try library.profiles.errorBand(named: KernelModel.calibrated.errorBandName)
      return try Progress.showing("forecasting the past") { _ in
        try LatencyHindcast(
          file.rows, from: library, lines: lines, numbers: numbers, errorBand: band, ahead: ahead,
          sampleCount: sampleCount, seed: seed)
      }
    }
    return HindcastReport(
      HindcastSummary.all(numbers.outcomes + latencies.outcomes, from: from), from: from,
      remarks: [
        "Device times are forecast for the numbers of data sheets; from year to year they shrank by another "
          + "\(NumberFormat.significant(latencies.progressPerYear, digits: 2)) of their logarithm, of which each forecast "
          + "takes what was known then (progress_per_year)."
      ])
  }
}
