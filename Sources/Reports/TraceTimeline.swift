import JSONText
import Replay
import Roofline
import Simulation
import Traces

/// A recording, its replay and its target side by side in the Trace Event Format, which Perfetto and chrome://tracing open.
///
/// Each is a process for the host and one for the device. All begin at zero, so that what takes longer reaches further.
package struct TraceTimeline: Sendable {
  /// What was found, with its timelines.
  package let study: TraceStudy

  /// A timeline of a study.
  package init(study: TraceStudy) { self.study = study }

  /// Writes the JSON text, piece by piece: it is longer than the recording.
  ///
  /// - Parameter emit: Takes the next bytes.
  /// - Throws: What `emit` throws.
  package func write<Fault: Error>(to emit: ([UInt8]) throws(Fault) -> Void) throws(Fault) {
    var writer = TraceEventWriter()
    try writeRecorded(&writer, emit)
    try write("replayed", study.replayed.timing.timeline, process: 2, &writer, emit)
    try write("target", study.target?.timing.timeline, process: 4, &writer, emit)
    try writer.end(emit)
  }

  private func writeRecorded<Fault: Error>(
    _ writer: inout TraceEventWriter, _ emit: ([UInt8]) throws(Fault) -> Void
  ) throws(Fault) {
    let run = study.run
    let trace = run.trace
    name("recorded", process: 0, &writer)
    let threads = numbers(of: study.recorded.threadNumbers)
    let streams = numbers(of: study.recorded.streams)
    for index in run.hostEvents {
      let event = trace.hostEvents[index]
      writer.span(
        trace.name(event.name), category: event.kind == .call ? "launch" : "dispatch", process: 0,
        thread: threads[event.thread] ?? 0, at: Picoseconds(nanoseconds: event.start - run.start),
        duration: Picoseconds(nanoseconds: event.duration))
      try writer.pass(to: emit)
    }
    for index in run.deviceEvents {
      let event = trace.deviceEvents[index]
      let start = max(0, event.start - run.start)
      writer.span(
        trace.name(event.name), category: event.kind == .kernel ? "kernel" : "copy", process: 1,
        thread: streams[event.stream] ?? 0, at: Picoseconds(nanoseconds: start),
        duration: Picoseconds(nanoseconds: event.end - run.start - start))
      try writer.pass(to: emit)
    }
  }

  /// Names a host, the device beside it, and the threads and streams of both.
  private func name(_ title: String, process: Int, _ writer: inout TraceEventWriter) {
    let trace = study.run.trace
    writer.name(.process, "\(title) host", process: process)
    writer.name(.process, "\(title) device", process: process + 1)
    for (index, thread) in study.recorded.threadNumbers.enumerated() {
      writer.name(.thread, "thread \(trace.threads[Int(thread)].thread)", process: process, thread: index)
    }
    for (index, stream) in study.recorded.streams.enumerated() {
      writer.name(.thread, "stream \(trace.streams[Int(stream)].stream)", process: process + 1, thread: index)
    }
  }

  /// The place of each in a list.
  private func numbers(of list: [Int32]) -> [Int32: Int] {
    Dictionary(list.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
  }

  private func write<Fault: Error>(
    _ title: String, _ timeline: Timeline?, process: Int, _ writer: inout TraceEventWriter,
    _ emit: ([UInt8]) throws(Fault) -> Void
  ) throws(Fault) {
    guard let timeline else { return }
    name(title, process: process, &writer)
    for span in timeline.spans {
      let place =
        switch span.lane {
        case .host: (process: process, thread: span.thread)
        case .stream(let stream): (process: process + 1, thread: stream)
        }
      writer.span(
        timeline.labels.indices.contains(span.label) ? timeline.labels[span.label] : "host",
        category: span.category.key, process: place.process, thread: place.thread, at: span.start,
        duration: span.end - span.start)
      try writer.pass(to: emit)
    }
  }
}
