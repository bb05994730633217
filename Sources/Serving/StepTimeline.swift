import Roofline
import Simulation
import Workloads

/// The loop of a generation as it is seen: the steps over prompts and the first ones over next tokens, one after the other.
package struct StepTimeline: Sendable {
  /// All spans, from the first step on.
  package private(set) var timeline = Timeline()
  private var end: Picoseconds = 0

  /// Steps of each phase that are shown at most.
  private static let shown: Int64 = 8

  /// The first steps of a generation.
  package init(_ served: ServedDecoder, _ load: GenerationLoad) throws {
    var left = Self.shown
    for (step, count) in try load.prefillSteps(of: served.engine) {
      for _ in 0..<min(left, count) { try add(step, .synchronized, served) }
      left -= min(left, count)
    }
    left = Self.shown
    for stretch in load.decodeStretches(of: served.engine) {
      for step in 0..<min(left, stretch.steps) {
        let keys = stretch.firstKeys + step * stretch.growth
        let step = EngineStep(requests: stretch.requests, queries: 1, keys: keys)
        try add(step, served.decodeLatencyKind, served)
      }
      left -= min(left, stretch.steps)
    }
  }

  /// Adds a step behind the others.
  private mutating func add(_ step: EngineStep, _ kind: LatencyKind, _ served: ServedDecoder) throws {
    let result = try served.scenario(step, kind).simulate(with: Simulator(recordsTimeline: true))
    guard let added = result.timing.timeline, let start = added.spans.map(\.start).min() else { return }
    let (labels, work) = (timeline.labels.count, timeline.work.count)
    let correlation = timeline.spans.map(\.correlation).max() ?? 0
    timeline.labels += added.labels
    timeline.work += added.work
    for span in added.spans {
      var span = span
      span.start = span.start - start + end
      span.end = span.end - start + end
      if span.label >= 0 { span.label += labels }
      if span.cost >= 0 { span.cost += work }
      if span.correlation > 0 { span.correlation += correlation }
      timeline.spans.append(span)
    }
    end += result.latency
  }
}
