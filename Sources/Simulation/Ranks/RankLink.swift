import EventEngine
import Roofline

/// What is between the system of one rank and those of the others.
struct RankLink: Sendable {
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

/// A stream that has come to what ranks do together.
struct StreamArrival: Sendable {
  var stream: Int
  /// When it begins there.
  var start: Picoseconds
  /// The place of its end among the events of one moment: that of its coming, whenever the others come.
  var place: UInt64
  /// How many passes were complete.
  var pass: Int
}

/// Coming to a collective, and leaving it.
extension SystemModel {
  /// A stream has come to something that ranks do together: who drives the ranks says when it ends.
  mutating func come(on stream: Int, at start: Picoseconds, _ calendar: inout Calendar) {
    arrivals.append(
      StreamArrival(stream: stream, start: start, place: calendar.reservePlace(), pass: marks.count))
  }

  /// All ranks have come to what a stream runs: its end is known.
  mutating func meet(_ arrival: StreamArrival, in meeting: borrowing RankMeeting, calendar: inout Calendar) {
    let stream = arrival.stream
    streams[stream].kernel.latestStart = meeting.latestStart
    streams[stream].account = meeting.account
    if hasOneStream { deviceBusy += meeting.end - arrival.start }
    calendar.schedule(
      Event(kind: .kernelEnds, stream: UInt16(stream)), of: threads.count + stream, at: meeting.end,
      inPlace: arrival.place)
  }
}
