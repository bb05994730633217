import Profiles
import Roofline
import Simulation

/// What a replica does in a stretch of time: the stages of each step on the host, and the step on the device.
package struct ServingTimeline: Sendable {
  /// From when on, and until when.
  package let window: Range<Picoseconds>
  /// All spans of steps that begin in it.
  package private(set) var timeline = Timeline()
  private var labels: [String: Int] = [:]

  /// The most spans that are kept.
  private static let limit = 2_000_000

  /// Nothing yet.
  package init(from start: Picoseconds, to end: Picoseconds) { window = start..<max(start, end) }

  /// Adds a step that begins now.
  ///
  /// Without working ahead scheduling, preparing and launching come before the device's work, and what becomes of its tokens
  /// after it; a loop that works ahead does all of it while the device works.
  mutating func add(
    _ step: BatchStep, from start: Picoseconds, to end: Picoseconds, _ price: StepPrice,
    _ stages: [(stage: EngineStage, time: Double)], isAhead: Bool
  ) {
    guard window.contains(start), timeline.spans.count < Self.limit else { return }
    let work = stages.map { ($0.stage.key, $0.time) }
    let launch = max(0, price.hostBusy - work.reduce(0) { $0 + $1.1 })
    let (before, after) = (work.prefix(2) + [("launch", launch)], work.dropFirst(2))
    let tail = isAhead ? 0 : after.reduce(0) { $0 + $1.1 }
    let deviceEnd = Double(end.count) - tail
    let device = max(Double(start.count), deviceEnd - price.deviceBusy)
    add(.stream(0), name(of: step), device, deviceEnd, step.pieces > 0 ? .compute : .memory)
    var time = Double(start.count)
    for (name, length) in before {
      add(.host, name, time, time + length, name == "launch" ? .launch : .dispatch)
      time += length
    }
    if !isAhead { time = deviceEnd }
    for (name, length) in after {
      add(.host, name, time, time + length, .dispatch)
      time += length
    }
  }

  private func name(of step: BatchStep) -> String {
    var parts: [String] = []
    if step.pieces > 0 { parts.append("\(step.promptTokens) prompt tokens") }
    if step.decodes > 0 { parts.append("\(step.decodes) next tokens") }
    if step.moves > 0 { parts.append("\(step.moves) caches moved") }
    return parts.joined(separator: ", ")
  }

  private mutating func add(
    _ lane: TimelineLane, _ name: String, _ start: Double, _ end: Double, _ category: CostCategory
  ) {
    guard end > start else { return }
    let label = labels[name] ?? timeline.labels.count
    if label == timeline.labels.count {
      timeline.labels.append(name)
      labels[name] = label
    }
    timeline.spans.append(
      TimelineSpan(
        lane: lane, start: Picoseconds(Int64(start.rounded())), end: Picoseconds(Int64(end.rounded())), label: label,
        category: category))
  }
}
