import EventEngine

/// Looks for the state of a system to come back, behind the rounds of a loop or behind passes.
///
/// Snapshots are taken behind rounds 1, 2, 4, 8 and so on, as in Brent's search for a cycle, so that any period is found
/// and copying costs little beside running.
struct StateWatch: Sendable {
  /// Rounds that are over.
  private(set) var rounds = 0
  private(set) var snapshot: SystemSnapshot?
  private var snapshotRound = 0
  private var nextSnapshotRound = 1

  /// Behind a round: whether the state is that of the snapshot.
  ///
  /// - Parameters:
  ///   - model: The system.
  ///   - calendar: Its pending events.
  ///   - budget: How many numbers may still be copied and compared; those that were are taken off.
  /// - Returns: How many rounds ago the snapshot was taken, if the state has come back.
  mutating func endRound(
    _ model: inout SystemModel, _ calendar: SystemModel.Calendar, budget: inout Int
  ) -> Int? {
    rounds += 1
    guard budget > 0 else { return nil }
    if let snapshot {
      let (isSame, compared) = snapshot.isSame(as: model, calendar)
      budget -= compared
      if isSame { return rounds - snapshotRound }
    }
    if rounds >= nextSnapshotRound {
      let snapshot = SystemSnapshot(&model, calendar)
      budget -= snapshot.size
      self.snapshot = snapshot
      snapshotRound = rounds
      nextSnapshotRound = 2 * rounds
    }
    return nil
  }
}
