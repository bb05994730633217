import Roofline
import Traces

/// What the kernels of a name cost, all of them together; so do copies and sets.
package struct NamedKernelTime: Sendable {
  /// The name.
  package let name: String
  /// What sort of work it is.
  package let kind: DeviceEventKind
  /// How many ran.
  package internal(set) var count = 0
  /// Their share of the time in which the device was busy: moments that they share with others count in equal parts.
  package internal(set) var device = Picoseconds.zero
  /// How long one of them ran with nothing beside it.
  package internal(set) var exposedDevice = Picoseconds.zero
  /// The durations of all, which may overlap.
  package internal(set) var work = Picoseconds.zero
  /// The shortest duration.
  package internal(set) var shortest = Picoseconds.zero
  /// The longest duration.
  package internal(set) var longest = Picoseconds.zero

  /// The part of the device's time in which other work ran beside theirs.
  package var hiddenDevice: Picoseconds { max(.zero, device - exposedDevice) }
  /// The mean duration.
  package var mean: Picoseconds { count == 0 ? .zero : Picoseconds(work.count / Int64(count)) }
}

/// The kernels, copies and sets of a recording by their names: where the device's time goes.
///
/// The device's time of all rows is the busy time, to the last picosecond.
package struct NamedKernelTimes: Sendable {
  /// Those that take most of the device's time first.
  package private(set) var rows: [NamedKernelTime] = []

  private struct Key: Hashable {
    var name: Int32
    var kind: DeviceEventKind
  }

  /// Sums up a run.
  ///
  /// - Parameters:
  ///   - run: The recording, or a step of it.
  ///   - shares: How the device's time is shared.
  /// - Complexity: O(n log n) for n device events.
  package init(_ run: RecordedRun, _ shares: DeviceShares) {
    var places: [Key: Int] = [:]
    for (position, index) in run.deviceEvents.enumerated() {
      let event = run.trace.deviceEvents[index]
      let key = Key(name: event.name, kind: event.kind)
      let place = places[key] ?? rows.count
      if place == rows.count {
        places[key] = place
        rows.append(NamedKernelTime(name: run.trace.name(event.name), kind: event.kind))
      }
      let time = Picoseconds(nanoseconds: max(0, event.end - max(event.start, run.start)))
      rows[place].shortest = rows[place].count == 0 ? time : min(rows[place].shortest, time)
      rows[place].longest = max(rows[place].longest, time)
      rows[place].count += 1
      rows[place].work += time
      rows[place].device += shares.shares[position]
      rows[place].exposedDevice += shares.alone[position]
    }
    rows.sort { ($1.device, $1.work, $0.name) < ($0.device, $0.work, $1.name) }
  }
}
