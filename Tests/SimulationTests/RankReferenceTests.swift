import EventEngine
import Roofline
import TestSupport
import Testing

@testable import Simulation

@Suite("Ranks against the definition", .tags(.slow))
struct RankReferenceTests {
  static let shapes: [ProgramShape] = [.oneStream, .severalStreams]

  @Test(
    "Passes are complete at the same time on every rank, after the same path through all of them",
    arguments: 0..<shapes.count, DurationRange.allCases)
  func marks(shape: Int, durations: DurationRange) throws {
    var (compared, met) = (0, 0)
    for seed in LawSeeds.range(60) {
      let random = RandomRanks(seed: seed, Self.shapes[shape], durations, count: 1 + Int(seed % 4))
      guard random.meetings <= 40, random.ranks[0].counts.instructions < 400 else { continue }
      let run = try Simulator().run(random.ranks, passes: 3)
      let reference = RankReference(random.ranks, passes: 3)
      met += reference.meetings.count
      for (rank, outcome) in run.outcomes.enumerated() {
        let expected = reference.marks[rank]
        #expect(outcome.marks.map(\.time) == expected.map(\.time), "seed \(seed), rank \(rank)")
        #expect(outcome.marks.map(\.hostClock) == expected.map(\.hostClock), "seed \(seed), rank \(rank)")
        #expect(outcome.marks.map(\.deviceBusy) == expected.map(\.deviceBusy), "seed \(seed), rank \(rank)")
        #expect(outcome.collectiveTimes.last == reference.collectiveTime(of: rank), "seed \(seed), rank \(rank)")
        for pass in 0..<3 where !expected[pass].isAmbiguous {
          compared += 1
          let account = reference.account(of: pass, on: rank)
          if outcome.marks[pass].account != account {
            Issue.record("seed \(seed), rank \(rank), pass \(pass): \(outcome.marks[pass].account), not \(account)")
          }
        }
      }
      let drift = run.drifts.reduce(into: RankDrift.none) { $0.add($1) }
      #expect(drift.count == reference.drifts.count && drift.largest == reference.drifts.max() ?? 0, "seed \(seed)")
      #expect(drift.sum == reference.drifts.reduce(0, +), "seed \(seed)")
    }
    #expect(met > 200 && compared > (durations == .tiny ? 20 : 200), "\(met), \(compared)")
  }
}
