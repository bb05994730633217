import JSONText
import Kernels
import Profiles
import Roofline
import Traces

/// One collective of a rank: when it ran, and by what it is known among those of other ranks.
package struct RankCollective: Sendable, Equatable {
  /// What the ranks do; nil where the recording does not say.
  package var kind: CollectiveKind?
  /// The process group; nil where it was not recorded.
  package var group: String?
  /// Which of the group's collectives it is; nil where it was not recorded.
  package var sequence: Int64?
  /// The place of its stream among the rank's streams with collectives.
  package var stream: Int
  /// Nanoseconds from the recording's own zero.
  package var start: Int64
  /// Nanoseconds from the recording's own zero.
  package var end: Int64

  /// What people call it.
  package var title: String { kind?.rawValue ?? "collective" }
}

/// One rank's recording as far as it is compared with those of others: small, so that many are in memory together.
package struct RankRecording: Sendable {
  /// The file.
  package let file: String
  /// The rank that the recording is of, or else its place among those given.
  package let rank: Int64
  /// How many ranks the run had; nil where the recording does not say.
  package let rankCount: Int64?
  /// From the first event to the end of the last.
  package let span: Picoseconds
  /// In how much of it at least one device event ran.
  package let deviceBusy: Picoseconds
  /// The zero of its times, nanoseconds of its host's clock.
  package let origin: Int64
  /// Its collectives, by their start.
  package let collectives: [RankCollective]

  /// - Parameters:
  ///   - run: The recording, or a step of it.
  ///   - place: Its place among the recordings, counted from 0.
  /// - Complexity: O(n log n) for n events.
  package init(_ run: RecordedRun, place: Int) {
    let trace = run.trace
    file = trace.file
    rank = trace.rank ?? Int64(place)
    rankCount = trace.rankCount
    span = run.span
    deviceBusy = run.deviceBusy
    origin = trace.origin
    let parents = RecordedProgram.parents(run)
    var isCollective: [Int32: Bool] = [:]
    func isOne(_ event: DeviceEvent) -> Bool {
      guard event.kind == .kernel else { return false }
      if let known = isCollective[event.name] { return known }
      let found = KernelName(trace.name(event.name)).isCollective
      isCollective[event.name] = found
      return found
    }
    let places = run.deviceEvents.indices.filter { isOne(trace.deviceEvents[run.deviceEvents[$0]]) }
    let streams = Self.places(of: Set(places.map { trace.deviceEvents[run.deviceEvents[$0]].stream }), trace)
    collectives = places.map { place in
      let event = trace.deviceEvents[run.deviceEvents[place]]
      let launcher = run.launchers[place]
      let reading = CollectiveReading(
        kernel: trace.name(event.name), collective: event.collective,
        operation: launcher >= 0 ? parents[launcher] : -1, parents: parents, trace)
      return RankCollective(
        kind: reading.kind, group: reading.group, sequence: reading.sequence, stream: streams[event.stream] ?? 0,
        start: event.start, end: event.end)
    }
  }

  /// The places of streams in the order of their numbers, which are alike on all ranks of a program.
  private static func places(of streams: Set<Int32>, _ trace: Trace) -> [Int32: Int] {
    let sorted = streams.sorted { first, second in
      func key(_ stream: Int32) -> (Int, String) {
        let text = trace.streams[Int(stream)].stream
        return (Int(text) ?? .max, text)
      }
      return key(first) < key(second)
    }
    return Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1, $0) })
  }
}
