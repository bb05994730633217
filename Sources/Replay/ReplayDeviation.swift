import Roofline
import Simulation
import Traces

/// How far a replay without any change is from its recording.
extension TraceStudy {
  /// The largest relative difference of spans at which a replay counts as the recording: 1 %.
  static let spanTolerance = 0.01
  /// The same of the device's busy time: 0.5 %.
  static let busyTolerance = 0.005
  /// The share of the span up to which waits that nothing explains leave what bounds the run: 10 %.
  static let unexplainedTolerance = 0.1

  /// How much longer the replay takes than the recording, relative.
  public var spanDeviation: Double { Self.deviation(replayed.span, run.span) }

  /// How much longer the device is busy in the replay, relative.
  public var busyDeviation: Double { Self.deviation(replayed.deviceBusy, run.deviceBusy) }

  /// Whether the replay is not the recording: what waits for what was not found out, and advice would rest on nothing.
  public var replayMisses: Bool {
    abs(spanDeviation) > Self.spanTolerance || abs(busyDeviation) > Self.busyTolerance
  }

  /// How long jobs began later than anything that was recorded tells, in all, over the span; streams that wait at once count
  /// each.
  public var unexplainedShare: Double {
    run.span == 0 ? 0 : Picoseconds(nanoseconds: recorded.unexplainedWait).fraction(of: run.span)
  }

  /// Whether what bounds the run, and what would help, can be told: the replay is the recording, the recording has what
  /// was launched, and little of it is waiting for nobody knows what, which a replay repeats as it was.
  public var isTelling: Bool {
    !replayMisses && !run.isUnderRecorded && unexplainedShare <= Self.unexplainedTolerance
  }

  private static func deviation(_ replayed: Picoseconds, _ recorded: Picoseconds) -> Double {
    if recorded == 0 { return replayed == 0 ? 0 : .infinity }
    return replayed.fraction(of: recorded) - 1
  }
}

extension RecordedRun {
  /// Whether so many launches lack their kernels that the device was busier than it seems.
  ///
  /// A few are missing at the end of any recording. One graph stands for hundreds of kernels, so a tenth of them matters.
  public var isUnderRecorded: Bool {
    emptyGraphLaunchCount * 10 > graphLaunchCount || emptyLaunchCount * 5 > launchCount
  }
}
