import JSONText
import Replay
import Simulation
import Traces

/// A recording, its replay and its target side by side in the Trace Event Format, which Perfetto and chrome://tracing open.
///
/// Each is a process for the host and one for the device. All begin at zero, so that what takes longer reaches further.
package struct TraceTimeline: Sendable {
  /// What was found, with its timelines.
  package let study: TraceStudy

  /// A timeline of a study.
  package init(study: TraceStudy) {
    self.study = study
  }

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
    writer.name(.process, "recorded host", process: 0)
    writer.name(.process, "recorded device", process: 1)
    for (index, thread) in study.recorded.threadNumbers.enumerated() {
      writer.name(.thread, "thread \(trace.threads[Int(thread)].thread)", process: 0, thread: index)
    }
    for (index, stream) in study.recorded.streams.enumerated() {
      writer.name(.thread, "stream \(trace.streams[Int(stream)].stream)", process: 1, thread: index)
    }
    let threads = numbers(of: study.recorded.threadNumbers)
    let streams = numbers(of: study.recorded.streams)
    for index in run.hostEvents {
      let event = trace.hostEvents[index]
      let thread = threads[event.thread] ?? 0
      write(
        trace.name(event.name), event.kind == .call ? "launch" : "dispatch", 0, thread,
        (event.start - run.start) * 1000, event.duration * 1000, &writer)
      try writer.pass(to: emit)
    }
    for index in run.deviceEvents {
      let event = trace.deviceEvents[index]
      let stream = streams[event.stream] ?? 0
      let start = max(0, event.start - run.start)
      write(
        trace.name(event.name), event.kind == .kernel ? "kernel" : "copy", 1, stream, start * 1000,
        (event.end - run.start - start) * 1000, &writer)
      try writer.pass(to: emit)
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
    writer.name(.process, "\(title) host", process: process)
    writer.name(.process, "\(title) device", process: process + 1)
    for (index, thread) in study.recorded.threadNumbers.enumerated() {
      writer.name(.thread, "thread \(study.run.trace.threads[Int(thread)].thread)", process: process, thread: index)
    }
    for (index, stream) in study.recorded.streams.enumerated() {
      writer.name(.thread, "stream \(study.run.trace.streams[Int(stream)].stream)", process: process + 1, thread: index)
    }
    for span in timeline.spans {
      let name = timeline.labels.indices.contains(span.label) ? timeline.labels[span.label] : "host"
      switch span.lane {
      case .host:
        write(name, span.category.key, process, span.thread, span.start, span.end - span.start, &writer)
      case .stream(let stream):
        write(name, span.category.key, process + 1, stream, span.start, span.end - span.start, &writer)
      }
      try writer.pass(to: emit)
    }
  }

  private func write(
    _ name: String, _ category: String, _ process: Int, _ thread: Int, _ start: Int64, _ duration: Int64,
    _ writer: inout TraceEventWriter
  ) {
    writer.begin(name, category: category, phase: "X", process: process, thread: thread, at: start)
    writer.duration(duration)
    writer.json.end()
  }
}
