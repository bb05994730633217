import Roofline

/// What can be counted along a timeline: launches in the queue, arithmetic and memory traffic.
package struct TimelineCounters: Sendable {
  /// A value from a moment on.
  package struct Sample: Sendable, Equatable {
    /// When.
    package var time: Picoseconds
    /// How much from then on.
    package var value: Double
  }

  /// How many launches are in the queue, by time; no two samples of one moment, as of all counters.
  package let queueDepth: [Sample]
  /// What the running kernels achieve, in TFLOP/s.
  package let arithmetic: [Sample]
  /// What the running kernels move, in GB/s.
  package let bandwidth: [Sample]

  /// Counts.
  ///
  /// A launch is in the queue from the return of its call until what it launched has ended; a kernel works at one rate
  /// from its start to its end.
  ///
  /// - Complexity: O(n log n) in the spans.
  package init(_ timeline: Timeline) {
    var queue: [(time: Picoseconds, change: Double)] = []
    var flops: [(time: Picoseconds, change: Double)] = []
    var bytes: [(time: Picoseconds, change: Double)] = []
    var ends: [Int: Picoseconds] = [:]
    for span in timeline.spans where span.lane != .host && span.correlation > 0 {
      ends[span.correlation] = max(ends[span.correlation] ?? span.end, span.end)
    }
    for span in timeline.spans {
      if span.lane == .host, span.category == .launch, let end = ends[span.correlation] {
        queue += [(span.end, 1), (end, -1)]
      } else if span.end > span.start, let work = timeline.work(of: span) {
        // Operations for each picosecond are TFLOP/s, bytes for each nanosecond GB/s.
        let duration = Double((span.end - span.start).count)
        flops += [(span.start, work.flops / duration), (span.end, -work.flops / duration)]
        bytes += [(span.start, work.bytes / duration * 1e3), (span.end, -work.bytes / duration * 1e3)]
      }
    }
    (queueDepth, arithmetic, bandwidth) = (Self.summed(queue), Self.summed(flops), Self.summed(bytes))
  }

  /// Sums changes in the order of time; where as many have ended as begun, the sum is zero and not what rounding left.
  private static func summed(_ changes: [(time: Picoseconds, change: Double)]) -> [Sample] {
    var samples: [Sample] = []
    var (sum, open) = (0.0, 0)
    for (time, change) in changes.sorted(by: { $0.time < $1.time }) {
      if change != 0 { open += change > 0 ? 1 : -1 }
      sum = open == 0 ? 0 : max(0, sum + change)
      if samples.last?.time == time {
        samples[samples.count - 1].value = sum
      } else {
        samples.append(Sample(time: time, value: sum))
      }
    }
    return samples
  }
}

extension Timeline {
  /// What a span does on the device; nil for one of the host, or a copy.
  package func work(of span: TimelineSpan) -> KernelWork? {
    guard span.lane != .host, work.indices.contains(span.cost) else { return nil }
    return work[span.cost]
  }
}
