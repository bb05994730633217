import Roofline

/// What a step of a served decoder takes, picoseconds; fractions of one are kept until a step is added up.
struct StepPrice: Sendable {
  /// From its beginning on an idle device to its tokens.
  var latency = 0.0
  /// From one such step to the next, where the host works ahead.
  var pace = 0.0
  /// In which the device works.
  var deviceBusy = 0.0
  /// Of the thread that runs the loop.
  var hostBusy = 0.0

  /// What lies between two, a share of the way from the first to the second.
  static func between(_ low: StepPrice, _ high: StepPrice, _ share: Double) -> StepPrice {
    func mix(_ path: KeyPath<StepPrice, Double>) -> Double {
      low[keyPath: path] + (high[keyPath: path] - low[keyPath: path]) * share
    }
    return StepPrice(
      latency: mix(\.latency), pace: mix(\.pace), deviceBusy: mix(\.deviceBusy), hostBusy: mix(\.hostBusy))
  }

  /// Adds work of the device that nothing of the host hides.
  mutating func addDevice(_ time: Double) {
    latency += time
    deviceBusy += time
    pace = max(pace + time, deviceBusy)
  }

  /// Adds work of the host before the device's.
  mutating func addHost(_ time: Double) {
    latency += time
    hostBusy += time
    pace = max(pace, hostBusy)
  }
}
