import JSONText
import Replay
import Simulation
import Traces

/// A recording, its replay and its target side by side in the Trace Event Format, which Perfetto and chrome://tracing open.
///
/// Each is a process for the host and one for the device. All begin at zero, so that what takes longer reaches further.
public struct TraceTimeline: Sendable {
  /// What was found, with its timelines.
  public let study: TraceStudy

  /// A timeline of a study.
  public init(study: TraceStudy) {
    self.study = study
  }

  /// The JSON text.
  public func json() -> String {
    var writer = JSONWriter(layout: .compact)
    writer.beginObject()
    writer.key("displayTimeUnit")
    writer.value("ns")
    writer.key("traceEvents")
    writer.beginArray()
    writeRecorded(&writer)
    write("replayed", study.replayed.timing.timeline, process: 2, &writer)
    write("target", study.target?.timing.timeline, process: 4, &writer)
    writer.end()
    writer.end()
    return writer.text + "\n"
  }

  private func writeRecorded(_ writer: inout JSONWriter) {
    let run = study.run
    let trace = run.trace
    writeName("process_name", "recorded host", 0, 0, &writer)
    writeName("process_name", "recorded device", 1, 0, &writer)
    for (index, thread) in study.recorded.threadNumbers.enumerated() {
      writeName("thread_name", "thread \(trace.threads[Int(thread)].thread)", 0, index, &writer)
    }
    for (index, stream) in study.recorded.streams.enumerated() {
      writeName("thread_name", "stream \(trace.streams[Int(stream)].stream)", 1, index, &writer)
    }
    for index in run.hostEvents {
      let event = trace.hostEvents[index]
      let thread = study.recorded.threadNumbers.firstIndex(of: event.thread) ?? 0
      write(
        trace.name(event.name), event.kind == .call ? "launch" : "dispatch", 0, thread,
        (event.start - run.start) * 1000, event.duration * 1000, &writer)
    }
    for index in run.deviceEvents {
      let event = trace.deviceEvents[index]
      let stream = study.recorded.streams.firstIndex(of: event.stream) ?? 0
      let start = max(0, event.start - run.start)
      write(
        trace.name(event.name), event.kind == .kernel ? "kernel" : "copy", 1, stream, start * 1000,
        (event.end - run.start - start) * 1000, &writer)
    }
  }

  private func write(_ title: String, _ timeline: Timeline?, process: Int, _ writer: inout JSONWriter) {
    guard let timeline else { return }
    writeName("process_name", "\(title) host", process, 0, &writer)
    writeName("process_name", "\(title) device", process + 1, 0, &writer)
    for (index, thread) in study.recorded.threadNumbers.enumerated() {
      writeName("thread_name", "thread \(study.run.trace.threads[Int(thread)].thread)", process, index, &writer)
    }
    for (index, stream) in study.recorded.streams.enumerated() {
      writeName("thread_name", "stream \(study.run.trace.streams[Int(stream)].stream)", process + 1, index, &writer)
    }
    for span in timeline.spans {
      let name = timeline.labels.indices.contains(span.label) ? timeline.labels[span.label] : "host"
      switch span.lane {
      case .host:
        write(name, span.category.key, process, span.thread, span.start, span.end - span.start, &writer)
      case .stream(let stream):
        write(name, span.category.key, process + 1, stream, span.start, span.end - span.start, &writer)
      }
    }
  }

  private func writeName(_ sort: String, _ name: String, _ process: Int, _ thread: Int, _ writer: inout JSONWriter) {
    writer.beginObject()
    for (key, text) in [("name", sort), ("ph", "M")] {
      writer.key(key)
      writer.value(text)
    }
    for (key, number) in [("pid", process), ("tid", thread)] {
      writer.key(key)
      writer.value(number)
    }
    writer.key("args")
    writer.beginObject()
    writer.key("name")
    writer.value(name)
    writer.end()
    writer.end()
  }

  private func write(
    _ name: String, _ category: String, _ process: Int, _ thread: Int, _ start: Int64, _ duration: Int64,
    _ writer: inout JSONWriter
  ) {
    writer.beginObject()
    for (key, text) in [("name", name), ("cat", category), ("ph", "X")] {
      writer.key(key)
      writer.value(text)
    }
    for (key, number) in [("pid", process), ("tid", thread)] {
      writer.key(key)
      writer.value(number)
    }
    writer.key("ts")
    writer.rawNumber(NumberFormat.microseconds(picoseconds: start))
    writer.key("dur")
    writer.rawNumber(NumberFormat.microseconds(picoseconds: duration))
    writer.end()
  }
}
