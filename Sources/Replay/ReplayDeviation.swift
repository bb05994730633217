import Roofline
import Simulation
import Traces

/// How far a replay without any change is from its recording.
extension TraceStudy {
  /// The largest relative difference of spans at which a replay counts as the recording: 1 %.
  static let spanTolerance = 0.01
  /// The same of the device's busy time: 0.5 %.
  static let busyTolerance = 0.005

  /// How much longer the replay takes than the recording, relative.
  public var spanDeviation: Double { Self.deviation(replayed.span, run.span) }

  /// How much longer the device is busy in the replay, relative.
  public var busyDeviation: Double { Self.deviation(replayed.deviceBusy, run.deviceBusy) }

  /// Whether the replay is not the recording: what waits for what was not found out, and advice would rest on nothing.
  public var replayMisses: Bool {
    abs(spanDeviation) > Self.spanTolerance || abs(busyDeviation) > Self.busyTolerance
  }

  /// Whether what bounds the run, and what would help, can be told: the replay is the recording, and the recording has what
  /// was launched.
  public var isTelling: Bool { !replayMisses && !run.isUnderRecorded }

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
