import Kernels
import Profiles
import Roofline

extension CostTable {
  /// Prices a plan on a system.
  ///
  /// - Parameters:
  ///   - plan: What is to be priced.
  ///   - system: Whose numbers; of the sort that the plan was made for.
  ///   - model: How long kernels run.
  /// - Complexity: One kernel time for each different kernel.
  package init(plan: ProgramPlan, system: System, model: any KernelTimeModel) {
    costs = Array(repeating: .zero, count: plan.items.count)
    priceHost(plan, system)
    priceDevice(plan, system.accelerator, model: model)
  }

  /// Prices what the host spends and what a launch takes: everything but kernels and copies.
  ///
  /// - Complexity: O(different costs).
  mutating func priceHost(_ plan: ProgramPlan, _ system: System) {
    let host = HostClock(speed: system.host.singleThreadSpeed)
    let framework = system.framework
    for (index, item) in plan.items.enumerated() {
      switch item {
      case .dispatch(let kind, let kernels):
        costs[index] = host.cost(framework.dispatchUS[kind] + Double(kernels) * framework.kernelUS, .dispatch)
      case .graphNodes(let count): costs[index] = host.cost(framework.graphNodeUS * Double(count), .launch)
      case .kernel, .transfer: break
      }
    }
    launch.pass = host.cost(framework.passUS, .dispatch)
    guard let profile = system.accelerator?.launch else { return }
    launch.call = host.cost(profile.callUS, .launch)
    launch.latency = Cost(Picoseconds(costInMicroseconds: profile.latencyUS), .launch)
    launch.kernelGap = Cost(Picoseconds(costInMicroseconds: profile.kernelGapUS), .kernelGap)
    launch.graphCall = host.cost(profile.graphCallUS, .launch)
    launch.graphLatency = Cost(Picoseconds(costInMicroseconds: profile.graphLatencyUS), .launch)
    launch.graphKernelGap = Cost(Picoseconds(costInMicroseconds: profile.graphKernelGapUS), .kernelGap)
    launch.synchronization = Cost(Picoseconds(costInMicroseconds: profile.synchronizationUS), .synchronization)
    queueDepth = max(1, Int(profile.queueDepth))
  }

  /// Prices kernels and copies.
  ///
  /// - Complexity: One kernel time for each different kernel.
  mutating func priceDevice(_ plan: ProgramPlan, _ accelerator: AcceleratorProfile?, model: any KernelTimeModel) {
    let times = model.times(of: plan.lowered.kernels)
    for (index, item) in plan.items.enumerated() {
      switch item {
      case .kernel(let kernel): costs[index] = Self.cost(of: times[kernel])
      case .transfer(let transfer): costs[index] = Self.cost(of: transfer, accelerator)
      case .dispatch, .graphNodes: break
      }
    }
  }

  private static func cost(of time: KernelTime) -> Cost {
    Cost(Picoseconds(costInSeconds: time.seconds), time)
  }

  private static func cost(of transfer: Transfer, _ accelerator: AcceleratorProfile?) -> Cost {
    guard let link = accelerator?.link else { return .zero }
    return Cost(
      Picoseconds(costInMicroseconds: link.latencyUS + transfer.bytes / (link.bandwidthGBPerS * 1e9) * 1e6), .copy)
  }
}

/// Host times, which a faster host divides.
private struct HostClock {
  let speed: Double

  func cost(_ microseconds: Double, _ category: CostCategory) -> Cost {
    Cost(Picoseconds(costInMicroseconds: microseconds / speed), category)
  }
}
