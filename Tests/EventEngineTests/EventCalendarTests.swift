import EventEngine
import Roofline
import TestSupport
import Testing

@Suite("The event calendar")
struct EventCalendarTests {
  /// An event that knows when it was scheduled for, and as the how-manyth.
  struct Numbered: BitwiseCopyable, Equatable {
    var time: Picoseconds
    var number: Int
  }

  @Test("Events come out by time, and by order of scheduling where times are equal")
  func batchIsAStableSort() {
    for seed in UInt64(0)..<400 {
      var random = SeededGenerator(seed: seed)
      let latest = [0, 1, 3, 20, 1_000_000].randomElement(using: &random)!
      let scheduled = (0..<Int.random(in: 0...150, using: &random)).map {
        Numbered(time: Picoseconds.random(in: 0...Int64(latest), using: &random), number: $0)
      }
      var calendar = EventCalendar<Numbered>()
      for event in scheduled { calendar.schedule(event, at: event.time) }
      #expect(calendar.count == scheduled.count, "seed \(seed)")
      var taken: [Numbered] = []
      while let (event, time) = calendar.next() {
        if time != event.time || calendar.now != time { Issue.record("seed \(seed): \(event) came at \(time)") }
        taken.append(event)
      }
      let sorted = scheduled.sorted { ($0.time, $0.number) < ($1.time, $1.number) }
      #expect(taken == sorted, "seed \(seed)")
    }
  }

  @Test("An event whose moment becomes known later comes where its place was taken")
  func reservedPlaces() {
    for seed in UInt64(0)..<400 {
      var random = SeededGenerator(seed: seed)
      let events = (0..<Int.random(in: 0...60, using: &random)).map {
        Numbered(time: Picoseconds.random(in: 0...5, using: &random), number: $0)
      }
      var calendar = EventCalendar<Numbered>()
      var late: [(event: Numbered, place: UInt64)] = []
      for event in events {
        if Bool.random(using: &random) {
          calendar.schedule(event, at: event.time)
        } else {
          late.append((event, calendar.reservePlace()))
        }
      }
      for (event, place) in late.shuffled(using: &random) { calendar.schedule(event, at: event.time, inPlace: place) }
      #expect(calendar.count == events.count, "seed \(seed)")
      var taken: [Numbered] = []
      while let (event, _) = calendar.next() { taken.append(event) }
      #expect(taken == events.sorted { ($0.time, $0.number) < ($1.time, $1.number) }, "seed \(seed)")
    }
  }

  @Test("Scheduling and taking in turn: the earliest, then the first, of what is pending; the clock never goes back")
  func interleavedAgainstAList() {
    for seed in UInt64(0)..<200 {
      var random = SeededGenerator(seed: seed)
      var calendar = EventCalendar<Numbered>()
      var pending: [Numbered] = []
      var now: Picoseconds = 0
      for number in 0..<400 {
        if Int.random(in: 0..<5, using: &random) < 3 {
          let event = Numbered(time: now + Picoseconds.random(in: 0...3, using: &random), number: number)
          calendar.schedule(event, at: event.time)
          pending.append(event)
          continue
        }
        let expected = pending.min { ($0.time, $0.number) < ($1.time, $1.number) }
        let taken = calendar.next()
        if taken?.event != expected || calendar.now < now {
          Issue.record("seed \(seed), step \(number): \(String(describing: taken)) at \(calendar.now)")
        }
        pending.removeAll { $0 == expected }
        now = calendar.now
      }
      #expect(calendar.count == pending.count, "seed \(seed)")
    }
  }

  @Test("An empty calendar stands at the time of its last event")
  func emptyCalendar() {
    var calendar = EventCalendar<Int>()
    #expect(calendar.now == 0 && calendar.count == 0)
    calendar.schedule(1, at: 7)
    #expect(calendar.now == 0 && calendar.count == 1)
    let events = [calendar.next()?.event, calendar.next()?.event]
    #expect(events == [1, nil])
    #expect(calendar.now == 7 && calendar.count == 0)
  }

  @Test("The last tick that the clock can count is a time like any other")
  func latestTime() {
    var calendar = EventCalendar<Int>()
    calendar.schedule(2, at: .max)
    calendar.schedule(3, at: .max)
    calendar.schedule(1, at: 0)
    let events = (0..<3).map { _ in calendar.next()?.event }
    #expect(events == [1, 2, 3])
  }

  @Test("The past cannot be changed")
  func schedulingInThePast() async {
    await #expect(processExitsWith: .failure) {
      var calendar = EventCalendar<Int>()
      calendar.schedule(1, at: 10)
      _ = calendar.next()
      calendar.schedule(2, at: 9)
    }
    await #expect(processExitsWith: .success) {
      var calendar = EventCalendar<Int>()
      calendar.schedule(1, at: 10)
      _ = calendar.next()
      calendar.schedule(2, at: 10)
    }
  }
}
