import JSONText
import Roofline
import Simulation
import Traces

/// A simulated timeline in the Trace Event Format, which Perfetto and chrome://tracing open.
///
/// Times are microseconds with six decimals: picoseconds survive. Beside the spans there are an arrow from each launch to
/// what it launched, and counters: launches in the queue, and what the running kernels achieve.
package struct ChromeTrace: Sendable {
  /// What happened, of each rank.
  private let ranks: [Timeline]

  /// A trace of a timeline.
  package init(timeline: Timeline) { self.init(ranks: [timeline]) }

  /// A trace of the timelines of several ranks, whose clocks are one.
  package init(ranks: [Timeline]) { self.ranks = ranks }

  /// Writes the JSON text, piece by piece: a timeline may be longer than memory should hold twice.
  ///
  /// - Parameter emit: Takes the next bytes.
  /// - Throws: What `emit` throws.
  package func write<Fault: Error>(to emit: ([UInt8]) throws(Fault) -> Void) throws(Fault) {
    var writer = TraceEventWriter()
    let origin = ranks.lazy.flatMap(\.spans).map(\.start).min() ?? 0
    for (rank, timeline) in ranks.enumerated() { try write(timeline, of: rank, origin, &writer, to: emit) }
    try writer.end(emit)
  }

  private func write<Fault: Error>(
    _ timeline: Timeline, of rank: Int, _ origin: Picoseconds, _ writer: inout TraceEventWriter,
    to emit: ([UInt8]) throws(Fault) -> Void
  ) throws(Fault) {
    writeNames(timeline, of: rank, &writer)
    for span in timeline.spans {
      write(span, of: timeline, rank, origin, &writer)
      try writer.pass(to: emit)
    }
    let counters = TimelineCounters(timeline)
    for (name, unit, samples) in [
      ("queue depth", "launches", counters.queueDepth), ("achieved arithmetic", "TFLOP/s", counters.arithmetic),
      ("achieved bandwidth", "GB/s", counters.bandwidth),
    ] {
      for sample in samples {
        writer.counter(name, process: 2 * rank + 1, at: sample.time - origin, unit: unit, value: sample.value)
        try writer.pass(to: emit)
      }
    }
  }

  private func place(_ lane: TimelineLane, of rank: Int) -> (process: Int, thread: Int) {
    switch lane {
    case .host: (2 * rank, 0)
    case .stream(let stream): (2 * rank + 1, stream)
    }
  }

  private func writeNames(_ timeline: Timeline, of rank: Int, _ writer: inout TraceEventWriter) {
    let (host, device) = (2 * rank, 2 * rank + 1)
    let words = ranks.count > 1 ? "rank \(rank) " : ""
    var streams: Set<Int> = []
    for span in timeline.spans {
      if case .stream(let stream) = span.lane { streams.insert(stream) }
    }
    writer.name(.process, words + "host", process: host)
    writer.name(.thread, "dispatch", process: host, thread: 0)
    writer.name(.process, words + "device", process: device)
    for stream in streams.sorted() { writer.name(.thread, "stream \(stream)", process: device, thread: stream) }
  }

  private func write(
    _ span: TimelineSpan, of timeline: Timeline, _ rank: Int, _ origin: Picoseconds, _ writer: inout TraceEventWriter
  ) {
    let name = timeline.labels.indices.contains(span.label) ? timeline.labels[span.label] : "pass"
    let isLaunch = span.lane == .host && span.category == .launch
    let (process, thread) = place(span.lane, of: rank)
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
    if span.waiting > 0 {
      writer.json.key("waiting_us")
      writer.json.value(span.waiting.microseconds)
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
    // Arrows of all ranks have numbers of their own.
    writer.endArrow(span.correlation * ranks.count + rank, isHead: !isLaunch)
  }
}
