import Profiles
import Roofline
import Simulation
import Testing
import Traces

@testable import Replay

/// A recording on another host: each sort of its work gets faster as that host is at it.
@Suite struct HostMoveTests {
  private static let program: RecordedProgram = {
    var program = RecordedProgram()
    program.threads = [
      [
        .work(HostWork(duration: 6000, name: -1, operatorCount: 0)),
        .work(HostWork(duration: 6000, name: 0, operatorCount: 1)),
        .call(HostCall(duration: 6000, name: 0, kind: .launch)),
        .call(HostCall(duration: 6000, name: 0, kind: .synchronizeDevice)),
      ]
    ]
    return program
  }()

  private static func times(_ recorded: HostProfile, _ other: HostProfile) throws -> [Int64] {
    var changes = TraceChanges()
    changes.hosts = (recorded, other)
    let system = System(accelerator: nil, host: HostProfile(), framework: FrameworkProfile())
    let target = try system.applying(changes, source: nil)
    var prices = ReplayPrices(program, jobs: [])
    prices.apply(changes, from: system, to: target, program, nil, Trace())
    return ReplayPlan(program).table(prices).costs.map(\.duration.count)
  }

  @Test("Python between operators, compiled code inside of them, the driver's calls")
  func components() throws {
    var other = HostProfile()
    other.singleThreadSpeed = 2
    other.speed.native = 1.5
    other.speed.ownDriver = 0.5
    #expect(try Self.times(HostProfile(), other) == [3_000_000, 2_000_000, 6_000_000, 6_000_000])
    // From there back, the other way round.
    #expect(try Self.times(other, HostProfile()) == [12_000_000, 18_000_000, 6_000_000, 6_000_000])
    #expect(try Self.times(other, other) == [6_000_000, 6_000_000, 6_000_000, 6_000_000])
  }

  @Test("What a number's improvement would do is the replay of all costs with it")
  func changes() throws {
    var program = Self.program
    program.jobs = [
      RecordedJob(kind: .kernel, name: 0, duration: 50_000), RecordedJob(kind: .copy, name: 0, duration: 9000),
    ]
    program.streams = [0]
    program.threads[0].insert(.launch(jobs: 0..<2, stream: 0), at: 3)
    program.threads[0].insert(.delay(700, stream: 0, .gap), at: 3)
    program.threads[0].append(.synchronize)
    program.constants.kernelGap = 400
    program.constants.launchLatency = 2000
    for categories in [[CostCategory.compute, .copy], [.memory, .copy], [.memory, .compute]] {
      let plan = ReplayPlan(program)
      let prices = ReplayPrices(program, categories: categories)
      let changes = try plan.changes(prices, plan.table(prices))
      #expect(changes.count >= 5)
      for change in changes {
        var better = prices
        change.knob.improve(&better)
        #expect(change.span == (try plan.replay(better).span), "\(change.knob), \(categories)")
      }
    }
  }
}
