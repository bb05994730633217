import JSONText
import Kernels
import Profiles
import Roofline
import Simulation

/// Fits the constants of accelerators to operators that were timed alone.
///
/// The objective and the search are those of ``Calibration``: an efficiency is shared by all of an architecture family. A
/// long table is searched on some of its rows, which are taken from all over it; what is told of errors is of all rows.
package struct KernelCalibration: Sendable {
  /// What was fitted.
  package let parameters: [Calibration.Parameter]
  /// The rows as they were predicted before.
  package let before: KernelValidation
  /// And after.
  package let after: KernelValidation
  /// How many rows were searched on.
  package let searched: Int

  /// The mean of |ln(predicted / measured)| of all measured rows, before.
  package var errorBefore: Double { Self.error(before) }
  /// And after.
  package var errorAfter: Double { Self.error(after) }

  /// The numbers that are fitted where none is named, of those that a profile states and that the rows depend on.
  package static let usualNumbers = [
    "matrix", "matrix_memory", "matrix_fixed_us", "energy_pj_per_flop", "cache_bytes_per_clock", "split_us",
    "tile_setup_us", "vector", "attention_flops_per_clock", "exponentials_per_clock", "attention_block_us",
    "attention_fixed_us", "memory", "kernel_fixed_us", "reduction", "convolution", "winograd", "depthwise",
  ].map { "accelerator.efficiency." + $0 }

  /// The most rows that are searched on: of more, each evaluation takes longer and says the same.
  package static let searchedRows = 4000

  /// Fits some numbers.
  ///
  /// - Parameters:
  ///   - measurements: The rows; those without a time are predicted only.
  ///   - source: Where their names are found.
  ///   - paths: The numbers; without any, those of ``usualNumbers`` that matter to the rows.
  ///   - rounds: How often all coordinates are searched.
  /// - Throws: What the source throws for a name.
  /// - Complexity: For each round, two evaluations of the rows that are searched on for each parameter.
  package init(
    _ measurements: [KernelMeasurement], from source: some ModelSource, paths: [String], rounds: Int = 6
  ) throws {
    before = try KernelValidation(measurements, from: source)
    let measured = measurements.filter { $0.time != nil }
    // Every so many: tables are sorted by shape, and so all shapes are met.
    let stride = max(1, (measured.count + Self.searchedRows - 1) / Self.searchedRows)
    let some = measured.indices.filter { $0 % stride == 0 }.map { measured[$0] }
    searched = some.count
    var rows = try KernelCalibrationRows(some, from: source)
    var parameters = rows.parameters(paths.isEmpty ? Self.usualNumbers : paths)
    if paths.isEmpty { parameters = rows.those(of: parameters, thatMatter: 0.02) }
    rows.search(&parameters, rounds: rounds)
    let fitted = parameters
    self.parameters = fitted
    after = try KernelValidation(measurements, from: source) { KernelCalibrationRows.write(fitted, into: &$0) }
  }

  private static func error(_ validation: KernelValidation) -> Double {
    let errors = validation.predictions.compactMap { prediction in
      prediction.measurement.time.map { abs((max(prediction.time.seconds, 1e-12) / $0).logarithm) }
    }
    return errors.reduce(0, +) / Double(max(1, errors.count))
  }
}

/// The rows of such a calibration, their kernels lowered once.
private struct KernelCalibrationRows: CalibrationRows {
  /// An operator's kernels, on one of the systems.
  private struct Row: Sendable {
    let system: Int
    let precision: Precision
    let kernels: [Kernel]
    /// Seconds.
    let measured: Double
  }

  private let rows: [Row]
  private let systems: [System]
  /// Seconds of each row, as last predicted, and the values that each system had then.
  private var predicted: [Double]
  private var values: [[Double]]

  init(_ measurements: [KernelMeasurement], from source: some ModelSource) throws {
    let (host, framework) = (
      try source.host(SystemDefaults.referenceHost), try source.framework(KernelValidation.framework)
    )
    var places: [String: Int] = [:]
    var systems: [System] = []
    for name in unique(measurements.map(\.accelerator)) {
      guard let accelerator = try source.accelerator(name) else { continue }
      places[name] = systems.count
      systems.append(System(accelerator: accelerator, host: host, framework: framework))
    }
    let timers = systems.map { system in
      Dictionary(
        uniqueKeysWithValues: Precision.selectable.compactMap { precision in
          system.accelerator.map { (precision, LoneOperatorTimer(system, $0, precision, .calibrated)) }
        })
    }
    rows = measurements.compactMap { row in
      guard let place = places[row.accelerator], let time = row.time, let timer = timers[place][row.precision] else {
        return nil
      }
      return Row(
        system: place, precision: row.precision, kernels: timer.kernels(of: row.operation), measured: time)
    }
    self.systems = systems
    predicted = Array(repeating: 0, count: rows.count)
    values = Array(repeating: [.nan], count: systems.count)
  }

  /// The parameters of some paths: one for each group that the rows' systems name, where they state it.
  func parameters(_ paths: [String]) -> [Calibration.Parameter] {
    var parameters: [Calibration.Parameter] = []
    for path in paths {
      for system in systems {
        guard let number = SystemNumber(path: path), let value = number.value(in: system), value > 0 else { continue }
        let group = number.owner(in: system)
        if parameters.contains(where: { $0.path == path && $0.group == group }) { continue }
        parameters.append(Calibration.Parameter(path: path, group: group, initial: value, fitted: value))
      }
    }
    return parameters
  }

  /// The parameters that at least a share of the rows depends on: a tenth more of them is a hundredth of such a row's time.
  mutating func those(of parameters: [Calibration.Parameter], thatMatter share: Double) -> [Calibration.Parameter] {
    let base = rowErrors(parameters)
    return parameters.indices.filter { index in
      var moved = parameters
      moved[index].fitted *= 1.1
      let count = zip(base, rowErrors(moved)).count { abs($0 - $1) > 0.01 }
      return Double(count) >= share * Double(rows.count)
    }.map { parameters[$0] }
  }

  mutating func rowErrors(_ parameters: [Calibration.Parameter]) -> [Double] {
    var timers: [Int: [Precision: LoneOperatorTimer]] = [:]
    for place in systems.indices {
      var system = systems[place]
      Self.write(parameters, into: &system)
      let now = parameters.map { SystemNumber(path: $0.path)?.value(in: system) ?? 0 }
      guard now != values[place], let accelerator = system.accelerator else { continue }
      values[place] = now
      let changed = system
      timers[place] = Dictionary(
        uniqueKeysWithValues: Precision.selectable.map {
          ($0, LoneOperatorTimer(changed, accelerator, $0, .calibrated))
        })
    }
    predict(timers)
    return zip(rows, predicted).map { abs((max($1, 1e-12) / $0.measured).logarithm) }
  }

  /// Predicts the rows of the systems that have changed.
  private mutating func predict(_ timers: [Int: [Precision: LoneOperatorTimer]]) {
    if timers.isEmpty { return }
    let (rows, old, size) = (rows, predicted, 512)
    let stretches = stride(from: 0, to: rows.count, by: size).map { $0..<min($0 + size, rows.count) }
    predicted = parallelMap(stretches) { stretch in
      stretch.map { place in
        timers[rows[place].system]?[rows[place].precision]?.seconds(of: rows[place].kernels) ?? old[place]
      }
    }.flatMap(\.self)
  }

  /// Writes the parameters that a system shares into it; a value beyond its range keeps the number as it was, and the search
  /// then sees no gain.
  static func write(_ parameters: [Calibration.Parameter], into system: inout System) {
    for parameter in parameters {
      guard let number = SystemNumber(path: parameter.path), number.owner(in: system) == parameter.group,
        number.range.contains(parameter.fitted)
      else { continue }
      number.set(parameter.fitted, in: &system)
    }
  }
}
