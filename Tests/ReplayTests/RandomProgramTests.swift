import Replay
import Roofline
import Simulation
import TestSupport
import Testing
import Traces

/// The simulator against the naive replay, on programs that nobody would record.
@Suite("Random recorded programs")
struct RandomProgramTests {
  @Test("Spans agree to the nanosecond, and busy times", arguments: 0..<200)
  func agreement(_ seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let program = Self.program(&random)
    for speed in [1.0, 3, 100] {
      let result = try Recordings.replay(program, deviceSpeed: speed)
      let naive = NaiveReplay(program, deviceSpeed: speed)
      #expect(abs(Double(result.span.count) / 1000 - naive.span) <= 0.5, "seed \(seed), speed \(speed)")
      #expect(abs(Double(result.deviceBusy.count) / 1000 - naive.busy) <= 0.5, "seed \(seed), speed \(speed)")
      try checkAccount(result, program, deviceSpeed: speed, "seed \(seed), speed \(speed)")
    }
  }

  /// The account, with waiting that nothing explains as a lane of its own, sums to the span; and what no lane has without it is
  /// that waiting.
  private func checkAccount(
    _ result: ReplayResult, _ program: RecordedProgram, deviceSpeed: Double, _ name: String
  ) throws {
    let plan = ReplayPlan(program)
    var prices = ReplayPrices(program, categories: program.jobs.map { _ in .memory })
    prices.deviceSpeed = deviceSpeed
    var table = plan.table(prices)
    for (index, item) in plan.items.enumerated() {
      // No job here is a copy, so that the lane of copies is free.
      if case .unexplainedWait(let time) = item { table.costs[index] = Cost(Picoseconds(nanoseconds: time), .copy) }
    }
    let marked = try Simulator().replay(plan.program, table)
    #expect(marked.latency == result.span && marked.account.wrappedSum() == marked.latency.count, "\(name)")
    #expect(result.time(in: .copy) == .zero && marked.time(in: .copy) == result.unexplainedWait, "\(name)")
    for category in CostCategory.allCases where category != .copy {
      #expect(marked.time(in: category) == result.time(in: category), "\(name)")
    }
  }

  private static func program(_ random: inout SeededGenerator) -> RecordedProgram {
    var program = RecordedProgram()
    let streams = Int.random(in: 1...3, using: &random)
    program.streams = (0..<Int32(streams)).map { $0 }
    program.occupiedUntil = (0..<streams).map { _ in
      Bool.random(using: &random) ? 0 : Int64.random(in: 1...50_000, using: &random)
    }
    program.constants.launchLatency = Int64.random(in: 0...5_000, using: &random)
    program.constants.kernelGap = Int64.random(in: 0...2_000, using: &random)
    program.constants.graphLatency = Int64.random(in: 0...9_000, using: &random)
    program.constants.graphKernelGap = Int64.random(in: 0...1_000, using: &random)
    func job(_ random: inout SeededGenerator) -> Int {
      program.jobs.append(
        RecordedJob(
          kind: .kernel, name: 0, duration: Int64.random(in: 1...30_000, using: &random), bytes: -1, operation: -1))
      return program.jobs.count - 1
    }
    if Bool.random(using: &random) {
      let first = job(&random)
      program.earlier = [.launch(jobs: first..<job(&random) + 1, stream: 0)]
    }
    let threads = Int.random(in: 1...2, using: &random)
    // Signals go from the first thread to the second, so that nobody waits for ever.
    var signals = 0
    for thread in 0..<threads {
      var steps: [HostStep] = []
      var events = 0
      for _ in 0..<Int.random(in: 5...60, using: &random) {
        let stream = Int.random(in: 0..<streams, using: &random)
        let time = Int64.random(in: 1...20_000, using: &random)
        switch Int.random(in: 0..<13, using: &random) {
        case 12:
          let kind = [JobDelay.always, .afterWaiting, .gap].randomElement(using: &random) ?? .always
          steps.append(.delay(time, stream: stream, kind))
        case 0...4:
          steps.append(.call(HostCall(duration: time / 4 + 1, name: 0, kind: .launch)))
          let one = job(&random)
          steps.append(.launch(jobs: one..<one + 1, stream: stream))
        case 5:
          steps.append(.call(HostCall(duration: time, name: 0, kind: .graphLaunch)))
          let first = job(&random)
          for _ in 0..<Int.random(in: 0...4, using: &random) { _ = job(&random) }
          steps.append(.launchGraph(jobs: Array(first..<program.jobs.count), stream: stream))
        case 6: steps.append(.synchronizeStream(stream))
        case 7 where threads == 1: steps.append(.synchronize)
        case 8:
          events += 1
          steps.append(.recordEvent(thread * 1000 + events, stream: stream))
        case 9 where events > 0:
          steps.append(
            .waitForEvent(thread * 1000 + Int.random(in: 1...events, using: &random), stream: stream))
        case 10 where events > 0:
          steps.append(.synchronizeEvent(thread * 1000 + Int.random(in: 1...events, using: &random)))
        case 11 where thread == 0 && threads == 2:
          signals += 1
          steps.append(.signal(signals))
        case 11 where thread == 1 && signals > 0:
          steps.append(.awaitSignal(Int.random(in: 1...signals, using: &random)))
        default: steps.append(.work(HostWork(duration: time, name: -1, operatorCount: 1)))
        }
      }
      program.threads.append(steps)
    }
    return program
  }
}
