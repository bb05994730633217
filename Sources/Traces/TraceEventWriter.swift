import JSONText
import Roofline

/// Writes a file in the Trace Event Format, event by event, which Perfetto and chrome://tracing open.
///
/// Times are microseconds with six decimals: picoseconds survive.
package struct TraceEventWriter {
  /// The JSON, for what an event has beside the fields that all have.
  package var json = JSONWriter(layout: .compact)

  /// Begins a file.
  package init() {
    json.beginObject()
    json.key("displayTimeUnit")
    json.value("ns")
    json.key("traceEvents")
    json.beginArray()
  }

  /// So many bytes are written away together.
  private static let pieceSize = 1 << 16

  /// Hands on what was written, if it is enough to be worth it.
  package mutating func pass<Fault: Error>(to emit: ([UInt8]) throws(Fault) -> Void) throws(Fault) {
    if json.bytes.count >= Self.pieceSize { try emit(json.takeBytes()) }
  }

  /// Ends the file, and hands on the rest of it.
  package mutating func end<Fault: Error>(_ emit: ([UInt8]) throws(Fault) -> Void) throws(Fault) {
    json.end()
    json.end()
    try emit(json.takeBytes() + [UInt8(ascii: "\n")])
  }

  /// Names a process or, where a title is given for one, a thread.
  package mutating func name(_ sort: Sort, _ name: String, process: Int, thread: Int = 0) {
    begin([("name", sort.rawValue), ("ph", "M")], process: process, thread: thread)
    json.key("args")
    json.beginObject()
    json.key("name")
    json.value(name)
    json.end()
    json.end()
  }

  /// What can be named.
  package enum Sort: String {
    case process = "process_name"
    case thread = "thread_name"
  }

  /// Begins an event at a time, and leaves it open for its further fields.
  package mutating func begin(
    _ name: String, category: String, phase: String, process: Int, thread: Int, at time: Picoseconds
  ) {
    begin([("name", name), ("cat", category), ("ph", phase)], process: process, thread: thread)
    json.key("ts")
    json.rawNumber(NumberFormat.microseconds(picoseconds: time.count))
  }

  /// Writes an event that has a duration in picoseconds, and nothing besides.
  package mutating func span(
    _ name: String, category: String, process: Int, thread: Int, at time: Picoseconds, duration: Picoseconds
  ) {
    begin(name, category: category, phase: "X", process: process, thread: thread, at: time)
    self.duration(duration)
    json.end()
  }

  /// Says of the open event that an arrow of a number begins or ends in it, and closes it.
  package mutating func endArrow(_ number: Int, isHead: Bool) {
    json.key("id")
    json.value(number)
    if isHead {
      json.key("bp")
      json.value("e")
    }
    json.end()
  }

  /// Writes what a counter shows from a time in picoseconds on.
  package mutating func counter(_ name: String, process: Int, at time: Picoseconds, unit: String, value: Double) {
    begin([("name", name), ("ph", "C")], process: process)
    json.key("ts")
    json.rawNumber(NumberFormat.microseconds(picoseconds: time.count))
    json.key("args")
    json.beginObject()
    json.key(unit)
    json.value(value)
    json.end()
    json.end()
  }

  /// The duration of the open event.
  package mutating func duration(_ duration: Picoseconds) {
    json.key("dur")
    json.rawNumber(NumberFormat.microseconds(picoseconds: duration.count))
  }

  private mutating func begin(_ texts: [(String, String)], process: Int, thread: Int? = nil) {
    json.beginObject()
    for (key, text) in texts {
      json.key(key)
      json.value(text)
    }
    for (key, number) in [("pid", process), ("tid", thread)] {
      guard let number else { continue }
      json.key(key)
      json.value(number)
    }
  }
}
