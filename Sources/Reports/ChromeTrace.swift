import JSONText
import Simulation

/// A simulated timeline in the Trace Event Format, which Perfetto and chrome://tracing open.
///
/// Times are microseconds with six decimals: picoseconds survive. Beside the spans there are an arrow from each launch to
/// what it launched, and counters: launches in the queue, and what the running kernels achieve.
public struct ChromeTrace: Sendable {
  /// What happened.
  public let timeline: Timeline

  /// A trace of a timeline.
  public init(timeline: Timeline) {
    self.timeline = timeline
  }

  /// The JSON text.
  public func json() -> String {
    var writer = JSONWriter(layout: .compact)
    writer.beginObject()
    writer.key("displayTimeUnit")
    writer.value("ns")
    writer.key("traceEvents")
    writer.beginArray()
    writeNames(&writer)
    let origin = timeline.spans.map(\.start).min() ?? 0
    for span in timeline.spans { write(span, origin, &writer) }
    for counter in TimelineCounters(timeline).counters {
      for sample in counter.samples { write(sample, of: counter, origin, &writer) }
    }
    writer.end()
    writer.end()
    return writer.text + "\n"
  }

  private func place(_ lane: TimelineLane) -> (process: Int, thread: Int) {
    switch lane {
    case .host: (0, 0)
    case .stream(let stream): (1, stream)
    }
  }

  private func writeNames(_ writer: inout JSONWriter) {
    var streams: [Int] = []
    for span in timeline.spans {
      if case .stream(let stream) = span.lane, !streams.contains(stream) { streams.append(stream) }
    }
    writeName("process_name", "host", 0, 0, &writer)
    writeName("thread_name", "dispatch", 0, 0, &writer)
    writeName("process_name", "device", 1, 0, &writer)
    for stream in streams.sorted() { writeName("thread_name", "stream \(stream)", 1, stream, &writer) }
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

  private func write(_ span: TimelineSpan, _ origin: Int64, _ writer: inout JSONWriter) {
    let name = timeline.labels.indices.contains(span.label) ? timeline.labels[span.label] : "pass"
    let isLaunch = span.lane == .host && span.category == .launch
    writeEvent(isLaunch ? "launch \(name)" : name, "X", span, origin, &writer) { writer in
      writer.key("dur")
      writer.rawNumber(NumberFormat.microseconds(picoseconds: span.end - span.start))
      writer.key("args")
      writer.beginObject()
      if span.correlation > 0 {
        writer.key("correlation")
        writer.value(span.correlation)
      }
      if let work = timeline.work(of: span) {
        for (key, value) in [("flops", work.flops), ("bytes", work.bytes)] {
          writer.key(key)
          writer.value(value)
        }
      }
      writer.end()
    }
    guard span.correlation > 0 else { return }
    // A flow arrow from the launch to what it launched.
    writeEvent("launch", isLaunch ? "s" : "f", span, origin, &writer) { writer in
      writer.key("id")
      writer.value(span.correlation)
      if !isLaunch {
        writer.key("bp")
        writer.value("e")
      }
    }
  }

  private func writeEvent(
    _ name: String, _ phase: String, _ span: TimelineSpan, _ origin: Int64, _ writer: inout JSONWriter,
    _ rest: (inout JSONWriter) -> Void
  ) {
    let (process, thread) = place(span.lane)
    writer.beginObject()
    for (key, text) in [("name", name), ("cat", span.category.key), ("ph", phase)] {
      writer.key(key)
      writer.value(text)
    }
    for (key, number) in [("pid", process), ("tid", thread)] {
      writer.key(key)
      writer.value(number)
    }
    writer.key("ts")
    writer.rawNumber(NumberFormat.microseconds(picoseconds: span.start - origin))
    rest(&writer)
    writer.end()
  }

  private func write(
    _ sample: TimelineCounters.Sample, of counter: TimelineCounters.Counter, _ origin: Int64,
    _ writer: inout JSONWriter
  ) {
    writer.beginObject()
    for (key, text) in [("name", counter.name), ("ph", "C")] {
      writer.key(key)
      writer.value(text)
    }
    writer.key("pid")
    writer.value(1)
    writer.key("ts")
    writer.rawNumber(NumberFormat.microseconds(picoseconds: sample.time - origin))
    writer.key("args")
    writer.beginObject()
    writer.key(counter.unit)
    writer.value(sample.value)
    writer.end()
    writer.end()
  }
}
