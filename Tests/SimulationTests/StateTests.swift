import EventEngine
import Testing

@testable import Simulation

/// Loops and passes that are left once the state of several streams comes back, against an engine that runs them out.
@Suite("The state of several streams comes back")
struct StateTests {
  struct Family: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let shape: ProgramShape
    let seeds: UInt64
  }

  static let families = [
    Family(testDescription: "short loops", shape: .severalStreams, seeds: 60),
    Family(testDescription: "short loops that share", shape: .sharing, seeds: 120),
    Family(testDescription: "long loops", shape: .longLoops, seeds: 60),
  ]

  @Test("Every method gives the same pass", arguments: families, DurationRange.allCases)
  func methods(family: Family, durations: DurationRange) throws {
    var compared = 0
    for seed in LawSeeds.range(family.seeds) {
      let random = RandomProgram(seed: seed, family.shape, durations)
      guard random.program.streamCount > 1, ProgramCounts(random.program).instructions < 3_000 else { continue }
      compared += 1
      for kind in LatencyKind.allCases {
        var expected = try Simulator(method: .events).time(random.program, random.table, kind)
        for method in [Simulator.Method.shortest, .recurrence, .countedRecurrence] {
          let timing = try Simulator(method: method).time(random.program, random.table, kind)
          expected.events = timing.events
          if timing != expected { Issue.record("seed \(seed), \(kind), \(method): \(timing), not \(expected)") }
        }
      }
    }
    #expect(compared > 20)
  }

  @Test("Every pass is complete at the same time, by the same account", arguments: families, DurationRange.allCases)
  func marks(family: Family, durations: DurationRange) throws {
    for seed in LawSeeds.range(family.seeds) {
      let random = RandomProgram(seed: seed, family.shape, durations)
      guard ProgramCounts(random.program).instructions < 3_000 else { continue }
      let expected = try Simulator(method: .events).marks(random.program, random.table, passes: 5)
      let marks = try Simulator().marks(random.program, random.table, passes: 5)
      if marks != expected { Issue.record("seed \(seed): \(marks), not \(expected)") }
    }
  }
}
