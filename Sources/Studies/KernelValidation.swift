import Kernels
import Profiles
import Roofline
import Simulation
import Workloads

/// Predictions beside operators that were timed alone.
package struct KernelValidation: Sendable {
  /// What the largest share of a time is spent on.
  package enum Bound: String, CaseIterable, Sendable {
    /// Arithmetic.
    case compute
    /// Memory traffic.
    case memory
    /// What no faster chip removes, and the gap before the next kernel.
    case kernelOverhead = "kernel_overhead"
    /// What ranks send to one another.
    case communication
  }

  /// A row with what was predicted for it.
  package struct Prediction: Sendable {
    /// The row.
    package let measurement: KernelMeasurement
    /// How long the operator's kernels take, with the gaps behind them.
    package let time: Picoseconds
    /// What most of it is spent on, of equal shares the first; nil for an operator that has nothing to do.
    package let bound: Bound?
    /// What sort of operator it is.
    package let operatorClass: OperatorClass

    /// Predicted over measured, less one; nil where nothing was measured.
    package var error: Double? { measurement.time.map { time.seconds / $0 - 1 } }
  }

  /// The framework whose kernels are timed: PyTorch's, one for each operator, captured into a graph.
  package static let framework = "cuda-graph"

  /// In the order of the measurements.
  package let predictions: [Prediction]
  /// The operators that no cost rule knows, in the order of their first rows.
  package let operatorsWithoutRule: [String]

  /// Predicts every row.
  ///
  /// - Parameters:
  ///   - measurements: The rows.
  ///   - source: Where their names are found.
  ///   - kernelModel: What predicts kernel times.
  ///   - adjust: Changes a system before operators are lowered for it.
  /// - Throws: What the source or `adjust` throws.
  /// - Complexity: One system for each accelerator, one lowering and kernel time for each row.
  package init(
    _ measurements: [KernelMeasurement], from source: some ModelSource, kernelModel: KernelModel = .calibrated,
    adjust: (inout System) throws -> Void = { _ in }
  ) throws {
    let (timers, rows) = try Self.timers(for: measurements, from: source, kernelModel, adjust)
    let size = 512
    let stretches = stride(from: 0, to: rows.count, by: size).map { $0..<min($0 + size, rows.count) }
    let predicted = parallelMap(stretches) { stretch in
      stretch.map { timers[rows[$0].timer].prediction(of: rows[$0].measurement) }
    }
    predictions = predicted.flatMap(\.self)
    operatorsWithoutRule = unique(measurements.map(\.operation.name))
      .filter { OperatorRule.named($0)?.isGuess != false }
  }

  private struct Row: Sendable {
    let measurement: KernelMeasurement
    let timer: Int
  }

  private struct TimerKey: Hashable {
    let accelerator: String
    let precision: Precision
    let collective: CollectiveCall?
  }

  /// A timer for each accelerator and format, and each row with the place of its own.
  private static func timers(
    for measurements: [KernelMeasurement], from source: some ModelSource, _ kernelModel: KernelModel,
    _ adjust: (inout System) throws -> Void
  ) throws -> (timers: [LoneOperatorTimer], rows: [Row]) {
    let (host, framework) = (try source.host(SystemDefaults.referenceHost), try source.framework(Self.framework))
    var systems: [String: System] = [:]
    var places: [TimerKey: Int] = [:]
    var timers: [LoneOperatorTimer] = []
    var rows: [Row] = []
    rows.reserveCapacity(measurements.count)
    for measurement in measurements {
      let key = TimerKey(
        accelerator: measurement.accelerator, precision: measurement.precision, collective: measurement.collective)
      if let place = places[key] {
        rows.append(Row(measurement: measurement, timer: place))
        continue
      }
      guard let accelerator = try source.accelerator(key.accelerator) else { continue }
      rows.append(Row(measurement: measurement, timer: timers.count))
      places[key] = timers.count
      var system = systems[key.accelerator] ?? System(accelerator: accelerator, host: host, framework: framework)
      if let call = key.collective {
        // Who reads the rows has looked for it.
        // Where it is called from a program, the host of the accelerator's time calls it.
        let caller = call.isEager ? try source.host(SystemDefaults.host(of: accelerator)) : host
        system = System(accelerator: accelerator, host: caller, framework: framework)
        let inner = try (call.interconnect ?? accelerator.interconnect).map(source.interconnect)
        system.connection = try inner.map { DeviceConnection($0, outer: try $0.beyond.map(source.interconnect)) }
        try adjust(&system)
        timers.append(LoneOperatorTimer(system, key.precision, kernelModel, call))
        continue
      }
      if systems[key.accelerator] == nil { try adjust(&system) }
      systems[key.accelerator] = system
      timers.append(LoneOperatorTimer(system, system.accelerator ?? accelerator, key.precision, kernelModel))
    }
    return (timers, rows)
  }
}
