import Kernels
import Profiles

extension Scenario {
  /// How many ranks a collective of this one may wait for, itself among them: those that share its products, and replicas
  /// that exchange what comes to experts.
  ///
  /// Stages of a pipeline stand one behind the other in one program, and replicas that share nothing wait for nobody.
  package var rankCount: Int {
    let parallelism = system.parallelism
    return Int(parallelism.tensor * (parallelism.expert > 1 ? parallelism.data : 1))
  }

  /// The draws of ranks' speeds are none of those of their hosts' costs.
  private static let streamOfSpeeds: UInt64 = 1 << 32

  /// Each rank by itself, with a host of its own whose costs scatter.
  ///
  /// - Parameters:
  ///   - plan: What every rank runs.
  ///   - costs: What that takes.
  ///   - seed: What the hosts' costs are drawn from: each has a stream of draws of its own.
  /// - Returns: The ranks; a collective of all ranks is met by all, one of fewer by those that share products.
  package func ranks(_ plan: ProgramPlan, _ costs: CostTable, seed: UInt64) -> [Rank] {
    let (count, tensor) = (rankCount, Int(system.parallelism.tensor))
    return (0..<count).map { rank in
      var table = costs
      if count > 1, system.host.jitter.rankDeviation > 0 {
        // The process is as much slower or faster at everything.
        var draws = RandomSource(seed: seed, stream: Self.streamOfSpeeds + UInt64(rank))
        var own = self
        own.system.host.singleThreadSpeed *= (system.host.jitter.rankDeviation * draws.normal()).naturalExponential
        own.priceHost(plan, into: &table)
      }
      table.channels = plan.items.map { item in
        guard case .kernel(let index) = item, case .collective(let shape) = plan.lowered.kernels[index].work else {
          return -1
        }
        // Channel 0 is that of all; group g of ranks that share products has g + 1.
        if Int(shape.ranks) == count { return 0 }
        return Int(shape.ranks) == tensor ? Int32(rank / tensor + 1) : -1
      }
      return Rank(plan, table, jitter: JitterSource(system.host.jitter, seed: seed, rank: UInt64(rank)))
    }
  }

  /// What happens in two passes on each rank.
  package func timelines(_ plan: ProgramPlan, _ costs: CostTable, seed: UInt64) throws(SimulationFault) -> [Timeline] {
    let ranks = ranks(plan, costs, seed: seed)
    let timing = try Simulator(recordsTimeline: true).scattered(ranks, latencyKind, passes: 2).mean
    return timing.ranks.compactMap { rank in
      guard var timeline = rank.timeline else { return nil }
      describe(&timeline, by: plan)
      return timeline
    }
  }

  /// Says what a timeline's spans are called, and what they do.
  func describe(_ timeline: inout Timeline, by plan: ProgramPlan) {
    timeline.labels = plan.program.labels
    timeline.work = plan.items.map { item in
      guard case .kernel(let index) = item else { return .none }
      return KernelWork(flops: plan.lowered.kernels[index].flops, bytes: plan.lowered.kernels[index].bytes)
    }
  }
}
