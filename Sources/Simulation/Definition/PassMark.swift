import Roofline

/// The end of a pass on the host, until the device has done the pass's work as well.
struct PassEnd: Sendable {
  /// The host's clock when it had issued the whole pass.
  var hostClock: Picoseconds
  /// The account of that clock.
  var hostAccount: Account
  /// How many jobs of each stream belong to this pass or one before it.
  var targets: [Int]
}

/// The moment when a pass was complete, on the host and on the device.
package struct PassMark: Sendable, Equatable {
  /// When.
  package var time: Picoseconds
  /// What the critical path to that moment was spent on, from the beginning of the run.
  package var account: Account
  /// Device busy time from the beginning of the run.
  package var deviceBusy: Picoseconds
  /// When the host had issued the pass.
  package var hostClock: Picoseconds

  /// The beginning of a run, with everything idle.
  static let start = PassMark(time: 0, account: .zero, deviceBusy: 0, hostClock: 0)
}
