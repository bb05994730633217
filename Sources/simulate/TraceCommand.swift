import CommandSyntax
import Replay
import Simulation
import Traces

enum TraceCommand {
  static let definition = CommandDefinition(
    "trace", summary: "Replay a recording of torch.profiler, here or on other hardware",
    positionals: [PositionalDefinition("file", help: "The recording, plain or gzipped; - is standard input", isRequired: true)],
    options: [
      OptionDefinition("step", value: "N", help: "Only ProfilerStep#N"),
      OptionDefinition("device-speed", value: "X", help: "Only ProfilerStep#N"),
    ])

  static func run(_ command: ParsedCommand, _ library: Library) throws(Failure) {
    let path = command.positional("file") ?? ""
    let step = command.value(of: "step").flatMap { Int64($0) }
    let trace = try checkingInput { () throws(TraceFault) in try TraceReader.read(path: path, step: step) }
    let run = try checkingInput { () throws(TraceFault) in try RecordedRun(trace, step: step) }
    let recorded = RecordedProgram(run)
    let plan = ReplayPlan(recorded)
    var prices = ReplayPrices(recorded, categories: recorded.jobs.map { _ in .memory })
    prices.deviceSpeed = command.value(of: "device-speed").flatMap { Double($0) } ?? 1
    let result = try checkingInput { () throws(SimulationFault) in try plan.replay(prices) }
    if let debug = Platform.environment("DEBUGT") {
      let r = try checkingInput { () throws(SimulationFault) in try plan.replay(prices, timelineNames: trace.names) }
      var out = ""
      for span in r.timing.timeline!.spans where span.lane == .host {
        out += "\(recorded.threadNumbers[span.thread]) \(Double(span.start) / 1e6) \(Double(span.end) / 1e6) \(span.label < 0 ? "-" : trace.names[span.label])\n"
      }
      try Platform.writeFile(debug, out)
      for (i, t) in recorded.threads.enumerated() { print(recorded.threadNumbers[i], t.filter { if case .awaitSignal = $0 { return true } else { return false } }.count) }
    }
    Platform.print("""
      events \(trace.eventCount) ops \(run.operatorCount) launches \(run.launchCount) kernels \(run.kernelCount) threads \(recorded.threads.count)
      \(recorded.constants) occupied \(recorded.occupiedUntil) earlier \(recorded.earlierJobs.map(\.jobs.count))
      recorded span \(Double(run.span) / 1e3) busy \(Double(run.deviceBusy) / 1e3)
      replayed span \(Double(result.span) / 1e6) busy \(Double(result.deviceBusy) / 1e6) \(100 * (Double(result.span) / 1e3 / Double(run.span) - 1))%
      \(CostCategory.allCases.map { "\($0.key) \(result.time(in: $0) / 1_000_000)" })

      """)
  }
}
