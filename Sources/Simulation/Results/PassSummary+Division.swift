import Roofline

extension PassSummary {
  /// So many equal parts of it, one of them; what is not divided without a remainder is rounded down.
  package func divided(by count: Int) -> PassSummary {
    guard count > 1 else { return self }
    return PassSummary(
      latency: latency / count, deviceBusy: deviceBusy / count, hostBusy: hostBusy / count,
      account: account.divided(by: count, of: latency))
  }
}
