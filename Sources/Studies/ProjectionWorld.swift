import Profiles
import Roofline
import Simulation

/// What one sample draws.
struct ProjectionWorld: Sendable {
  var draw: RoadmapDraw
  /// What the model's host times are multiplied by.
  private var hostFactor: Double
  /// What its device times are multiplied by.
  private var deviceFactor: Double
  /// By what device times grow each year, as a logarithm.
  private var deviceRate: Double
  /// Where the figures come from that sources disagree on; nil for the stated ones.
  private var figures: RandomSource?

  init(
    _ source: RoadmapDraw.Source, seed: UInt64, sample: Int, _ errorBand: ErrorBand?, _ progress: RoadmapProgress? = nil
  ) {
    var random = RandomSource(seed: seed, stream: UInt64(sample))
    draw = RoadmapDraw(source, &random)
    let (host, device) = (random.uniform(), random.uniform())
    let (dispatch, rate) = (random.normal(), random.normal())
    hostFactor = ((errorBand?.error(host, .hostBound) ?? 0) + dispatch * (progress?.hostDeviation ?? 0)).exponential
    deviceFactor = (errorBand?.error(device, .deviceBound) ?? 0).exponential
    deviceRate = progress.map { rate * $0.deviation - $0.perYear } ?? 0
    figures = random
  }

  /// The same world with nothing off its median but one group of what is uncertain.
  ///
  /// - Parameters:
  ///   - group: The group.
  ///   - groups: The groups of the roadmap's quantities, in order.
  ///   - progress: What data sheets do not tell.
  /// - Returns: That world.
  func only(
    _ group: VarianceShares.Group, of groups: [VarianceShares.Group], _ progress: RoadmapProgress?
  ) -> ProjectionWorld {
    var world = self
    world.draw = draw.only { groups[$0] == group }
    if group != .framework { world.hostFactor = 1 }
    if group != .kernels {
      world.deviceFactor = 1
      world.deviceRate = -(progress?.perYear ?? 0)
    }
    if group != .sources { world.figures = nil }
    return world
  }

  /// What numbers are multiplied by whose sources contradict each other: each figure from the smallest to the largest is as
  /// likely as any other.
  func factors(_ contested: ContestedNumbers) -> [Double] {
    guard var figures else { return contested.numbers.map { _ in 1 } }
    return contested.numbers.map { $0.range.factor(at: figures.uniform()) }
  }

  /// The simulated pass with the model's errors.
  ///
  /// The latency follows the longer of the host's and the device's time, as it does without errors: where a long host time
  /// hides the device's, an error of the device is hidden too. A host that is so many times as fast needs so many times
  /// less.
  ///
  /// - Parameters:
  ///   - pricer: The pass on the hardware of a year.
  ///   - years: How many years that is ahead.
  ///   - operators: How many times as many operators it has by then.
  /// - Returns: What it takes.
  /// - Throws: `SimulationFault` for what takes longer than the clock counts.
  func outcome(of pricer: PassPricer, yearsAhead years: Double, operators: Double = 1) throws -> SampledPass {
    let deviceFactor = deviceFactor * (deviceRate * years).exponential
    return try SampledPass(pricer, hostFactor: hostFactor, deviceFactor: deviceFactor, operators: operators)
  }
}

extension SampledPass {
  /// A pass whose host and device times are wrong by some factors, of a workload with some times as many operators.
  init(_ pricer: PassPricer, hostFactor: Double = 1, deviceFactor: Double = 1, operators: Double = 1) throws {
    let timing = try pricer.time()
    let load = pricer.load
    let (host, device) = (Double(load.host.count), Double(load.device.count))
    let stretch = max(host * hostFactor, device * deviceFactor) / max(host, device, 1)
    let latency = timing.latency.seconds * stretch * operators
    let ratio = host * hostFactor / max(1, device * deviceFactor)
    self.init(
      latency: latency, deviceBusy: min(latency, timing.deviceBusy.seconds * deviceFactor * operators),
      hostOverDevice: ratio, neededHostSpeed: pricer.scenario.system.host.singleThreadSpeed * ratio)
  }
}
