import EventEngine
import Roofline
import TestSupport
import Testing

@testable import Simulation

@Suite("The calendar of a simulated system")
struct SourceCalendarTests {
  /// An event that knows who does it, and as the how-manyth it was scheduled.
  struct Step: BitwiseCopyable, Equatable, Sendable {
    var source: Int
    var number: Int
  }

  /// What is pending, looked through for the earliest.
  struct Reference {
    var pending: [(time: Picoseconds, place: Int, step: Step)] = []

    mutating func next() -> Step? {
      func moment(_ index: Int) -> (Picoseconds, Int) { (pending[index].time, pending[index].place) }
      let earliest = pending.indices.min { moment($0) < moment($1) }
      return earliest.map { pending.remove(at: $0).step }
    }
  }

  @Test(
    "Comes out as from a list looked through, whatever is scheduled, taken back and moved", arguments: [1, 2, 9, 40])
  func againstAList(sources: Int) {
    for seed in UInt64(0)..<100 {
      var random = SeededGenerator(seed: seed)
      let latest = [0, 2, 50, 1_000_000].randomElement(using: &random)!
      var calendar = SourceCalendar(sources: sources, filler: Step(source: 0, number: 0))
      var reference = Reference()
      var reserved: [Int: (place: UInt64, number: Int)] = [:]
      for number in 0..<300 {
        let source = Int.random(in: 0..<sources, using: &random)
        let isFree = !reference.pending.contains { $0.step.source == source } && reserved[source] == nil
        let time = calendar.now + Picoseconds.random(in: 0...Int64(latest), using: &random)
        let step = Step(source: source, number: number)
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<5 where isFree:
          calendar.schedule(step, of: source, at: time)
          reference.pending.append((time, number, step))
        case 5 where isFree: reserved[source] = (calendar.reservePlace(), number)
        case 6:
          guard let (place, number) = reserved.removeValue(forKey: source) else { break }
          calendar.schedule(Step(source: source, number: number), of: source, at: time, inPlace: place)
          reference.pending.append((time, number, Step(source: source, number: number)))
        case 7:
          calendar.cancel(source)
          reference.pending.removeAll { $0.step.source == source }
        case 8:
          let time = Picoseconds.random(in: 0...5, using: &random)
          calendar.advance(by: time)
          for index in reference.pending.indices { reference.pending[index].time += time }
        default:
          let times = reference.pending.map(\.time)
          if calendar.nextTime != times.min() { Issue.record("seed \(seed), \(number): \(calendar.nextTime ?? -1)") }
          let next = calendar.next()
          if next?.event != reference.next() { Issue.record("seed \(seed), \(number): \(String(describing: next))") }
        }
        if calendar.count != reference.pending.count {
          Issue.record("seed \(seed), \(number): \(calendar.count) pending")
        }
      }
      let order = calendar.pending.map(\.event)
      var rest: [Step] = []
      while let (step, _) = calendar.next() { rest.append(step) }
      #expect(order == rest, "seed \(seed)")
    }
  }

  @Test("Before a place in a moment comes what is earlier, and what took its place in that moment before")
  func before() {
    var calendar = SourceCalendar(sources: 4, filler: 0)
    calendar.schedule(1, of: 1, at: 7)
    let place = calendar.reservePlace()
    calendar.schedule(2, of: 2, at: 7)
    calendar.schedule(3, of: 3, at: 3)
    var events: [Int] = []
    while let (event, _) = calendar.next(before: 7, place) { events.append(event) }
    #expect(events == [3, 1] && calendar.now == 7)
    calendar.advance(to: 7)
    #expect(calendar.next(before: 9, place)?.event == 2 && calendar.next(before: 9, place) == nil)
  }

  @Test("A copy that was made unique goes its own way")
  func copies() {
    var one = SourceCalendar(sources: 3, filler: 0)
    one.schedule(1, of: 0, at: 5)
    var other = one
    other.makeUnique()
    other.schedule(2, of: 1, at: 3)
    #expect(one.next()?.event == 1 && one.next() == nil)
    #expect(other.next()?.event == 2 && other.next()?.event == 1)
    var table = FixedTable([1, 2, 3])
    let copy = table
    table.makeUnique()
    table[1] = 9
    #expect(copy[1] == 2 && table[1] == 9 && table.count == 3)
  }

  @Test("Nothing is scheduled in the past, and no index outside of a table is read")
  func preconditions() async {
    await #expect(processExitsWith: .failure) {
      var calendar = SourceCalendar(sources: 2, filler: 0)
      calendar.schedule(1, of: 0, at: 5)
      _ = calendar.next()
      calendar.schedule(1, of: 1, at: 4)
    }
    await #expect(processExitsWith: .failure) {
      let table = FixedTable([1, 2])
      _ = table[2]
    }
    await #expect(processExitsWith: .failure) {
      let table = FixedTable([1, 2])
      _ = table[-1]
    }
  }
}
