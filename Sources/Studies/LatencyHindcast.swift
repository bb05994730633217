import JSONText
import Kernels
import Profiles
import Roofline
import Simulation
import Workloads

/// What would have been forecast of latencies that have been measured since.
///
/// The accelerator that a row was measured on is projected from the newest part of its line that had come by the cut-off, and
/// the host from the one that was sold with it, or from the line of the one that fed it where the row tells: with the trends
/// of that time and the model of today. What frameworks spend is today's as well, since nobody wrote it down then.
package struct LatencyHindcast: Sendable {
  /// The quantity of a regime, as summaries name it.
  package static func quantity(_ isHostBound: Bool) -> String {
    "latency_us " + (isHostBound ? LatencyRegime.hostBound : .deviceBound).rawValue
  }

  /// What is forecast: a row, from a year.
  private struct Task: Sendable {
    /// The row with the part that it is projected from in place of its own.
    let measurement: Measurement
    /// What was measured, seconds.
    let latency: Double
    let isHostBound: Bool
    let cutoff: Int
    let target: HistoryPart
    /// When the host came that fed it, where the row has one.
    let hostTime: Double?
    /// The part before the one that it is projected from, for who goes on as between the two.
    let before: HistoryPart?
  }

  /// Every forecast, with its bands as they would have been given.
  package let outcomes: [Hindcast.Outcome]
  /// By how much device times shrink each year beyond what data sheets say, as a logarithm, as all rows together tell.
  package let progressPerYear: Double

  /// Forecasts measured rows.
  ///
  /// - Parameters:
  ///   - measurements: The rows; those whose accelerator is in no line are passed over.
  ///   - source: Where their names are found.
  ///   - lines: The history.
  ///   - numbers: The hindcast of the numbers, which tells how wide bands were at each cut-off.
  ///   - errorBand: The model's own error.
  ///   - ahead: For how many years ahead.
  ///   - sampleCount: How many samples a band is made of.
  ///   - seed: What they are drawn from.
  /// - Throws: What the source throws, a bind fault, or a `SimulationFault`.
  /// - Complexity: For each forecast and sample, one pricing of the workload's different kernels.
  package init(
    _ measurements: [Measurement], from source: some ModelSource, lines: HardwareLines, numbers: Hindcast,
    errorBand: ErrorBand?, ahead: Int = 6, sampleCount: Int = 200, seed: UInt64 = 1
  ) throws {
    // Which of host and device sets a latency is a matter of the part that it was measured on.
    let validation = try Validation(measurements, from: source, fitsHost: false)
    let tasks = try validation.predictions.flatMap { try Self.tasks($0, lines, ahead, from: source) }
    let prepared = try prepare(tasks.map(\.measurement), from: source)
    let earlier = try prepare(
      tasks.map { task in
        var row = task.measurement
        if let before = task.before?.profile { row.accelerator = before }
        return row
      }, from: source)
    let cutoffs = Set(tasks.map(\.cutoff))
    let trends = Dictionary(cutoffs.map { ($0, TrendSet(lines.known(at: $0))) }) { first, _ in first }
    let known = Dictionary(
      cutoffs.map { ($0, RoadmapLines(trends[$0] ?? TrendSet(lines), scale: numbers.scale(at: $0))) }
    ) { first, _ in first }
    let outcomes = try parallelMap(Array(tasks.indices)) { index in
      try Self.outcome(
        tasks[index], prepared[index], earlier[index], known[tasks[index].cutoff] ?? RoadmapLines(rules: lines.rules),
        errorBand, sampleCount, seed)
    }
    let last = outcomes.map(\.year).max() ?? 0
    progressPerYear = HardwareProgress(outcomes, at: last, lines.rules).rate(of: Self.quantity(false))
    self.outcomes = Hindcast.scaling(HardwareProgress.applied(to: outcomes, lines.rules), lines.rules).outcomes
  }

  // MARK: What is forecast

  private static func tasks(
    _ prediction: Validation.Prediction, _ lines: HardwareLines, _ ahead: Int, from source: some ModelSource
  ) throws -> [Task] {
    let row = prediction.measurement
    guard let latency = row.latency, let target = lines.accelerators.first(where: { $0.profile == row.accelerator })
    else { return [] }
    let host = row.host.flatMap { name in lines.hosts.first { $0.profile == name } }
    return try (1...max(1, ahead)).compactMap { years in
      let cutoff = target.year - years
      let known = known(target, lines.accelerators, at: cutoff)
      guard let base = known.last, let name = base.profile else { return nil }
      // Matrix units are other kernels and no faster ones: they cannot be foreseen from a part without them.
      let units = try source.accelerator(name)?.efficiency.matrixAlignment ?? 0
      if row.precision != .fp32, units == 0 { return nil }
      var measurement = row
      measurement.accelerator = name
      measurement.host = host.flatMap { Self.known($0, lines.hosts, at: cutoff).last?.profile }
      return Task(
        measurement: measurement, latency: latency, isHostBound: prediction.isHostBound, cutoff: cutoff, target: target,
        hostTime: measurement.host == nil ? nil : host?.time,
        before: known.dropLast().last { $0.time < base.time })
    }
  }

  /// The parts of a part's line that had come by a cut-off and have a profile, the oldest first.
  private static func known(_ part: HistoryPart, _ parts: [HistoryPart], at cutoff: Int) -> [HistoryPart] {
    parts.filter { $0.line == part.line && $0.profile != nil && $0.year <= cutoff && !$0.isAnnounced }
      .sorted { $0.time < $1.time }
  }

  // MARK: Forecasts

  private static func outcome(
    _ task: Task, _ row: PreparedRow, _ earlier: PreparedRow, _ lines: RoadmapLines, _ errorBand: ErrorBand?,
    _ sampleCount: Int, _ seed: UInt64
  ) throws -> Hindcast.Outcome {
    let system = row.scenario.system
    let history = HardwareHistory(accelerators: system.accelerator.map { [$0] } ?? [], hosts: [system.host])
    let roadmap = try Roadmap(history: history, base: system, lines: lines)
    let year = RoadmapYear(roadmap, at: task.target.time, hostsAt: task.hostTime)
    let band = try band(row, roadmap, year, errorBand, sampleCount, seed)
    let forecast = band.median.logarithm
    let actual = task.latency.logarithm
    // The side that what came lies on has a width of its own.
    func width(_ range: ClosedRange<Double>) -> Double {
      forecast > actual ? forecast - range.lowerBound.logarithm : range.upperBound.logarithm - forecast
    }
    return Hindcast.Outcome(
      quantity: quantity(task.isHostBound), line: task.target.line, cutoff: task.cutoff,
      ahead: task.target.year - task.cutoff, forecast: forecast, half: max(0, width(band.fifty)),
      most: max(0, width(band.ninety)), actual: actual, naive: try naive(task, row, earlier, roadmap.lastYear))
  }

  private static func band(
    _ row: PreparedRow, _ roadmap: Roadmap, _ year: RoadmapYear, _ errorBand: ErrorBand?, _ sampleCount: Int,
    _ seed: UInt64
  ) throws -> Projection.Band {
    let source = RoadmapDraw.Source(roadmap)
    var pricer = PassPricer(row.scenario, row.plan)
    var latencies: [Double] = []
    for sample in 0..<sampleCount {
      let world = ProjectionWorld(source, seed: seed, sample: sample, errorBand)
      for (number, value) in year.values(world.draw).numbers { pricer.set(number, to: value) }
      pricer.update([.host, .device])
      guard let outcome = try? world.outcome(of: pricer, yearsAhead: 0) else { continue }
      latencies.append(outcome.latency)
    }
    guard !latencies.isEmpty else { throw ProjectionFault.beyondSimulation(year: Int(roadmap.lastYear)) }
    return Projection.Band(latencies)
  }

  /// What is said by who takes the last part's latency, halves it every two years, or goes on as between the last two parts.
  private static func naive(
    _ task: Task, _ row: PreparedRow, _ earlier: PreparedRow, _ released: Double
  ) throws -> [NaiveForecast: Double] {
    let last = try PassPricer(row.scenario, row.plan).time().latency.seconds.logarithm
    let years = task.target.time - released
    var naive: [NaiveForecast: Double] = [.lastValue: last, .doubling: last - 2.0.logarithm / 2 * years]
    if let before = task.before {
      let latency = try PassPricer(earlier.scenario, earlier.plan).time().latency.seconds.logarithm
      naive[.lastTwo] = last + (last - latency) / (released - before.time) * years
    }
    return naive
  }
}
