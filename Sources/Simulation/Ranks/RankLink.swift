import EventEngine
import Roofline

/// What is between the system of one rank and those of the others.
struct RankLink: Sendable {
  /// The streams that have come to something that ranks do together and have not been asked for yet, and when it begins.
  var arrivals: [(stream: Int, start: Picoseconds)] = []
  /// How the device's time in collectives is spent, so far and at the end of each pass.
  var time = CollectiveTime.zero
  var timeAtMarks: [CollectiveTime] = []
  /// How much longer the host's costs have taken than they do on the whole.
  var hostExcess: Picoseconds = 0

  /// A collective has ended.
  mutating func count(from start: Picoseconds, latestStart: Picoseconds, to end: Picoseconds) {
    time.waiting += latestStart - start
    time.transfer += end - latestStart
  }

  /// A pass is complete.
  mutating func markPass() { timeAtMarks.append(time) }
}

/// How a device's time in collectives is spent.
package struct CollectiveTime: Sendable, Equatable {
  /// From the start of the rank that comes last to the end.
  package var transfer: Picoseconds
  /// From the rank's own start to that of the last.
  package var waiting: Picoseconds

  /// No time.
  package static let zero = CollectiveTime(transfer: 0, waiting: 0)

  /// The mean over passes between two moments.
  static func mean(from first: CollectiveTime, to last: CollectiveTime, passes: Int) -> CollectiveTime {
    CollectiveTime(
      transfer: (last.transfer - first.transfer) / passes, waiting: (last.waiting - first.waiting) / passes)
  }
}

/// Coming to a collective, and leaving it.
extension SystemModel {
  /// A stream has come to something that ranks do together: who drives the ranks says when it ends.
  mutating func come(on stream: Int, at start: Picoseconds) { link?.arrivals.append((stream, start)) }

  /// All ranks have come to what a stream runs: its end is known.
  ///
  /// - Parameters:
  ///   - stream: The stream.
  ///   - latestStart: When the last rank began.
  ///   - end: When it ends on all.
  ///   - account: The account of that moment.
  mutating func meet(
    on stream: Int, latestStart: Picoseconds, end: Picoseconds, _ account: Account,
    calendar: inout EventCalendar<Event>
  ) {
    guard let running = streams[stream].running else { return }
    streams[stream].running?.latestStart = latestStart
    streams[stream].account = account
    if hasOneStream { deviceBusy += end - running.start }
    scheduleEnd(of: stream, at: end, calendar: &calendar)
  }
}
