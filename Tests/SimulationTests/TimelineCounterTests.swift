import Roofline
import Testing

@testable import Simulation

@Suite("Counters of a timeline") struct TimelineCounterTests {
  /// Two launches, each followed by its kernel; times in picoseconds.
  private var timeline: Timeline {
    var timeline = Timeline()
    timeline.labels = ["k"]
    timeline.work = [KernelWork(flops: 2e6, bytes: 1e6)]
    func span(
      _ lane: TimelineLane, _ start: Picoseconds, _ end: Picoseconds, _ correlation: Int, _ category: CostCategory
    ) {
      timeline.spans.append(
        TimelineSpan(
          lane: lane, start: start, end: end, label: 0, correlation: correlation, category: category,
          cost: lane == .host ? -1 : 0))
    }
    span(.host, 0, 1_000_000, 1, .launch)
    span(.host, 1_000_000, 2_000_000, 2, .launch)
    span(.stream(0), 1_500_000, 3_500_000, 1, .compute)
    span(.stream(0), 3_500_000, 4_500_000, 2, .compute)
    return timeline
  }

  @Test("Launches are in the queue from the return of the call to the end of the kernel")
  func queue() {
    let samples = TimelineCounters(timeline).queueDepth
    #expect(samples.map(\.time) == [1_000_000, 2_000_000, 3_500_000, 4_500_000])
    #expect(samples.map(\.value) == [1, 2, 1, 0])
  }

  @Test("A kernel's rate is its work over its time")
  func rates() {
    let counters = TimelineCounters(timeline)
    #expect(counters.arithmetic.map(\.value) == [1, 2, 0], "2e6 FLOPs in 2 and in 1 µs, TFLOP/s")
    #expect(counters.bandwidth.map(\.value) == [500, 1000, 0], "1e6 bytes in 2 and in 1 µs, GB/s")
    #expect(counters.arithmetic.map(\.time) == [1_500_000, 3_500_000, 4_500_000])
  }
}
