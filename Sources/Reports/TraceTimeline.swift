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
    var writer = TraceEventWriter()
    writeRecorded(&writer)
    write("replayed", study.replayed.timing.timeline, process: 2, &writer)
    write("target", study.target?.timing.timeline, process: 4, &writer)
    return writer.end()
  }

  private func writeRecorded(_ writer: inout TraceEventWriter) {
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

  private func write(_ title: String, _ timeline: Timeline?, process: Int, _ writer: inout TraceEventWriter) {
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
