import Profiles
import Replay
import Roofline
import Simulation
import Traces

extension FuzzTarget {
  /// A recording in any format, and the questions about it as it was: what is shared out sums to the whole.
  ///
  /// What is an execution trace, or a graph of Chakra, becomes a workload.
  package static let formats = FuzzTarget("formats") { bytes throws(FuzzFinding) in
    if ExecutionTrace.recognizes(bytes.prefix(4096)) {
      do throws(TraceFault) {
        _ = RecordedWorkload(try RecordedRun(try ExecutionTrace.read(bytes, file: "fuzz.json")))
      } catch {
        return try checkRefusal(error)
      }
    }
    if ChakraGraph.recognizes(bytes.prefix(4096)) {
      do throws(TraceFault) {
        _ = RecordedWorkload(try RecordedRun(try ChakraGraph.read(bytes, file: "fuzz.et")))
      } catch {
        return try checkRefusal(error)
      }
    }
    let run: RecordedRun
    do throws(TraceFault) {
      run = try RecordedRun(try TraceReader.read(bytes, file: "fuzz.json"))
    } catch {
      return try checkRefusal(error)
    }
    try answer(run)
  }

  /// A recording in any format, replayed as it was; of one in sixteen, the questions about it.
  package static let recordings = FuzzTarget("recordings") { bytes throws(FuzzFinding) in
    if bytes.reduce(0, &+) % 16 == 0 { try formats.run(bytes) }
    let run: RecordedRun
    do throws(TraceFault) {
      run = try RecordedRun(try TraceReader.read(bytes, file: "fuzz.json", windowSize: 1 << 14))
    } catch {
      return try checkRefusal(error)
    }
    let recorded = RecordedProgram(run)
    let pricing = JobPricing(recorded, run.trace, source: nil, framework: sampleSystem.framework)
    guard let result = try? ReplayPlan(recorded).replay(ReplayPrices(recorded, jobs: pricing.recordedCosts)) else {
      return
    }
    try checkAccount(
      result.timing.account, of: result.span, busy: result.deviceBusy,
      unexplained: Picoseconds(nanoseconds: recorded.unexplainedWait))
  }

  private static func answer(_ run: RecordedRun) throws(FuzzFinding) {
    let answers = TraceAnswers(
      run, Set(TraceQuestion.allCases), against: run, accelerator: sampleSystem.accelerator,
      framework: sampleSystem.framework)
    let zero = Picoseconds.zero
    let operators = answers.operators?.rows ?? []
    guard operators.reduce(zero, { $0 + $1.device }) == run.deviceBusy else {
      throw FuzzFinding("device time by operator is not the busy time")
    }
    guard answers.kernels?.rows.reduce(zero, { $0 + $1.device }) == run.deviceBusy else {
      throw FuzzFinding("device time by kernel is not the busy time")
    }
    guard operators.allSatisfy({ $0.host >= $0.exposedHost && $0.exposedHost >= zero && $0.device >= zero }) else {
      throw FuzzFinding("an operator has a time that is negative")
    }
    guard answers.layers?.rows.reduce(zero, { $0 + $1.ownDevice }) == run.deviceBusy else {
      throw FuzzFinding("device time by module is not the busy time")
    }
    guard answers.idle?.total == run.span - run.deviceBusy else {
      throw FuzzFinding("idle time by cause is not the span without the busy time")
    }
    guard answers.comparison?.rows.allSatisfy({ $0.difference == zero }) == true else {
      throw FuzzFinding("a recording beside itself became slower")
    }
  }
}
