import JSONText
import Kernels
import Profiles
import Roofline
import Simulation
import Workloads

/// A workload on the hardware of years to come, with bands: how certain that is.
///
/// Each sample is a world: residuals of every trend (``RoadmapDraw``) make its hardware, and an error of the model each
/// for its host and its device times (`ErrorBand`) makes its latencies; of numbers whose sources contradict each other each
/// has one of the figures. A sample keeps its draws from year to year, so
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
    /// The host's time over the device's.
    package let hostOverDevice: Band
    /// The speed of one thread that a host needs not to be waited for.
    package let neededHostSpeed: Band
    /// The pass on the system, without any error.
    let trendPass: SampledPass
    /// Sample by sample; nil for one that was left out.
    let samples: [SampledPass?]
    /// What is projected, with the workload of that year.
    let scenario: Scenario
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
    /// Whether the trends are fitted to it; announced parts are evidence with an uncertainty of its own.
    package let isFitted: Bool
    /// The pass, without any error.
    let trendPass: SampledPass
    /// Sample by sample, with the model's errors alone; nil for one that was left out.
    let samples: [SampledPass?]

    /// The tax as a fraction of the latency, by the model's errors alone.
    package var taxFraction: Band { Band(samples.compactMap { $0?.taxFraction }) }
    /// The host's time over the device's, by the model's errors alone.
    package var hostOverDevice: Band { Band(samples.compactMap { $0?.hostOverDevice }) }
    /// Seconds per pass, by the model's errors alone.
    package var latency: Band { Band(samples.compactMap { $0?.latency }) }
  }

  /// What is projected.
  package let scenario: Scenario
  /// The trends.
  package let roadmap: Roadmap
  /// How the workload grows.
  let workloads: ProjectedWorkload
  /// The model's own error; nil where none is known, and the bands leave it out.
  package let errorBand: ErrorBand?
  /// How many samples there are.
  package let sampleCount: Int
  /// What the draws come from.
  package let seed: UInt64
  /// The parts of the history in the order of their dates, and those announced.
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
  ///   - workloads: How the workload grows.
  ///   - earlier: Parts from before the first generation, to be shown beside them.
  ///   - errorBand: The model's own error.
  ///   - sampleCount: How many samples are drawn.
  ///   - seed: What they are drawn from.
  ///   - threads: How many cores are used; nil for all.
  /// - Throws: ``ProjectionFault``, or what binding a grown workload throws.
  /// - Complexity: For each year and sample, one pricing of the workload's different kernels.
  package init(
    _ scenario: Scenario, roadmap: Roadmap, upTo lastYear: Int, workloads: ProjectedWorkload? = nil,
    earlier: [AcceleratorProfile] = [], errorBand: ErrorBand?, sampleCount: Int, seed: UInt64, threads: Int? = nil
  ) throws {
    let range = Self.yearRange(roadmap)
    guard range.contains(lastYear) else { throw ProjectionFault.yearOutOfRange(lastYear, range) }
    self.scenario = scenario
    self.roadmap = roadmap
    self.errorBand = errorBand
    self.workloads = workloads ?? ProjectedWorkload()
    self.sampleCount = sampleCount
    self.seed = seed
    let preparation = Preparation()
    let source = RoadmapDraw.Source(roadmap)
    let worlds = (0..<sampleCount).map { ProjectionWorld(source, seed: seed, sample: $0, errorBand, roadmap.progress) }
    let first = min(range.lowerBound + 1, lastYear)
    let growth = self.workloads
    years = try parallelMap(Array(first...lastYear), threads: threads) { year in
      try Self.project(scenario, roadmap, to: year, worlds, growth, preparation)
    }
    let known =
      (earlier + roadmap.history.accelerators).map { ($0, true) } + roadmap.history.announced.map { ($0, false) }
    parts = try parallelMap(known, threads: threads) { part, isFitted in
      try Self.simulate(part, isFitted, scenario, roadmap, worlds, preparation)
    }
  }

  private static func project(
    _ scenario: Scenario, _ roadmap: Roadmap, to year: Int, _ worlds: [ProjectionWorld], _ workloads: ProjectedWorkload,
    _ preparation: Preparation
  ) throws -> Year {
    let time = Double(year) + 0.5
    let outlook = Outlook(roadmap, at: time, workloads)
    var onTrend = scenario
    if let workload = try workloads.bound?(max(0, year - roadmap.presentYear)) { onTrend.workload = workload }
    onTrend.system = roadmap.system(at: time)
    var pricer = PassPricer(onTrend, preparation.plan(of: onTrend))
    outlook.set(nil, in: &pricer)
    guard let trendTiming = try? pricer.time() else { throw ProjectionFault.beyondSimulation(year: year) }
    var trendResult = SweepResult(trendTiming.summary)
    trendResult.summary = trendResult.summary.repeated(outlook.growth.operators)
    trendResult.fits = pricer.fits(outlook.growth.operators * outlook.growth.workPerOperator)
    let trendPass = try SampledPass(pricer, operators: outlook.growth.operators)
    let samples = worlds.map { Self.outcome(of: $0, outlook, &pricer) }
    let outcomes = samples.compactMap { $0?.outcome }
    guard outcomes.count * 2 > worlds.count else { throw ProjectionFault.beyondSimulation(year: year) }
    return Year(
      year: year, system: onTrend.system, onTrend: trendResult, latency: Band(outcomes.map(\.latency)),
      deviceBusy: Band(outcomes.map(\.deviceBusy)), taxFraction: Band(outcomes.map(\.taxFraction)),
      hostOverDevice: Band(outcomes.map(\.hostOverDevice)), neededHostSpeed: Band(outcomes.map(\.neededHostSpeed)),
      trendPass: trendPass, samples: samples.map { $0?.outcome }, scenario: onTrend,
      heldSamples: samples.filter { $0?.isHeld == true }.count, droppedSamples: worlds.count - outcomes.count)
  }

  /// A year, ready to be sampled.
  private struct Outlook {
    private let year: RoadmapYear
    /// How far beyond the last generation.
    let yearsAhead: Double
    /// What has become of the workload.
    let growth: ProjectedWorkload.Growth
    /// The rates that a larger operator slows, with the base's values.
    private let rates: [(number: SystemNumber, value: Double)]
    /// The base's numbers whose sources contradict each other, but for those that the year has from a trend of their own.
    private let contested: ContestedNumbers

    init(_ roadmap: Roadmap, at time: Double, _ workloads: ProjectedWorkload) {
      year = RoadmapYear(roadmap, at: time)
      yearsAhead = max(0, time - roadmap.lastYear)
      growth = workloads.growth(after: yearsAhead)
      let year = year
      contested = ContestedNumbers(roadmap.base).filter { !year.hasTrend($0.number.path) }
      rates =
        growth.workPerOperator == 1
        ? []
        : roadmap.base.numbers.filter { !$0.isOfHost && [.peak, .bandwidth].contains($0.family) }.compactMap { number in
          number.value(in: roadmap.base).map { (number, $0) }
        }
    }

    /// Gives a pricer the numbers of a world; without one those of the trends themselves.
    ///
    /// - Returns: Whether one was held at a limit of its profile.
    @discardableResult
    func set(_ world: ProjectionWorld?, in pricer: inout PassPricer) -> Bool {
      let values = year.values(world?.draw)
      var numbers = values.numbers
      let factors = world?.factors(contested) ?? contested.numbers.map { _ in 1 }
      for (own, factor) in zip(contested.numbers, factors) {
        if let place = numbers.firstIndex(where: { $0.number.path == own.number.path }) {
          numbers[place].value = own.scaled(numbers[place].value, by: factor)
        } else {
          numbers.append((own.number, own.scaled(own.value, by: factor)))
        }
      }
      for (number, value) in numbers { pricer.set(number, to: value) }
      // So much more work in one operator is as if the device were so much slower.
      for (number, value) in rates {
        let moved = numbers.first { $0.number.path == number.path }?.value ?? value
        if let rate = number.range.nearest(to: moved / growth.workPerOperator) { pricer.set(number, to: rate) }
      }
      pricer.update([.host, .device])
      return values.isHeld
    }
  }

  /// A sample's pass; nil for what takes longer than the clock counts: it is one of a few wild samples, which medians and
  /// bands can spare.
  private static func outcome(
    of world: ProjectionWorld, _ outlook: Outlook, _ pricer: inout PassPricer
  ) -> (outcome: SampledPass, isHeld: Bool)? {
    let isHeld = outlook.set(world, in: &pricer)
    let operators = outlook.growth.operators
    return (try? world.outcome(of: pricer, yearsAhead: outlook.yearsAhead, operators: operators)).map { ($0, isHeld) }
  }

  /// What the uncertainty of the last year comes from.
  ///
  /// - Parameter sampleCount: How many samples tell it, at most as many as there are.
  /// - Returns: The shares; nil without a year.
  package func varianceShares(samples sampleCount: Int = 400) -> VarianceShares? {
    guard let last = years.last else { return nil }
    let pricer = PassPricer(last.scenario, Preparation().plan(of: last.scenario))
    let outlook = Outlook(roadmap, at: Double(last.year) + 0.5, workloads)
    let source = RoadmapDraw.Source(roadmap)
    let groups = roadmap.quantities.map { VarianceShares.Group($0.number) }
    let worlds = (0..<min(sampleCount, self.sampleCount)).map {
      ProjectionWorld(source, seed: seed, sample: $0, errorBand, roadmap.progress)
    }
    let samples = parallelMap(VarianceShares.Group.allCases) { group in
      var pricer = pricer
      return worlds.compactMap { world in
        Self.outcome(of: world.only(group, of: groups, roadmap.progress), outlook, &pricer)
          .map { (latency: $0.outcome.latency, taxFraction: $0.outcome.taxFraction) }
      }
    }
    return VarianceShares(Dictionary(zip(VarianceShares.Group.allCases, samples)) { first, _ in first })
  }

  private static func simulate(
    _ part: AcceleratorProfile, _ isFitted: Bool, _ scenario: Scenario, _ roadmap: Roadmap,
    _ worlds: [ProjectionWorld], _ preparation: Preparation
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
    var pricer = PassPricer(own, preparation.plan(of: own))
    let (result, trendPass) = (SweepResult(try pricer.time().summary), try SampledPass(pricer))
    let contested = ContestedNumbers(own.system)
    let samples = worlds.map { world -> SampledPass? in
      if !contested.isEmpty {
        contested.set(world.factors(contested), in: &pricer)
        pricer.update([.host, .device])
      }
      return try? world.outcome(of: pricer, yearsAhead: 0)
    }
    return Part(
      accelerator: part, year: year, result: result, isFitted: isFitted, trendPass: trendPass, samples: samples)
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

extension PassPricer {
  /// Whether the tensors of a pass fit that have grown by some factor.
  fileprivate func fits(_ growth: Double) -> Bool {
    guard let capacity = scenario.system.accelerator?.memory.capacityGB else { return true }
    return plan.lowered.tensors.total * growth <= capacity * 1e9
  }
}
