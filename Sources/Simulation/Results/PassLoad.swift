import Profiles
import Roofline

/// What the host and the device each need for a pass if neither waits for the other.
package struct PassLoad: Sendable, Equatable {
  /// Dispatch, launch calls and returns from synchronizations.
  package let host: Picoseconds
  /// Kernels, collectives and copies, with the gaps between them; where the host runs the kernels, those.
  package let device: Picoseconds

  /// A load.
  package init(host: Picoseconds, device: Picoseconds) {
    self.host = host
    self.device = device
  }

  /// The load of a pass.
  ///
  /// Work of several streams that overlaps counts once: the device needs no longer than the pass that it did it in.
  ///
  /// - Parameters:
  ///   - counts: How often the pass spends each cost.
  ///   - table: The costs.
  ///   - summary: What the pass takes.
  init(_ counts: ProgramCounts, _ table: CostTable, _ summary: PassSummary) {
    let load = table.load(of: counts)
    guard counts.hostKernels == 0 else {
      // One after the other on one processor.
      self.init(host: max(0, load.host - summary.deviceBusy), device: summary.deviceBusy)
      return
    }
    self.init(host: load.host, device: min(load.device, summary.latency))
  }

  /// Whether the host needs longer.
  package var isHostLonger: Bool { host > device }

  /// How many times the shorter of the two times the longer is; infinite where one is nothing.
  package var ratio: Double {
    let shorter = min(host, device)
    return shorter > 0 ? Double(max(host, device).count) / Double(shorter.count) : .infinity
  }
}

extension LatencyRegime {
  /// The regime of a pass: the side that its bound is on, see ``LatencyBound/init(account:)``, unless the two sides need
  /// about the same (``LatencyRegime/nearKneeRatio``), or the critical path has more of the side that needs less, as a
  /// synchronized pass may.
  package init(_ bound: LatencyBound, _ load: PassLoad) {
    if load.ratio <= Self.nearKneeRatio || load.isHostLonger != bound.isHostBound {
      self = .nearKnee
    } else {
      self = bound.isHostBound ? .hostBound : .deviceBound
    }
  }
}
