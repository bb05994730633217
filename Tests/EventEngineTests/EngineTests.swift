import EventEngine
import Roofline
import TestSupport
import Testing

/// Rings that schedule their own next ring, some of them for ever, with a log of all of them.
private struct Bells: EventModel {
  struct Event: BitwiseCopyable {
    var bell: Int
    var period: Picoseconds
    var rings: Int
  }

  struct Ring: Equatable {
    var bell: Int
    var time: Picoseconds
  }

  enum Fault: Error, Equatable { case cracked(bell: Int) }

  var log: [Ring] = []
  var cracked: Int?

  mutating func handle(_ event: Event, at time: Picoseconds, calendar: inout EventCalendar<Event>) throws(Fault) {
    guard event.bell != cracked else { throw .cracked(bell: event.bell) }
    log.append(Ring(bell: event.bell, time: time))
    guard event.rings > 1 else { return }
    calendar.schedule(
      Event(bell: event.bell, period: event.period, rings: event.rings - 1), at: time + event.period)
  }
}

@Suite("The engine")
struct EngineTests {
  private func engine(_ bells: [Bells.Event], eventLimit: Int = 1_000, cracked: Int? = nil) -> Engine<Bells> {
    var engine = Engine(model: Bells(cracked: cracked), eventLimit: eventLimit)
    for bell in bells { engine.calendar.schedule(bell, at: bell.period) }
    return engine
  }

  @Test("Events are handled in order until none is left, and counted")
  func runsToTheEnd() throws {
    var engine = engine([Bells.Event(bell: 1, period: 2, rings: 3), Bells.Event(bell: 2, period: 3, rings: 2)])
    try engine.run()
    // At 6 both ring; bell 2 was scheduled for it at 3, bell 1 at 4.
    let order = [(1, 2), (2, 3), (1, 4), (2, 6), (1, 6)].map { Bells.Ring(bell: $0.0, time: Picoseconds($0.1)) }
    #expect(engine.model.log == order)
    #expect(engine.eventCount == 5 && engine.calendar.count == 0 && engine.calendar.now == 6)
  }

  @Test("A model without end stops at the limit, and the fault says which and when")
  func eventLimit() {
    var endless = engine([Bells.Event(bell: 1, period: 10, rings: .max)], eventLimit: 25)
    #expect(throws: EngineFault<Bells.Fault>.eventLimitReached(limit: 25, time: 260)) { try endless.run() }
    #expect(endless.model.log.count == 25)
  }

  @Test("A model at one instant without end stops as well")
  func eventLimitAtOneInstant() {
    var endless = engine([Bells.Event(bell: 1, period: 0, rings: .max)], eventLimit: 100)
    #expect(throws: EngineFault<Bells.Fault>.eventLimitReached(limit: 100, time: 0)) { try endless.run() }
  }

  @Test("As many events as the limit are allowed; one more is not")
  func limitIsExact() throws {
    var exact = engine([Bells.Event(bell: 1, period: 1, rings: 5)], eventLimit: 5)
    try exact.run()
    #expect(exact.eventCount == 5)
    var over = engine([Bells.Event(bell: 1, period: 1, rings: 6)], eventLimit: 5)
    #expect(throws: EngineFault<Bells.Fault>.eventLimitReached(limit: 5, time: 6)) { try over.run() }
  }

  @Test("What the model refuses ends the run")
  func modelFault() {
    var engine = engine(
      [Bells.Event(bell: 1, period: 2, rings: 9), Bells.Event(bell: 7, period: 5, rings: 1)], cracked: 7)
    #expect(throws: EngineFault<Bells.Fault>.model(.cracked(bell: 7))) { try engine.run() }
    #expect(engine.model.log.map(\.time) == [2, 4])
  }

  @Test("The same events give the same run, whatever else runs beside it")
  func determinism() async throws {
    for seed in UInt64(0)..<20 {
      var random = SeededGenerator(seed: seed)
      let bells = (0..<12).map {
        Bells.Event(
          bell: $0, period: Picoseconds.random(in: 0...4, using: &random), rings: Int.random(in: 1...20, using: &random)
        )
      }
      let first = try log(of: bells)
      let others = try await withThrowingTaskGroup(of: [Bells.Ring].self) { group in
        for _ in 0..<4 { group.addTask { try log(of: bells) } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(others.allSatisfy { $0 == first }, "seed \(seed)")
      #expect(zip(first, first.dropFirst()).allSatisfy { $0.time <= $1.time }, "seed \(seed)")
    }
  }

  private func log(of bells: [Bells.Event]) throws -> [Bells.Ring] {
    var engine = engine(bells)
    try engine.run()
    return engine.model.log
  }
}
