import JSONText
import Kernels
import Profiles
import Roofline
import TestSupport
import Testing
import Traces

@testable import Replay

/// Ranks of one run: how long each waits, told from recordings whose clocks are apart.
@Suite("Ranks of a run") struct RankStudyTests {
  /// A collective in microseconds of the clock that all ranks would have.
  private struct Event {
    var start: Double
    var end: Double
    var kind = "AllReduce"
    var stream = 20
    var arguments = ""
  }

  /// A rank's recording, whose clock is ahead by so much.
  private func rank(_ number: Int?, ahead: Double, of count: Int = 2, _ events: [Event]) throws -> RankRecording {
    var text = TraceText()
    if let number { text.root = #""distributedInfo": {"rank": \#(number), "world_size": \#(count)}, "# }
    for event in events {
      text.launch(
        event.start + ahead - 5, 2, kernel: event.start + ahead, event.end - event.start, stream: event.stream,
        name: "ncclDevKernel_\(event.kind)_RING_LL", arguments: event.arguments)
    }
    return RankRecording(try text.run(), place: 7)
  }

  private func microseconds(_ time: Picoseconds) -> Double { time.microseconds }

  @Test func `Waiting is from the own start to that of the last, and the rest is transfer, whatever the clocks say`()
    throws
  {
    // Rank 1 is 30 us late the first time, rank 0 is 10 us late the second time.
    let first = try rank(0, ahead: 1000, [Event(start: 100, end: 150), Event(start: 310, end: 330)])
    let second = try rank(1, ahead: 98_765, [Event(start: 130, end: 150), Event(start: 300, end: 330)])
    for recordings in [[first, second], [second, first]] {
      let study = RankStudy(recordings)
      #expect(study.ranks.map(\.recording.rank) == [0, 1])
      #expect(study.ranks.map(\.waiting).map(microseconds) == [30, 10])
      #expect(study.ranks.map(\.transfer).map(microseconds) == [40, 40])
      #expect(study.ranks.map(\.unmatched) == [0, 0])
      #expect(study.ranks.map(\.meanDrift).map(microseconds) == [5, 15])
      #expect(study.ranks.map(\.largestDrift).map(microseconds) == [10, 30])
      #expect(study.ranks.map(\.clockOffsetUS) == [0, 97_765])
      #expect(study.matchedCount == 2 && study.unequal.isEmpty && study.rankCount == 2)
    }
  }

  @Test func `A rank that is there last waits for nobody, and nobody waits longer than it is there`() throws {
    // The ends are apart by 4 us in one of three: the median passes over it.
    let first = try rank(0, ahead: 0, [(100, 120), (200, 210), (300, 320)].map { Event(start: $0.0, end: $0.1) })
    let second = try rank(1, ahead: 0, [(100, 120), (212, 214), (300, 320)].map { Event(start: $0.0, end: $0.1) })
    let study = RankStudy([first, second])
    #expect(study.ranks.map(\.waiting).map(microseconds) == [10, 0])
    #expect(study.ranks.map(\.transfer).map(microseconds) == [40, 42])
    #expect(study.disjointCount == 1)
  }

  @Test func `Kinds are matched among themselves, and what one rank lacks is said`() throws {
    let first = try rank(
      0, ahead: 0,
      [Event(start: 0, end: 20), Event(start: 40, end: 50, kind: "AllGather"), Event(start: 60, end: 90)])
    let second = try rank(1, ahead: 50, [Event(start: 10, end: 20), Event(start: 45, end: 50, kind: "AllGather")])
    let study = RankStudy([first, second])
    #expect(study.matchedCount == 2)
    #expect(study.ranks.map(\.waiting).map(microseconds) == [15, 0])
    #expect(study.ranks.map(\.unmatched).map(microseconds) == [30, 0])
    #expect(study.unequal.map(\.kind) == [.allReduce] && study.unequal.map(\.counts) == [[2, 1]])
    #expect(study.ranks[0].communication == 60_000_000)
  }

  @Test func `Where a group counts its collectives, that tells them, though a recording begins later`() throws {
    func event(_ start: Double, _ end: Double, _ sequence: Int) -> Event {
      Event(
        start: start, end: end,
        arguments: #""Collective name": "allreduce", "Process Group Name": "0", "Seq": \#(sequence)"#)
    }
    let first = try rank(0, ahead: 0, [event(0, 20, 1), event(100, 120, 2), event(205, 220, 3)])
    let second = try rank(1, ahead: 0, [event(107, 120, 2), event(200, 220, 3)])
    let study = RankStudy([first, second])
    #expect(study.matchedCount == 2)
    #expect(study.ranks.map(\.waiting).map(microseconds) == [7, 5])
    #expect(study.ranks.map(\.unmatched).map(microseconds) == [20, 0])
  }

  @Test func `Groups are apart, and clocks are reached over ranks in between`() throws {
    func event(_ start: Double, _ end: Double, group: String) -> Event {
      Event(start: start, end: end, arguments: #""Collective name": "allreduce", "Process Group Name": "\#(group)""#)
    }
    let ranks = [
      try rank(0, ahead: 0, of: 3, [event(0, 20, group: "a")]),
      try rank(1, ahead: 500, of: 3, [event(5, 20, group: "a"), event(40, 70, group: "b")]),
      try rank(2, ahead: 9000, of: 3, [event(50, 70, group: "b")]),
    ]
    let study = RankStudy(ranks)
    #expect(study.unequal.isEmpty)
    #expect(study.ranks.map(\.clockOffsetUS) == [0, 500, 9000])
    #expect(study.ranks.map(\.waiting).map(microseconds) == [5, 10, 0])
  }

  @Test func `Without groups each stream stands for one`() throws {
    let first = try rank(0, ahead: 0, [Event(start: 0, end: 20), Event(start: 30, end: 50, stream: 28)])
    let second = try rank(1, ahead: 0, [Event(start: 35, end: 50, stream: 28), Event(start: 60, end: 80)])
    let study = RankStudy([first, second])
    #expect(study.matchedCount == 2 && study.unequal.isEmpty)
  }

  @Test func `Sends between more than two ranks are not matched by their order`() throws {
    let arguments = #""Collective name": "send", "Process Group Name": "0""#
    func recording(_ number: Int, of count: Int = 3) throws -> RankRecording {
      try rank(number, ahead: 0, of: count, [Event(start: 0, end: 9, kind: "SendRecv", arguments: arguments)])
    }
    let study = RankStudy([try recording(0), try recording(1), try recording(2)])
    #expect(study.matchedCount == 0 && study.ranks.allSatisfy { $0.unmatched == 9_000_000 })
    #expect(RankStudy([try recording(0), try recording(1)]).matchedCount == 0)
    #expect(RankStudy([try recording(0, of: 2), try recording(1, of: 2)]).matchedCount == 1)
  }

  @Test func `A recording that does not say its rank has that of its place`() throws {
    #expect(try rank(nil, ahead: 0, [Event(start: 0, end: 9)]).rank == 7)
  }

  @Test func `More ranks, permuted, give the same`() throws {
    let starts = [[0.0, 100, 230], [7, 102, 200], [3, 150, 222], [9, 111, 201]]
    let ranks = try starts.enumerated().map { number, starts in
      try rank(
        number, ahead: Double(number) * 777, of: 4, zip(starts, [30, 160, 240]).map { Event(start: $0, end: $1) })
    }
    // The last are there at 9, 150 and 230.
    let waiting = RankStudy(ranks).ranks.map(\.waiting)
    #expect(waiting.map(microseconds) == [59, 80, 14, 68])
    #expect(RankStudy(ranks.reversed()).ranks.map(\.waiting) == waiting)
  }

  // MARK: Real recordings

  private static let folder = sharedFolder + "/traces/more/real"
  static let arePresent: Bool = {
    let present =
      (try? listFiles(in: folder, suffix: ".json.gz"))?.contains { $0.contains("param_dlrm_v100_rank3") } ?? false
    if !present { print("skipped: ../shared/traces/more/real is not here") }
    return present
  }()

  @Test(.enabled(if: arePresent))
  func `Four ranks of a real run begin apart and end together`() throws {
    let ranks = try (0..<4).map { number in
      RankRecording(
        try RecordedRun(TraceReader.read(path: Self.folder + "/param_dlrm_v100_rank\(number).json.gz")), place: 0)
    }
    let study = RankStudy(ranks)
    #expect(study.ranks.map(\.recording.rank) == [0, 1, 2, 3] && study.rankCount == 8)
    #expect(study.matchedCount == 8 && study.unequal.isEmpty && study.disjointCount == 0)
    for rank in study.ranks {
      #expect(rank.unmatched == 0)
      // They ran on one host, whose clock they share.
      #expect(abs(try #require(rank.clockOffsetUS)) < 20)
      #expect(rank.communication == rank.transfer + rank.waiting)
    }
    // What the last one does is transfer for all: they differ by what the clocks do not tell.
    let transfers = study.ranks.map { microseconds($0.transfer) }
    #expect((transfers.max() ?? 0) - (transfers.min() ?? 0) < 0.2 * (transfers.max() ?? 0))
  }
}
