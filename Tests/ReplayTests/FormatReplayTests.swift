import Replay
import Roofline
import Simulation
import TestSupport
import Testing
import Traces

/// The same run in every format replays to the same times; see `tools/trace_formats.py`.
@Suite("Replays of every format")
struct FormatReplayTests {
  private func run(_ name: String) throws -> RecordedRun {
    try RecordedRun(TraceReader.read(path: packageRoot + "/Tests/Recordings/" + name))
  }

  @Test(
    "Span and busy time are those of Kineto's recording, at this speed and on a faster device",
    arguments: [
      "nsys.sqlite", "nsys_events.jsonl", "nsys_tables.jsonl", "rocprof.json", "rocpd.db", "jax.xplane.pb",
      "jax.trace.json", "perfetto.pftrace",
    ])
  func same(_ name: String) throws {
    let (reference, run) = (try run("kineto.json"), try run(name))
    // Without operators the recording begins with its first call, 10 us later.
    let late = Picoseconds(nanoseconds: run.operatorCount == 0 ? 10_000 : 0)
    #expect(run.span + late == reference.span)
    #expect(run.deviceBusy == reference.deviceBusy)
    #expect(run.launchCount == reference.launchCount)
    for speed in [1.0, 4] {
      let expected = try Recordings.replay(RecordedProgram(reference), deviceSpeed: speed)
      let result = try Recordings.replay(RecordedProgram(run), deviceSpeed: speed)
      let ratio = (result.span + late).fraction(of: expected.span)
      #expect(abs(ratio - 1) < 0.002, "\(name) at \(speed): \(result.span) / \(expected.span)")
      #expect(abs(result.deviceBusy.fraction(of: expected.deviceBusy) - 1) < 0.002)
    }
    let replayed = try Recordings.replay(RecordedProgram(run))
    #expect(abs(replayed.span.fraction(of: run.span) - 1) < 0.01)
  }

  @Test("Operators alone are a recording of the processor, and replay to its time")
  func processor() throws {
    var text = TraceText()
    text.operation("aten::linear", 0, 50)
    text.operation("aten::addmm", 5, 40)
    text.operation("aten::relu", 60, 20)
    let run = try text.run()
    let result = try Recordings.replay(RecordedProgram(run))
    #expect(run.kernelCount == 0 && run.span == Picoseconds(nanoseconds: 80_000))
    #expect(result.span == run.span && result.deviceBusy == Picoseconds(nanoseconds: 0))
  }

  @Test("Calls of Intel's runtimes are known by what they do")
  func intel() {
    #expect(RuntimeCall(name: "urEnqueueKernelLaunch") == .launch)
    #expect(RuntimeCall(name: "zeCommandListAppendLaunchKernel") == .launch)
    #expect(RuntimeCall(name: "urEnqueueUSMMemcpy") == .copy)
    #expect(RuntimeCall(name: "urQueueFinish") == .synchronizeStream)
    #expect(RuntimeCall(name: "urEventWait") == .synchronizeEvent)
    #expect(RuntimeCall(name: "return") == .other && RuntimeCall(name: "pick") == .other)
  }
}
