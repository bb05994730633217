import Profiles
import Replay
import Roofline
import Simulation
import Traces

extension FuzzTarget {
  /// The reader of recordings.
  ///
  /// The first byte chooses the window, so that every border between two parts is met.
  static let trace = FuzzTarget("trace") { bytes throws(FuzzFinding) in
    let windowSize = 64 + Int(bytes.first ?? 0) * 4
    do throws(TraceFault) {
      _ = try TraceReader.read(Array(bytes.dropFirst()), file: "fuzz.json", windowSize: windowSize)
    } catch {
      try checkRefusal(error)
    }
  }

  /// A recording, replayed as it was and on other hardware.
  static let replay = FuzzTarget("replay") { bytes throws(FuzzFinding) in
    let run: RecordedRun
    do throws(TraceFault) {
      run = try RecordedRun(try TraceReader.read(bytes, file: "fuzz.json"))
    } catch {
      return try checkRefusal(error)
    }
    for (accelerator, framework) in [("nvidia-h100-sxm", nil), ("amd-mi300x", nil), ("nvidia-t4", "cuda-graph")] {
      try replay(run, on: accelerator, framework)
    }
    try compare(run)
    _ = TraceCalibration(run, like: sampleSystem.framework)
  }

  /// What connects several of an accelerator.
  private static func connection(_ accelerator: AcceleratorProfile?) -> DeviceConnection? {
    guard let name = accelerator?.interconnect, let inner = try? catalog.interconnect(named: name) else { return nil }
    return DeviceConnection(inner, outer: inner.beyond.flatMap { try? catalog.interconnect(named: $0) })
  }

  /// The recording as that of several ranks: parts sum, and none is negative.
  private static func compare(_ run: RecordedRun) throws(FuzzFinding) {
    let recording = RankRecording(run, place: 0)
    for rank in RankStudy([recording, recording, recording]).ranks {
      guard rank.transfer >= 0, rank.waiting >= 0, rank.unmatched >= 0, rank.meanDrift <= rank.largestDrift else {
        throw FuzzFinding("a rank has a part of its communication that is negative")
      }
    }
  }

  private static func replay(_ run: RecordedRun, on accelerator: String, _ framework: String?) throws(FuzzFinding) {
    let source = try? catalog.accelerator(named: "nvidia-h100-sxm")
    var changes = TraceChanges()
    changes.accelerator = try? catalog.accelerator(named: accelerator)
    changes.framework = framework.flatMap { try? catalog.framework(named: $0) }
    changes.connection = connection(changes.accelerator)
    let study: TraceStudy
    do throws(TraceStudyFault) {
      study = try TraceStudy(
        run, accelerator: source, connection: connection(source), host: sampleSystem.host,
        framework: sampleSystem.framework, changes: changes)
    } catch { return }
    for result in [study.replayed, study.target ?? study.replayed] {
      try checkAccount(
        result.timing.account, of: result.span, busy: result.deviceBusy,
        unexplained: Picoseconds(nanoseconds: study.recorded.unexplainedWait))
    }
  }
}
