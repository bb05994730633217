import JSONText
import Roofline
import Simulation
import Traces

/// A simulated timeline in the Trace Event Format, which Perfetto and chrome://tracing open.
///
/// Times are microseconds with six decimals: picoseconds survive. Beside the spans there are an arrow from each launch to
/// what it launched, and counters: launches in the queue, and what the running kernels achieve.
package struct ChromeTrace: Sendable {
  /// What happened.
  package let timeline: Timeline

  /// A trace of a timeline.
  package init(timeline: Timeline) { self.timeline = timeline }

  /// Writes the JSON text, piece by piece: a timeline may be longer than memory should hold twice.
  ///
  /// - Parameter emit: Takes the next bytes.
  /// - Throws: What `emit` throws.
  package func write<Fault: Error>(to emit: ([UInt8]) throws(Fault) -> Void) throws(Fault) {
    var writer = TraceEventWriter()
    writeNames(&writer)
    let origin = timeline.spans.lazy.map(\.start).min() ?? 0
    for span in timeline.spans {
      write(span, origin, &writer)
      try writer.pass(to: emit)
    }
    let counters = TimelineCounters(timeline)
    for (name, unit, samples) in [
      ("queue depth", "launches", counters.queueDepth), ("achieved arithmetic", "TFLOP/s", counters.arithmetic),
      ("achieved bandwidth", "GB/s", counters.bandwidth),
    ] {
      for sample in samples {
        writer.counter(name, process: 1, at: sample.time - origin, unit: unit, value: sample.value)
        try writer.pass(to: emit)
      }
    }
    try writer.end(emit)
  }

  private func place(_ lane: TimelineLane) -> (process: Int, thread: Int) {
    switch lane {
    case .host: (0, 0)
    case .stream(let stream): (1, stream)
    }
  }

  private func writeNames(_ writer: inout TraceEventWriter) {
    var streams: Set<Int> = []
    for span in timeline.spans {
      if case .stream(let stream) = span.lane { streams.insert(stream) }
    }
    writer.name(.process, "host", process: 0)
    writer.name(.thread, "dispatch", process: 0, thread: 0)
    writer.name(.process, "device", process: 1)
    for stream in streams.sorted() { writer.name(.thread, "stream \(stream)", process: 1, thread: stream) }
  }

  private func write(_ span: TimelineSpan, _ origin: Picoseconds, _ writer: inout TraceEventWriter) {
    let name = timeline.labels.indices.contains(span.label) ? timeline.labels[span.label] : "pass"
    let isLaunch = span.lane == .host && span.category == .launch
    let (process, thread) = place(span.lane)
    func begin(_ name: String, _ phase: String) {
      let category = span.category.key
      writer.begin(
        name, category: category, phase: phase, process: process, thread: thread, at: span.start - origin)
    }
    begin(isLaunch ? "launch \(name)" : name, "X")
    writer.duration(span.end - span.start)
    writer.json.key("args")
    writer.json.beginObject()
    if span.correlation > 0 {
      writer.json.key("correlation")
      writer.json.value(span.correlation)
    }
    if let work = timeline.work(of: span) {
      for (key, value) in [("flops", work.flops), ("bytes", work.bytes)] {
        writer.json.key(key)
        writer.json.value(value)
      }
    }
    writer.json.end()
    writer.json.end()
    guard span.correlation > 0 else { return }
    // An arrow from the launch to what it launched.
    begin("launch", isLaunch ? "s" : "f")
    writer.endArrow(span.correlation, isHead: !isLaunch)
  }
}
