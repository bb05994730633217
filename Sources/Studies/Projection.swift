import JSONText
import Profiles
import Roofline
import Simulation
import Workloads

/// A workload on the hardware of years to come, with bands: how certain that is.
///
/// Each sample is a world: residuals of every trend (``RoadmapDraw``) make its hardware, and an error of the model each
/// for its host and its device times (`ErrorBand`) makes its latencies. A sample keeps its draws from year to year, so
/// that bands run smoothly; and draws depend on the seed and the sample's number alone, so that they are the same on any
/// number of cores.
package struct Projection: Sendable {
  /// The quantiles of a result over all samples.
  package struct Band: Sendable, Equatable {
    /// Nine of ten samples lie in it.
    package let ninety: ClosedRange<Double>
    /// Half of the samples lie in it.
    package let fifty: ClosedRange<Double>
    /// As many samples lie above as below.
    package let median: Double

    init(_ samples: [Double]) {
      let sorted = samples.sorted()
      func quantile(_ share: Double) -> Double { ErrorSummary.quantile(sorted, share) }
      ninety = quantile(0.05)...quantile(0.95)
      fifty = quantile(0.25)...quantile(0.75)
      median = quantile(0.5)
    }
  }

  /// A year.
  package struct Year: Sendable {
    /// Which: its middle is projected to.
    package let year: Int
    /// The system that the trends make.
    package let system: System
    /// The result on that system, without any error.
    package let onTrend: SweepResult
    /// Seconds per pass.
    package let latency: Band
    /// Seconds in which the device works.
    package let deviceBusy: Band
    /// The tax as a fraction of the latency.
    package let taxFraction: Band
    /// Sample by sample, seconds; nil for one that was left out.
    let samples: [(latency: Double, deviceBusy: Double)?]
    /// How many samples have a number that was held at a limit of its profile.
    package let heldSamples: Int
    /// How many samples were left out, since a pass takes longer than the clock counts.
    package let droppedSamples: Int
  }

  /// A part of the catalog, simulated with the host that the trend gives for its date, or the one that was asked for.
  package struct Part: Sendable {
    /// The part.
    package let accelerator: AcceleratorProfile
    /// When it came or will come out.
    package let year: Double
    /// The result.
    package let result: SweepResult
    /// Whether the trends are fitted to it; announced parts are only shown.
    package let isFitted: Bool
  }

  /// What is projected.
  package let scenario: Scenario
  /// The trends.
  package let roadmap: Roadmap
  /// The model's own error; nil where none is known, and the bands leave it out.
  package let errorBand: ErrorBand?
  /// How many samples there are.
  package let sampleCount: Int
  /// What the draws come from.
  package let seed: UInt64
  /// The parts of the history, and those announced.
  package let parts: [Part]
  /// From the year behind the last generation to the one asked for.
  package let years: [Year]

  /// The years that can be asked for: from that of the last generation on, for as long as a trend is worth anything.
  package static func yearRange(_ roadmap: Roadmap) -> ClosedRange<Int> {
    let last = roadmap.lastYear
    return Int(last)...(Int(last) + 50)
  }

  /// How many samples were held at a limit or left out in any year, at most.
  package var heldSamples: Int { years.map(\.heldSamples).max() ?? 0 }

  /// How many samples were left out in any year, at most.
  package var droppedSamples: Int { years.map(\.droppedSamples).max() ?? 0 }

  /// Projects.
  ///
  /// - Parameters:
  ///   - scenario: What is projected; its system is the roadmap's base.
  ///   - roadmap: The trends.
  ///   - lastYear: The year asked for.
  ///   - errorBand: The model's own error.
  ///   - sampleCount: How many samples are drawn.
  ///   - seed: What they are drawn from.
  ///   - threads: How many cores are used; nil for all.
  /// - Throws: ``ProjectionFault``.
  /// - Complexity: For each year and sample, one pricing of the workload's different kernels.
  package init(
    _ scenario: Scenario, roadmap: Roadmap, upTo lastYear: Int, errorBand: ErrorBand?, sampleCount: Int, seed: UInt64,
    threads: Int? = nil
  ) throws {
    let range = Self.yearRange(roadmap)
    guard range.contains(lastYear) else { throw ProjectionFault.yearOutOfRange(lastYear, range) }
    self.scenario = scenario
    self.roadmap = roadmap
    self.errorBand = errorBand
    self.sampleCount = sampleCount
    self.seed = seed
    let preparation = Preparation()
    let source = RoadmapDraw.Source(roadmap)
    let worlds = (0..<sampleCount).map { ProjectionWorld(source, seed: seed, sample: $0, errorBand, roadmap.progress) }
    let first = min(range.lowerBound + 1, lastYear)
    years = try parallelMap(Array(first...lastYear), threads: threads) { year in
      try Self.project(scenario, roadmap, to: year, worlds, preparation)
    }
    let known = roadmap.history.accelerators.map { ($0, true) } + roadmap.history.announced.map { ($0, false) }
    parts = try parallelMap(known, threads: threads) { part, isFitted in
      try Self.simulate(part, isFitted, scenario, roadmap, preparation)
    }
  }

  private static func project(
    _ scenario: Scenario, _ roadmap: Roadmap, to year: Int, _ worlds: [ProjectionWorld], _ preparation: Preparation
  ) throws -> Year {
    let time = Double(year) + 0.5
    var onTrend = scenario
    onTrend.system = roadmap.system(at: time)
    var pricer = PassPricer(onTrend, preparation.plan(of: onTrend))
    guard let trendTiming = try? pricer.time() else { throw ProjectionFault.beyondSimulation(year: year) }
    var trendResult = SweepResult(trendTiming.summary)
    trendResult.fits = pricer.fits
    let outlook = RoadmapYear(roadmap, at: time)
    let yearsAhead = max(0, time - roadmap.lastYear)
    let samples = worlds.map { Self.outcome(of: $0, outlook, yearsAhead, &pricer) }
    let outcomes = samples.compactMap { $0?.outcome }
    guard outcomes.count * 2 > worlds.count else { throw ProjectionFault.beyondSimulation(year: year) }
    return Year(
      year: year, system: onTrend.system, onTrend: trendResult, latency: Band(outcomes.map(\.latency)),
      deviceBusy: Band(outcomes.map(\.deviceBusy)), taxFraction: Band(outcomes.map(Self.taxFraction)),
      samples: samples.map { $0?.outcome }, heldSamples: samples.filter { $0?.isHeld == true }.count,
      droppedSamples: worlds.count - outcomes.count)
  }

  private static func taxFraction(_ outcome: (latency: Double, deviceBusy: Double)) -> Double {
    outcome.latency > 0 ? 1 - outcome.deviceBusy / outcome.latency : 0
  }

  /// A sample's pass; nil for what takes longer than the clock counts: it is one of a few wild samples, which medians and
  /// bands can spare.
  private static func outcome(
    of world: ProjectionWorld, _ outlook: RoadmapYear, _ yearsAhead: Double, _ pricer: inout PassPricer
  ) -> (outcome: (latency: Double, deviceBusy: Double), isHeld: Bool)? {
    let values = outlook.values(world.draw)
    for (number, value) in values.numbers { pricer.set(number, to: value) }
    pricer.update([.host, .device])
    return (try? world.outcome(of: pricer, yearsAhead: yearsAhead)).map { ($0, values.isHeld) }
  }

  /// What the uncertainty of the last year comes from.
  ///
  /// - Parameter sampleCount: How many samples tell it, at most as many as there are.
  /// - Returns: The shares; nil without a year.
  package func varianceShares(samples sampleCount: Int = 400) -> VarianceShares? {
    guard let last = years.last else { return nil }
    let time = Double(last.year) + 0.5
    var onTrend = scenario
    onTrend.system = last.system
    let plan = Preparation().plan(of: onTrend)
    let pricer = PassPricer(onTrend, plan)
    let outlook = RoadmapYear(roadmap, at: time)
    let source = RoadmapDraw.Source(roadmap)
    let groups = roadmap.quantities.map { VarianceShares.Group($0.number) }
    let worlds = (0..<min(sampleCount, self.sampleCount)).map {
      ProjectionWorld(source, seed: seed, sample: $0, errorBand, roadmap.progress)
    }
    let samples = parallelMap(VarianceShares.Group.allCases) { group in
      var pricer = pricer
      return worlds.compactMap { world in
        Self.outcome(
          of: world.only(group, of: groups, roadmap.progress), outlook, max(0, time - roadmap.lastYear), &pricer
        ).map { (latency: $0.outcome.latency, taxFraction: Self.taxFraction($0.outcome)) }
      }
    }
    return VarianceShares(Dictionary(zip(VarianceShares.Group.allCases, samples)) { first, _ in first })
  }

  private static func simulate(
    _ part: AcceleratorProfile, _ isFitted: Bool, _ scenario: Scenario, _ roadmap: Roadmap,
    _ preparation: Preparation
  ) throws -> Part {
    let year = decimalYear(part.released) ?? roadmap.lastYear
    var own = scenario
    own.system.accelerator = part
    let number = SystemNumber.hostSpeed
    if !roadmap.startsAtHost, let speed = roadmap.trend(of: number.path)?.value(at: year),
      let possible = number.range.nearest(to: speed)
    {
      number.set(possible, in: &own.system)
    }
    let result = try SweepResult(PassPricer(own, preparation.plan(of: own)).time().summary)
    return Part(accelerator: part, year: year, result: result, isFitted: isFitted)
  }
}

extension Roadmap {
  /// When the last generation came out.
  package var lastYear: Double {
    (history.accelerators.last?.released ?? base.accelerator?.released).flatMap(decimalYear) ?? 0
  }
  /// When the first did.
  package var firstYear: Double { history.accelerators.first.flatMap { decimalYear($0.released) } ?? lastYear }
}
