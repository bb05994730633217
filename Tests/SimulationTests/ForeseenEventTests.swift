import EventEngine
import Roofline
import TestSupport
import Testing

@testable import Simulation

/// What is known beforehand needs no event: held against the same run in which every moment is one.
@Suite("Events that nobody waits for", .tags(.slow))
struct ForeseenEventTests {
  /// The marks of passes in a run whose every span is kept, which takes each from the calendar.
  private func marksByEvents(_ random: RandomProgram, passes: Int) throws -> [PassMark] {
    let simulator = Simulator(recordsTimeline: true, method: .events)
    let engine = try simulator.run(
      random.program, ProgramCounts(random.program), random.table, passes: passes, recordFrom: 0)
    #expect(random.program.streamCount > 1 || engine.model.foreseenEvents == 0)
    return engine.model.marks
  }

  @Test(
    "One stream and one thread come to the same without a calendar",
    arguments: [ProgramShape.oneStream, .hostOnly], DurationRange.allCases)
  func oneStream(shape: ProgramShape, durations: DurationRange) throws {
    var foreseen = 0
    for seed in UInt64(0)..<200 {
      let random = RandomProgram(seed: seed, shape, durations)
      let counts = ProgramCounts(random.program)
      let engine = try Simulator(method: .events).run(
        random.program, counts, random.table, passes: 5, recordFrom: .max)
      #expect(engine.eventCount == 0)
      foreseen += engine.model.foreseenEvents
      let expected = try marksByEvents(random, passes: 5)
      if engine.model.marks != expected { Issue.record("seed \(seed): \(engine.model.marks), not \(expected)") }
    }
    #expect(shape.hasHostKernels || foreseen > 1_000)
  }

  @Test(
    "Several streams come to the same whether or not a launch that nothing comes before has an event",
    arguments: [ProgramShape.severalStreams, .sharing], DurationRange.allCases)
  func severalStreams(shape: ProgramShape, durations: DurationRange) throws {
    var foreseen = 0
    for seed in UInt64(0)..<150 {
      let random = RandomProgram(seed: seed, shape, durations)
      let engine = try Simulator(method: .events).run(
        random.program, ProgramCounts(random.program), random.table, passes: 4, recordFrom: .max)
      foreseen += engine.model.foreseenEvents
      // A rank alone meets nobody; what ranks have between them takes every event.
      let table = random.table
      let ranks = RankSystem([Rank(random.program, table)], passes: 4, recordFrom: .max)
      var system = ranks
      try system.run(eventLimit: 1_000_000)
      let expected = system.outcome(of: 0).marks
      if engine.model.marks != expected { Issue.record("seed \(seed): \(engine.model.marks), not \(expected)") }
    }
    #expect(foreseen > 100)
  }
}
