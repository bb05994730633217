import Profiles
import Roofline
import Simulation

/// Between what a moved recording's times lie, by how far such moves were from measurements.
package struct MoveBand: Sendable {
  /// The share of measurements that a band is made to hold.
  package static let coverage = 0.9
  /// The least share of the device's time that has to be moved as the measured passes were.
  package static let leastMeasuredFraction = 0.5

  /// Between what the span lies.
  package let span: (low: Picoseconds, high: Picoseconds)
  /// Between what the time lies in which the device is busy.
  package let deviceBusy: (low: Picoseconds, high: Picoseconds)
  /// The share of the device's time that rests on operators and shapes, as the measured moves do; 1 where no kernel was moved.
  package let measuredFraction: Double
  /// What the moves were of that it rests on, with how many pairs of systems, how many systems, and how many passes.
  package let parts: [(part: MoveErrors.Part, pairs: Int, systems: Int, passes: Int)]
}

extension MoveErrors {
  /// What a question changes of which moves were measured.
  static func parts(_ changes: TraceChanges, moves: Bool, from old: System, to new: System) -> Set<Part> {
    var parts: Set<Part> = []
    // Captured graphs were not measured beside recordings, and a device speed is a supposition.
    guard changes.framework == nil, changes.deviceSpeed == nil else { return [] }
    if moves {
      if changes.batchScale ?? 1 != 1 { parts.insert(.batches) }
      if changes.accelerator != nil && new.accelerator?.name != old.accelerator?.name { parts.insert(.accelerators) }
    }
    if new.host.singleThreadSpeed != old.host.singleThreadSpeed || new.host.speed != old.host.speed {
      parts.insert(.hosts)
    }
    return parts
  }
}

extension ReplayPlan {
  /// The band of a replay: replayed with the device's and the host's times as short, and as long, as such moves were wrong.
  ///
  /// What is hidden behind something else then does not count, and what is not does.
  ///
  /// - Parameters:
  ///   - prices: The times of the target.
  ///   - errors: How far moves were from measurements.
  ///   - parts: What is different from the recording.
  ///   - measuredFraction: The share of the device's time that rests on the rule by which the measured moves were made.
  /// - Returns: The band; nil where nothing is different of which moves were measured, or most of the device's time was moved
  ///   otherwise.
  /// - Throws: `SimulationFault`.
  package func band(
    _ prices: ReplayPrices, _ errors: MoveErrors, of parts: Set<MoveErrors.Part>, measuredFraction: Double = 1
  ) throws(SimulationFault) -> MoveBand? {
    guard !parts.isEmpty, measuredFraction >= MoveBand.leastMeasuredFraction,
      let device = errors.ninetyPercent(parts.subtracting([.hosts])),
      let host = errors.ninetyPercent(parts.intersection([.hosts]))
    else { return nil }
    func replay(isLonger: Bool) throws(SimulationFault) -> ReplayResult {
      var changed = prices
      changed.deviceSpeed *= isLonger ? 1 / device : device
      changed.hostSpeed *= isLonger ? 1 / host : host
      return try self.replay(changed)
    }
    let (low, high) = (try replay(isLonger: false), try replay(isLonger: true))
    return MoveBand(
      span: (low.span, high.span), deviceBusy: (low.deviceBusy, high.deviceBusy), measuredFraction: measuredFraction,
      parts: MoveErrors.Part.allCases.filter(parts.contains).map { part in
        let rows = errors.rows[part] ?? []
        return (part, rows.count, errors.systems(part).count, rows.reduce(0) { $0 + $1.passes })
      })
  }
}
