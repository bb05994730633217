import Roofline
import Studies
import TestSupport
import Testing

@Suite("Fitting the speed of a host") struct HostSpeedFitTests {
  /// What would be measured with a host of a speed.
  static func anchor(host: Double, device: Double, speed: Double) -> HostSpeedFit.Anchor {
    HostSpeedFit.Anchor(hostTime: host, deviceTime: device, latency: max(host / speed, device))
  }

  @Test(arguments: [0.1, 0.5, 1, 1.37, 3]) func `recovers a speed that was planted`(speed: Double) {
    let anchors = [0.01, 0.004, 0.02, 0.013].map { Self.anchor(host: $0, device: 0.001, speed: speed) }
    let fit = HostSpeedFit(anchors)
    #expect(abs(fit.speed / speed - 1) < 1e-12 && fit.usable == 4 && fit.total == 4 && fit.spread < 1e-12)
  }

  @Test func `recovers it from anchors of which fewer than half are off`() {
    var random = SeededGenerator(seed: 7)
    for _ in 0..<50 {
      let speed = Double.random(in: 0.3...3, using: &random)
      var anchors = (0..<9).map { _ in
        Self.anchor(host: Double.random(in: 0.005...0.05, using: &random), device: 0.0001, speed: speed)
      }
      for index in 0..<4 {
        anchors[index] = .init(
          hostTime: anchors[index].hostTime, deviceTime: 0.0001,
          latency: anchors[index].latency * Double.random(in: 1.5...9, using: &random))
      }
      #expect(abs(HostSpeedFit(anchors).speed / speed - 1) < 1e-12)
    }
  }

  @Test func `ignores anchors that the device keeps waiting`() {
    let hostBound = [0.01, 0.02, 0.03].map { Self.anchor(host: $0, device: 0.001, speed: 2) }
    let deviceBound = (1...20).map { Self.anchor(host: 0.01, device: Double($0), speed: 2) }
    let fit = HostSpeedFit(deviceBound + hostBound)
    #expect(fit.speed == 2 && fit.usable == 3 && fit.total == 23)
  }

  @Test(arguments: [(0.79, 3), (0.8, 2), (0.95, 2)])
  func `counts an anchor whose device is idle for a fifth of the latency`(busy: Double, usable: Int) {
    let anchors = [0.0, 0.1, busy].map { HostSpeedFit.Anchor(hostTime: 2, deviceTime: $0, latency: 1) }
    let fit = HostSpeedFit(anchors)
    #expect(fit.usable == usable && fit.total == 3 && fit.speed == 2)
  }

  @Test func `says that the host is fast enough where every anchor is the device's`() {
    let fit = HostSpeedFit((1...4).map { .init(hostTime: 0.5, deviceTime: Double($0), latency: Double($0)) })
    #expect(fit.speed == 1 && fit.usable == 0)
    let faster = HostSpeedFit([.init(hostTime: 3, deviceTime: 1, latency: 1)])
    #expect(faster.speed == 3 && faster.usable == 0, "at least fast enough not to be seen")
  }

  @Test func `is 1 without anchors`() {
    let fit = HostSpeedFit([])
    #expect(fit.speed == 1 && fit.usable == 0 && fit.total == 0 && fit.spread == 0)
    #expect(HostSpeedFit([.init(hostTime: 0, deviceTime: 1, latency: 2)]).speed == 1, "nothing for the host to do")
  }

  @Test func `takes the middle of two for an even number`() {
    let fit = HostSpeedFit([
      .init(hostTime: 1, deviceTime: 0, latency: 1), .init(hostTime: 3, deviceTime: 0, latency: 1),
    ])
    #expect(fit.speed == 2 && fit.spread == 0.5)
  }
}
