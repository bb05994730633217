import EventEngine
import Roofline

@testable import Simulation

/// Several ranks, written down as plainly as possible, to hold the simulation of ranks against.
///
/// Each rank is a `ReferenceSimulator` that is told when the collectives of its channels end. At first it is told
/// nothing, and they begin when they can; then all ranks run again and again with the latest start of each collective
/// as the runs before had it, until no start moves any more. Starts only ever grow, so this is the least solution of
/// the equations.
struct RankReference {
  private let ranks: [Rank]
  private let passes: Int
  private(set) var simulators: [ReferenceSimulator] = []
  private(set) var marks: [[ReferenceSimulator.Mark]] = []
  private(set) var meetings: [ReferenceSimulator.Meeting: ReferenceSimulator.MeetingEnd] = [:]
  /// The rank whose path goes on behind each collective.
  private var lastRanks: [ReferenceSimulator.Meeting: Int] = [:]

  init(_ ranks: [Rank], passes: Int) {
    self.ranks = ranks
    self.passes = passes
    var before: [ReferenceSimulator.Meeting: Picoseconds]?
    while before == nil || before?.contains(where: { meetings[$0.key]?.latestStart != $0.value }) == true {
      before = meetings.mapValues(\.latestStart)
      runAll()
      gather()
      if before?.count != meetings.count { before = nil }
    }
    runAll()
  }

  private mutating func runAll() {
    simulators = ranks.map { ReferenceSimulator($0.program, $0.table) }
    marks = simulators.indices.map { rank in
      simulators[rank].meetings = meetings
      return simulators[rank].run(passes: passes)
    }
  }

  private mutating func gather() {
    meetings = [:]
    for (rank, simulator) in simulators.enumerated() {
      for (meeting, arrival) in simulator.arrivals {
        guard var end = meetings[meeting] else {
          meetings[meeting] = .init(
            latestStart: arrival.start.time, cost: arrival.cost, isAmbiguous: arrival.start.isAmbiguous)
          lastRanks[meeting] = rank
          continue
        }
        if arrival.start.time > end.latestStart {
          (end.latestStart, end.isAmbiguous) = (arrival.start.time, arrival.start.isAmbiguous)
          lastRanks[meeting] = rank
        } else if arrival.start.time == end.latestStart, arrival.start.isAmbiguous {
          end.isAmbiguous = true
        }
        if arrival.cost.duration > end.cost.duration { end.cost = arrival.cost }
        meetings[meeting] = end
      }
    }
  }

  /// The account of the path to a mark, through whatever ranks it goes.
  func account(of pass: Int, on rank: Int) -> Account {
    var (account, rank, link) = (Account.zero, rank, marks[rank][pass].link)
    while link >= 0 {
      let step = simulators[rank].chain[link]
      account &+= step.cost.account
      link = step.previous
      if let meeting = step.meeting, let last = lastRanks[meeting] {
        rank = last
        link = simulators[last].arrivals[meeting]?.start.link ?? -1
      }
    }
    return account
  }

  /// How a rank's device has spent its time in collectives.
  func collectiveTime(of rank: Int) -> CollectiveTime {
    simulators[rank].arrivals.reduce(into: .zero) { sum, arrival in
      guard let end = meetings[arrival.key] else { return }
      sum.waiting += end.latestStart - arrival.value.start.time
      sum.transfer += end.cost.duration
    }
  }

  /// The latest less the earliest start of every collective.
  var drifts: [Picoseconds] {
    meetings.map { meeting, end in
      end.latestStart - (simulators.compactMap { $0.arrivals[meeting]?.start.time }.min() ?? 0)
    }
  }
}
