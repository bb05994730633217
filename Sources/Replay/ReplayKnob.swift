import Profiles
import Roofline
import Simulation

/// A number that the span of a replay depends on.
package enum ReplayKnob: Int, CaseIterable, Sendable {
  /// The host's single-thread speed: operators, Python, calls.
  case host
  /// The calls that launch.
  case launchCall
  /// From a launch to its kernel's start.
  case launchLatency
  /// Between kernels.
  case kernelGap
  /// The device's arithmetic.
  case compute
  /// The device's memory bandwidth.
  case memory
  /// The link between host and device.
  case link
  /// The return of synchronizations.
  case synchronization

  /// The key in JSON: a profile's number, or a group of them.
  package var key: String {
    switch self {
    case .host: SystemNumber.hostSpeed.path
    case .launchCall: SystemNumber.launchCall.path
    case .launchLatency: SystemNumber.launchLatency.path
    case .kernelGap: SystemNumber.kernelGap.path
    case .compute: AcceleratorProfile.noun + "." + AcceleratorProfile.peaks
    case .memory: SystemNumber.memoryBandwidth.path
    case .link: SystemNumber.linkBandwidth.path
    case .synchronization: SystemNumber.synchronization.path
    }
  }

  /// What twice as good means, for people.
  package var change: String {
    switch self {
    case .host: "a host twice as fast"
    case .launchCall: "launch calls in half the time"
    case .launchLatency: "half the launch latency"
    case .kernelGap: "half the gap between kernels"
    case .compute: "twice the arithmetic rate"
    case .memory: "twice the memory bandwidth"
    case .link: "twice the link bandwidth"
    case .synchronization: "synchronizations that return in half the time"
    }
  }

  /// Makes the number twice as good.
  func improve(_ prices: inout ReplayPrices) {
    switch self {
    case .host:
      prices.hostSpeed *= 2
      prices.capturedGraph.call /= 2
      prices.capturedGraph.node /= 2
    case .launchCall:
      prices.launchCallScale /= 2
      prices.capturedGraph.call /= 2
    case .launchLatency:
      prices.launchLatency /= 2
      prices.graphLatency /= 2
    case .kernelGap:
      prices.kernelGap /= 2
      prices.graphKernelGap /= 2
    case .compute: prices.computeSpeed *= 2
    case .memory: prices.memorySpeed *= 2
    case .link: prices.linkSpeed *= 2
    case .synchronization: prices.synchronizationScale /= 2
    }
  }
}

extension ReplayKnob {
  /// Whether a cost depends on the number.
  fileprivate func changes(_ item: ReplayPlan.Item, _ prices: ReplayPrices) -> Bool {
    switch (self, item) {
    case (.host, .work), (.host, .call), (.host, .capturedGraph), (.launchCall, .capturedGraph): true
    case (.launchCall, .call(let call)): call.kind.category == .launch
    case (.synchronization, .call(let call)): call.kind.category == .synchronization
    case (.kernelGap, .gap), (.memory, .occupied): true
    case (.compute, .job(let job)): prices.jobs[job].account[CostCategory.compute.rawValue] != 0
    case (.link, .job(let job)): prices.jobs[job].account[CostCategory.copy.rawValue] != 0
    case (.memory, .job): true
    default: false
    }
  }
}

/// What a change of a number would do.
package struct ReplayChange: Sendable {
  /// The number.
  package let knob: ReplayKnob
  /// The relative change of the span for a small relative change of the number.
  package let elasticity: Double
  /// The span of the replay with the number twice as good.
  package let span: Picoseconds
}

extension ReplayPlan {
  /// What each number's improvement would do, the best first; numbers that nothing depends on are left out.
  ///
  /// The critical path is a sum of costs, so the share of it that scales with a number is the derivative. One run with
  /// clocks that carry these shares answers for all; a further run for each tells what twice as good would come to.
  ///
  /// - Parameters:
  ///   - prices: The times.
  ///   - usual: What each instruction costs at them: ``table(_:)``.
  /// - Returns: A change for each number that the span depends on.
  /// - Throws: `SimulationFault`.
  package func changes(_ prices: ReplayPrices, _ usual: CostTable) throws(SimulationFault) -> [ReplayChange] {
    let timing = try Simulator().replay(program, tagged(usual))
    guard timing.latency > 0 else { return [] }
    let hostTime = timing.account[ReplayKnob.host.rawValue]
    var changes: [ReplayChange] = []
    // One table for all of them, put right again behind each: to copy all costs takes as long as to replay them.
    var better = usual
    for knob in ReplayKnob.allCases {
      var time = timing.account[knob.rawValue]
      // Every call is the host's.
      if knob == .host {
        time =
          hostTime + timing.account[ReplayKnob.launchCall.rawValue]
          + timing.account[ReplayKnob.synchronization.rawValue]
      }
      guard time > 0 else { continue }
      let changed = improve(knob, prices, &better)
      let span = try Simulator().replay(program, better).latency
      for index in changed { better.costs[index] = usual.costs[index] }
      let isSpeed = knob == .host || knob == .compute || knob == .memory || knob == .link
      changes.append(
        ReplayChange(
          knob: knob, elasticity: (isSpeed ? -1 : 1) * Double(time) / Double(timing.latency.count), span: span))
    }
    return changes.sorted { ($0.span, $0.knob.rawValue) < ($1.span, $1.knob.rawValue) }
  }

  /// The costs, each with the numbers that it scales with in its account.
  private func tagged(_ usual: CostTable) -> CostTable {
    var tagged = usual
    for index in tagged.costs.indices { tagged.costs[index].account = Self.shares(tagged.costs[index]) }
    tagged.launch.latency.account = account(.launchLatency, tagged.launch.latency)
    tagged.launch.graphLatency.account = account(.launchLatency, tagged.launch.graphLatency)
    tagged.launch.kernelGap.account = account(.kernelGap, tagged.launch.kernelGap)
    tagged.launch.graphKernelGap.account = account(.kernelGap, tagged.launch.graphKernelGap)
    return tagged
  }

  /// Makes a number twice as good: those costs that depend on it are priced again, and are told.
  private func improve(_ knob: ReplayKnob, _ prices: ReplayPrices, _ table: inout CostTable) -> [Int] {
    var better = prices
    knob.improve(&better)
    setConstants(of: &table, better)
    let changed = items.indices.filter { knob.changes(items[$0], prices) }
    for index in changed { table.costs[index] = cost(of: items[index], better) }
    return changed
  }

  private func account(_ knob: ReplayKnob, _ cost: Cost) -> Account {
    var account = Account.zero
    account[knob.rawValue] = cost.duration.count
    return account
  }

  /// What of a cost scales with each number.
  private static func shares(_ cost: Cost) -> Account {
    var shares = Account.zero
    for category in CostCategory.allCases {
      guard let knob = knob(of: category) else { continue }
      shares[knob.rawValue] += cost.account[category.rawValue]
    }
    return shares
  }

  /// The number that time of a category scales with; nil for what no number here shortens.
  private static func knob(of category: CostCategory) -> ReplayKnob? {
    switch category {
    case .dispatch: .host
    case .launch: .launchCall
    case .kernelGap: .kernelGap
    case .compute: .compute
    case .memory: .memory
    case .copy: .link
    case .synchronization: .synchronization
    case .kernelOverhead, .communication: nil
    }
  }
}
