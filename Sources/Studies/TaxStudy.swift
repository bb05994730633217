import JSONText
import Profiles
import Simulation

/// The framework tax from the past into years to come: workloads in several ways of launching, projected from one line of
/// accelerators, with measured passes beside them.
package struct TaxStudy: Sendable {
  /// A workload in one way of launching.
  package struct Series: Sendable {
    /// The workload's name.
    package let workload: String
    /// How it is launched: `eager` or `graph`.
    package let mode: String
    /// Its past and future, one item at a time.
    package let alone: Projection
    /// The same of a batch.
    package let batched: Projection
    /// Passes that were measured.
    package let measured: [MeasuredTax]

    /// A series.
    package init(workload: String, mode: String, alone: Projection, batched: Projection, measured: [MeasuredTax]) {
      self.workload = workload
      self.mode = mode
      self.alone = alone
      self.batched = batched
      self.measured = measured
    }

    /// When half of a pass is tax.
    package var halfTaxed: YearQuestion.Answer { alone.answer(YearQuestion(.taxFraction, passes: 0.5)) }

    /// When the host sets the latency of a batch.
    package var hostBound: YearQuestion.Answer { batched.answer(YearQuestion(.hostOverDevice, passes: 1)) }
  }

  /// A pass that was measured.
  package struct MeasuredTax: Sendable {
    /// What was measured.
    package let measurement: Measurement
    /// When its accelerator came, in years.
    package let year: Double
    /// Seconds in which the device worked.
    package let deviceBusy: Double
    /// Whether this was measured as well, by a profiler; otherwise it is simulated.
    package let isBusyMeasured: Bool

    /// The tax as a fraction of the measured latency; nil where no latency was measured.
    package var taxFraction: Double? { measurement.latency.map { $0 > 0 ? max(0, 1 - deviceBusy / $0) : 0 } }
  }

  /// A point of a series: a part of the past, or a year.
  package struct Point: Sendable {
    /// When, in years.
    package let time: Double
    /// The part's name; nil for a projected year.
    package let part: String?
    /// The tax as a fraction of the latency, one item at a time.
    package let tax: Projection.Band
    /// Seconds per pass.
    package let latency: Projection.Band
    /// The host's time over the device's, of a batch.
    package let batchedHostOverDevice: Projection.Band
  }

  /// In order: workload by workload, each in every mode.
  package let series: [Series]
  /// How large the batch is whose host is asked about.
  package let batch: Int64
  /// The year in which a host is asked for.
  package let hostYear: Int

  /// A study.
  package init(_ series: [Series], batch: Int64, hostYear: Int) {
    self.series = series
    self.batch = batch
    self.hostYear = hostYear
  }
}

extension TaxStudy.Series {
  /// The past and the years to come, in order.
  package var points: [TaxStudy.Point] {
    let past = zip(alone.parts, batched.parts).filter { $0.0.isFitted }.map { one, many in
      TaxStudy.Point(
        time: one.year, part: one.accelerator.name, tax: one.taxFraction, latency: one.latency,
        batchedHostOverDevice: many.hostOverDevice)
    }
    return past
      + zip(alone.years, batched.years).map { one, many in
        TaxStudy.Point(
          time: Double(one.year) + 0.5, part: nil, tax: one.taxFraction, latency: one.latency,
          batchedHostOverDevice: many.hostOverDevice)
      }
  }

  /// The speed of one thread that a host needs in a year not to be waited for, and that of the trend.
  package func host(in year: Int) -> (needed: Projection.Band, trend: Double)? {
    alone.years.first { $0.year == year }.map { ($0.neededHostSpeed, $0.system.host.singleThreadSpeed) }
  }
}

extension TaxStudy {
  /// Measured passes of a workload, one item at a time.
  ///
  /// A row counts that is of the workload or of its form with fused attention (`-sdpa` behind its name or not), in half
  /// precision, on one of a mode's frameworks. Where no profiler told how long the device works, that is simulated.
  ///
  /// - Parameters:
  ///   - rows: Measured rows, each with the seconds in which the device was measured to work, if it was.
  ///   - workload: The workload's name.
  ///   - frameworks: The names of a mode's frameworks.
  ///   - source: Where names are found.
  /// - Returns: The passes, in the order of the rows.
  /// - Throws: What the source throws, a bind fault, or a `SimulationFault`.
  package static func measured(
    _ rows: [(measurement: Measurement, deviceBusy: Double?)], of workload: String, in frameworks: [String],
    from source: some ModelSource
  ) throws -> [MeasuredTax] {
    func family(_ name: String) -> Substring { name.hasSuffix("-sdpa") ? name.dropLast(5) : name[...] }
    let own = rows.filter { row, _ in
      row.latency != nil && row.parameters["batch"] ?? 1 == 1 && row.precision != .fp32
        && frameworks.contains(row.framework) && family(row.workload) == family(workload)
    }
    let predictions = try Validation(own.map(\.measurement), from: source, fitsHost: false).predictions
    return try zip(own, predictions).compactMap { row, prediction in
      guard let accelerator = try source.accelerator(row.measurement.accelerator),
        let year = decimalYear(accelerator.released)
      else { return nil }
      return MeasuredTax(
        measurement: row.measurement, year: year, deviceBusy: row.deviceBusy ?? prediction.deviceBusy,
        isBusyMeasured: row.deviceBusy != nil)
    }
  }

  /// The rows of a table of measurements, each with the seconds of its column `device_busy_ms`, if it has any.
  ///
  /// - Throws: `CSVFault` for a table that is wrong.
  package static func rows(
    _ table: CSVText
  ) throws(CSVFault) -> [(measurement: Measurement, deviceBusy: Double?)] {
    let busy = table.column("device_busy_ms")
    return try Measurement.read(table).map { row in
      let seconds = busy.flatMap { decimalNumber(table.rows[row.row][$0].text) }.map { $0 / 1e3 }
      return (row, seconds.flatMap { $0 >= 0 ? $0 : nil })
    }
  }
}
