import EventEngine
import Roofline
import Testing

/// Ranks that run a model together, as plainly as possible: what a collective of several hosts and devices means.
///
/// Each rank has a host, which launches its steps one after the other without waiting, and a device, which runs them in
/// order. A collective occupies a device from the moment at which its rank reaches it, and ends on all devices at once:
/// its duration after the last rank has reached it, when that rank's data has come.
private struct RankModel: EventModel {
  enum Step {
    /// Host time for the launch, device time of the kernel.
    case kernel(host: Picoseconds, device: Picoseconds)
    /// Host time for the launch, and how long the data takes.
    case collective(host: Picoseconds, duration: Picoseconds)
  }

  enum Event: BitwiseCopyable {
    case launched(rank: UInt16, step: UInt16)
    case ended(rank: UInt16, step: UInt16)
    case collectiveEnded(number: UInt16)
  }

  typealias Fault = Never

  struct Rank {
    let steps: [Step]
    /// How many steps the host has launched, and the device has ended.
    var launched = 0
    var ended = 0
    var isRunning = false
    /// When each step began and ended on the device.
    var starts: [Picoseconds] = []
    var ends: [Picoseconds] = []
  }

  var ranks: [Rank]
  /// For each collective, the ranks that have reached it.
  private var arrived: [[Int]] = []

  init(_ steps: [[Step]]) {
    ranks = steps.map { Rank(steps: $0) }
  }

  /// The simulation, run to its end.
  static func run(_ steps: [[Step]]) throws -> RankModel {
    var engine = Engine(model: RankModel(steps), eventLimit: 10_000)
    for rank in steps.indices { engine.model.launchNext(rank, after: 0, &engine.calendar) }
    try engine.run()
    return engine.model
  }

  private mutating func launchNext(_ rank: Int, after time: Picoseconds, _ calendar: inout EventCalendar<Event>) {
    guard ranks[rank].launched < ranks[rank].steps.count else { return }
    let step = ranks[rank].launched
    let host =
      switch ranks[rank].steps[step] {
      case .kernel(let host, _), .collective(let host, _): host
      }
    calendar.schedule(.launched(rank: UInt16(rank), step: UInt16(step)), at: time + host)
  }

  mutating func handle(_ event: Event, at time: Picoseconds, calendar: inout EventCalendar<Event>) {
    switch event {
    case .launched(let rank, _):
      ranks[Int(rank)].launched += 1
      launchNext(Int(rank), after: time, &calendar)
      begin(Int(rank), time, &calendar)
    case .ended(let rank, _):
      end(Int(rank), time, &calendar)
    case .collectiveEnded(let number):
      for rank in arrived[Int(number)] { end(rank, time, &calendar) }
    }
  }

  private mutating func begin(_ rank: Int, _ time: Picoseconds, _ calendar: inout EventCalendar<Event>) {
    let step = ranks[rank].ended
    guard !ranks[rank].isRunning, step < ranks[rank].launched else { return }
    ranks[rank].isRunning = true
    ranks[rank].starts.append(time)
    switch ranks[rank].steps[step] {
    case .kernel(_, let device):
      calendar.schedule(.ended(rank: UInt16(rank), step: UInt16(step)), at: time + device)
    case .collective(_, let duration):
      let number = ranks[rank].steps[..<step].count { if case .collective = $0 { true } else { false } }
      while arrived.count <= number { arrived.append([]) }
      arrived[number].append(rank)
      if arrived[number].count == ranks.count {
        calendar.schedule(.collectiveEnded(number: UInt16(number)), at: time + duration)
      }
    }
  }

  private mutating func end(_ rank: Int, _ time: Picoseconds, _ calendar: inout EventCalendar<Event>) {
    ranks[rank].ends.append(time)
    ranks[rank].ended += 1
    ranks[rank].isRunning = false
    begin(rank, time, &calendar)
  }
}

@Suite("Collectives of several ranks, on a toy model")
struct RankTests {
  private typealias Step = RankModel.Step

  @Test("Ranks that are alike are each like one alone: the collective takes its own time", arguments: [1, 2, 8])
  func alike(count: Int) throws {
    let steps: [Step] = [
      .kernel(host: 10, device: 4), .collective(host: 10, duration: 30), .kernel(host: 10, device: 5),
    ]
    let model = try RankModel.run(Array(repeating: steps, count: count))
    for rank in model.ranks {
      // Launched at 10, 20, 30; the last kernel waits for the collective.
      #expect(rank.starts == [10, 20, 50])
      #expect(rank.ends == [14, 50, 55])
    }
  }

  @Test("The rank with the slowest host decides, and the others' devices wait in the collective")
  func slowHost() throws {
    func steps(_ host: Picoseconds) -> [Step] {
      [.kernel(host: host, device: 4), .collective(host: host, duration: 30), .kernel(host: host, device: 5)]
    }
    let model = try RankModel.run([steps(10), steps(10), steps(25)])
    #expect(model.ranks[0].starts == [10, 20, 80] && model.ranks[1].starts == [10, 20, 80])
    // The third reaches it at 50; 30 later its data has come everywhere.
    #expect(model.ranks[2].starts == [25, 50, 80])
    for rank in model.ranks {
      #expect(rank.ends[1] == 80 && rank.ends[2] == 85)
    }
  }

  @Test("The rank with the slowest device decides as well")
  func slowDevice() throws {
    func steps(_ device: Picoseconds) -> [Step] {
      [.kernel(host: 1, device: device), .collective(host: 1, duration: 7)]
    }
    let model = try RankModel.run([steps(3), steps(40)])
    // The second runs its kernel 1...41, and reaches the collective then.
    #expect(model.ranks[0].starts == [1, 4] && model.ranks[1].starts == [1, 41])
    #expect(model.ranks.map { $0.ends[1] } == [48, 48])
  }

  @Test("A rank that falls behind catches up between collectives: it is the latest of each that counts")
  func drift() throws {
    // Ahead in turns: the first is slow before the first collective, the second before the second.
    let model = try RankModel.run([
      [
        .kernel(host: 1, device: 50), .collective(host: 1, duration: 10), .kernel(host: 1, device: 5),
        .collective(host: 1, duration: 10),
      ],
      [
        .kernel(host: 1, device: 5), .collective(host: 1, duration: 10), .kernel(host: 1, device: 50),
        .collective(host: 1, duration: 10),
      ],
    ])
    // 1 + 50, the collective until 61; then 50 more, and until 121.
    #expect(model.ranks[0].ends == [51, 61, 66, 121])
    #expect(model.ranks[1].ends == [6, 61, 111, 121])
  }
}
