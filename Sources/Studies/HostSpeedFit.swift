/// The speed of one testbed's host, fitted to anchors.
///
/// In the steady state a pass takes the longer of its host time, divided by the speed, and its device time. Each anchor
/// that the device leaves idle proposes the speed that would explain it exactly; one whose device time is near its latency
/// says next to nothing about the host, and counts for none. Of the proposals that one is taken which explains all anchors best, in
/// the sum of |ln(predicted / measured)|: where the host sets every latency that is the median of the proposals, which
/// half of them may miss without moving it far. Anchors that the device sets take no side, until a proposal would make
/// the host slower than they show it to be: so a device that is predicted too fast is not taken for a slow host.
package struct HostSpeedFit: Sendable, Equatable {
  /// One anchor.
  package struct Anchor: Sendable {
    /// Host time of a pass at speed 1, seconds.
    package let hostTime: Double
    /// Device time of a pass, gaps included, seconds.
    package let deviceTime: Double
    /// Measured latency, seconds.
    package let latency: Double

    /// An anchor.
    package init(hostTime: Double, deviceTime: Double, latency: Double) {
      self.hostTime = hostTime
      self.deviceTime = deviceTime
      self.latency = latency
    }
  }

  /// The speed relative to the reference host.
  package let speed: Double
  /// How many anchors could say something.
  package let usable: Int
  /// How many there were.
  package let total: Int
  /// Half the width of the middle half of the anchors' ratios, relative to the speed: how well they agree.
  package let spread: Double

  /// How well the speed is known, relatively: the standard error of the usable anchors' median, from their spread.
  ///
  /// Nil where no anchor says anything.
  package var uncertainty: Double? {
    // A normal distribution's quartiles lie 0.674 standard deviations out; its median has 1.253 times the mean's error.
    usable > 0 ? 1.253 * (spread / 0.674) / Double(usable).squareRoot() : nil
  }

  /// The share of the latency that the device may be busy for the anchor to count.
  static let idleShare = 0.8

  /// The slowest host that is believed: a row that needs a slower one is late for another reason.
  static let slowestSpeed = 0.05

  /// Fits the speed; 1 where no anchor says anything.
  package init(_ anchors: [Anchor]) {
    total = anchors.count
    func believed(_ anchors: [Anchor]) -> [Double] {
      anchors.map { $0.hostTime / $0.latency }.filter { $0 >= Self.slowestSpeed }.sorted()
    }
    var ratios = believed(anchors.filter { $0.deviceTime < Self.idleShare * $0.latency })
    usable = ratios.count
    if ratios.isEmpty {
      // Every anchor is bound by the device as predicted; the host is at least fast enough not to be seen.
      ratios = anchors.map { max(1, $0.hostTime / $0.latency) }.sorted()
    }
    guard !ratios.isEmpty else {
      speed = 1
      spread = 0
      return
    }
    // Those that the device nearly sets may propose as well, so that a slow device among the others is outvoted.
    let near = anchors.filter { $0.deviceTime >= Self.idleShare * $0.latency && $0.deviceTime < $0.latency }
    let proposals = Self.thinned(usable > 0 ? (ratios + believed(near)).sorted() : ratios)
    let misses = proposals.map { Self.miss(of: anchors, atSpeed: $0) }
    let least = (misses.min() ?? 0) * (1 + 1e-12)
    let best = zip(proposals, misses).filter { $0.1 <= least }.map(\.0)
    speed = (best[0] + best[best.count - 1]) / 2
    spread = (ratios[ratios.count * 3 / 4] - ratios[ratios.count / 4]) / 2 / speed
  }

  /// The most proposals that are tried, each on all anchors.
  private static let mostProposals = 1024

  /// Of many sorted proposals as many as are tried, at even distances, the least and the largest among them.
  private static func thinned(_ proposals: [Double]) -> [Double] {
    guard proposals.count > mostProposals else { return proposals }
    return (0..<mostProposals).map { proposals[$0 * (proposals.count - 1) / (mostProposals - 1)] }
  }

  /// The sum of |ln(predicted / measured)| over the anchors.
  private static func miss(of anchors: [Anchor], atSpeed speed: Double) -> Double {
    anchors.reduce(0) { sum, anchor in
      sum + abs((max(anchor.hostTime / speed, anchor.deviceTime, 1e-12) / anchor.latency).logarithm)
    }
  }
}
