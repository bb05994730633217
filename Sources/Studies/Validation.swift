import Kernels
import Profiles
import Roofline
import Simulation
import Workloads

/// Where a validation finds what its rows name.
package protocol ModelSource {
  /// What a name that denotes nothing throws.
  associatedtype Fault: Error

  /// A workload by name.
  func workload(_ name: String) throws(Fault) -> Workload
  /// An accelerator by name; nil for `none`.
  func accelerator(_ name: String) throws(Fault) -> AcceleratorProfile?
  /// A host by name.
  func host(_ name: String) throws(Fault) -> HostProfile
  /// A framework by name.
  func framework(_ name: String) throws(Fault) -> FrameworkProfile
  /// An interconnect by name.
  func interconnect(_ name: String) throws(Fault) -> InterconnectProfile
}

/// Predictions beside measurements.
package struct Validation: Sendable {
  /// A row with what was predicted for it.
  package struct Prediction: Sendable {
    /// The row.
    package let measurement: Measurement
    private let pass: SimulatedPass

    /// What a pass takes, predicted.
    package var summary: PassSummary { pass.summary }

    /// What host and device each need for it.
    package var load: PassLoad { pass.load }

    fileprivate init(_ measurement: Measurement, _ pass: SimulatedPass) {
      self.measurement = measurement
      self.pass = pass
    }

    /// Seconds per pass.
    package var latency: Double { summary.latency.seconds }

    /// Seconds in which the device works.
    package var deviceBusy: Double { summary.deviceBusy.seconds }

    /// What the latency waits for.
    package var bound: LatencyBound { summary.bound }

    /// Whether the host, not the device, sets the predicted latency.
    package var isHostBound: Bool { bound.isHostBound }

    /// Which of host and device sets the predicted latency, or neither clearly.
    package var regime: LatencyRegime { LatencyRegime(bound, load) }

    /// The tax as a fraction of the latency.
    package var taxFraction: Double { summary.frameworkTaxFraction }

    /// Predicted over measured, less one; nil where nothing was measured.
    package var error: Double? { measurement.latency.map { latency / $0 - 1 } }
  }

  /// In the order of the measurements.
  package let predictions: [Prediction]
  /// The speeds that were fitted, testbed by testbed in the order of their first row.
  package let speeds: [(testbed: String, fit: HostSpeedFit)]

  /// Predicts every row.
  ///
  /// - Parameters:
  ///   - measurements: The rows.
  ///   - source: Where their names are found.
  ///   - fitsHost: Whether one host speed is fitted for each testbed, to its anchors, or to all its measured rows where
  ///     none is marked; none where all are marked as tests. Otherwise the host's profile says it.
  ///   - kernelModel: What predicts kernel times.
  ///   - adjust: Changes a system before it is simulated.
  /// - Throws: What the source throws, a bind fault, or a `SimulationFault`.
  package init(
    _ measurements: [Measurement], from source: some ModelSource, fitsHost: Bool,
    kernelModel: KernelModel = .calibrated, adjust: (inout System) throws -> Void = { _ in }
  ) throws {
    let prepared = try prepare(measurements, from: source, kernelModel: kernelModel, adjust: adjust)
    var speeds: [(testbed: String, fit: HostSpeedFit)] = []
    if fitsHost {
      let rows = Dictionary(grouping: prepared) { $0.measurement.testbed }
      var seen: Set<String> = []
      for measurement in measurements where seen.insert(measurement.testbed).inserted {
        guard let anchors = Self.anchors(rows[measurement.testbed] ?? []) else { continue }
        speeds.append((measurement.testbed, HostSpeedFit(anchors)))
      }
    }
    let speedOf = Dictionary(speeds.map { ($0.testbed, $0.fit.speed) }) { first, _ in first }
    predictions = try Self.predictions(prepared, speedOf)
    self.speeds = speeds
  }

  /// Predicts rows; those that differ in nothing but what was measured, once.
  private static func predictions(
    _ rows: [PreparedRow], _ speedOf: [String: Double]
  ) throws(SimulationFault) -> [Prediction] {
    struct Key: Hashable {
      let place: Int
      let speed: Double?
    }
    var places: [Key: Int] = [:]
    var different: [(row: PreparedRow, speed: Double?)] = []
    let found = rows.map { row in
      let speed = speedOf[row.measurement.testbed]
      let key = Key(place: row.place, speed: speed)
      if let known = places[key] { return known }
      places[key] = different.count
      different.append((row, speed))
      return different.count - 1
    }
    let simulated = try parallelMap(different) { row, speed throws(SimulationFault) in
      var scenario = row.scenario
      if let speed { scenario.system.host.singleThreadSpeed = speed }
      let result = try scenario.simulate(row.plan, scenario.price(row.plan))
      return SimulatedPass(summary: result.summary, load: result.load)
    }
    return zip(rows, found).map { Prediction($0.measurement, simulated[$1]) }
  }

  /// What a testbed's host speed is fitted to; nil where all its measured rows are marked as tests, of which the host's
  /// profile says it.
  private static func anchors(_ rows: [PreparedRow]) -> [HostSpeedFit.Anchor]? {
    let measured = rows.filter { $0.measurement.latency != nil }
    let marked = measured.filter { $0.measurement.role == .anchor }
    if !measured.isEmpty, measured.allSatisfy({ $0.measurement.role == .test }) { return nil }
    return (marked.isEmpty ? measured : marked).compactMap { row in
      guard let latency = row.measurement.latency else { return nil }
      let sums = row.scenario.price(row.plan).load(of: row.plan.counts)
      let speed = row.scenario.system.host.singleThreadSpeed
      return HostSpeedFit.Anchor(
        hostTime: sums.host.seconds * speed, deviceTime: sums.device.seconds, latency: latency)
    }
  }
}

/// What a pass was predicted to take, in a place of its own: a file has the same pass many times.
private final class SimulatedPass: Sendable {
  let summary: PassSummary
  let load: PassLoad

  init(summary: PassSummary, load: PassLoad) { (self.summary, self.load) = (summary, load) }
}
