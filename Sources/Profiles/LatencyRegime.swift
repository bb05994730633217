/// What sets a latency, as far as the model's own errors depend on it.
package enum LatencyRegime: String, Sendable, CaseIterable {
  /// The host, by more than the knee's surroundings.
  case hostBound = "host-bound"
  /// The device, by more than the knee's surroundings.
  case deviceBound = "device-bound"
  /// Host and device need about the same: a small change of either decides.
  case nearKnee = "near-knee"

  /// How many times the time of one side may be that of the other near the knee.
  ///
  /// A definition, and no constant of the model: wide enough for the model's usual error to move a pass from one side to
  /// the other, and narrow enough that beyond it hardly any error does.
  package static let nearKneeRatio = 1.25
}
