/// The speed of one testbed's host, fitted to anchors.
///
/// In the steady state a pass takes the longer of its host time, divided by the speed, and its device time. An anchor
/// whose device time is near its latency says nothing about the host, so only anchors that the device leaves idle count;
/// the speed is the weighted median of their ratios, which half of the anchors may miss without moving it far.
public struct HostSpeedFit: Sendable, Equatable {
  /// One anchor.
  public struct Anchor: Sendable {
    /// Host time of a pass at speed 1, seconds.
    public let hostTime: Double
    /// Device time of a pass, gaps included, seconds.
    public let deviceTime: Double
    /// Measured latency, seconds.
    public let latency: Double

    /// An anchor.
    public init(hostTime: Double, deviceTime: Double, latency: Double) {
      self.hostTime = hostTime
      self.deviceTime = deviceTime
      self.latency = latency
    }
  }

  /// The speed relative to the reference host.
  public let speed: Double
  /// How many anchors could say something.
  public let usable: Int
  /// How many there were.
  public let total: Int
  /// Half the width of the middle half of the anchors' ratios, relative to the speed: how well they agree.
  public let spread: Double

  /// The share of the latency that the device may be busy for the anchor to count.
  static let idleShare = 0.8

  /// The slowest host that is believed: a row that needs a slower one is late for another reason.
  static let slowestSpeed = 0.05

  /// Fits the speed; 1 where no anchor says anything.
  public init(_ anchors: [Anchor]) {
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
    let middle = ratios.count / 2
    let median = ratios.count % 2 == 1 ? ratios[middle] : (ratios[middle - 1] + ratios[middle]) / 2
    speed = median
    spread = (ratios[ratios.count * 3 / 4] - ratios[ratios.count / 4]) / 2 / median
  }
}
