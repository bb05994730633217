import Kernels
import Profiles
import Roofline
import Workloads

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
    priceDevice(plan, system, model: model)
  }

  /// Prices what the host spends and what a launch takes: everything but kernels and copies.
  ///
  /// - Complexity: O(different costs).
  mutating func priceHost(_ plan: ProgramPlan, _ system: System) {
    let host = HostClock(system)
    let framework = system.framework
    let moduleUS = framework.moduleUS(of: plan.lowered.library)
    for index in plan.hostItems {
      switch plan.items[index] {
      case .dispatch(let dispatch): costs[index] = host.cost(of: dispatch, framework, moduleUS: moduleUS)
      case .graph(let nodes, let chains, let isFurther):
        costs[index] = host.cost(
          ofGraph: framework.isPersistent ? 1 : nodes, chains, isFurther, framework, system.accelerator?.launch)
      case .kernel, .transfer: break
      }
    }
    let checks = framework.inputUS * Double(plan.lowered.tensors.count)
    let step = plan.lowered.step.map { step in
      system.engine?.stepUS(requests: Double(step.requests), tokens: Double(step.tokens)) ?? 0
    }
    launch.pass = host.cost(framework.passUS + checks + (step ?? 0), .interpreter, .dispatch)
    guard let profile = system.accelerator?.launch else { return }
    launch.call = host.cost(profile.callUS, .driver, .launch)
    launch.latency = Cost(Picoseconds(costInMicroseconds: profile.latencyUS), .launch)
    launch.kernelGap = Cost(Picoseconds(costInMicroseconds: profile.kernelGapUS), .kernelGap)
    launch.graphCall = host.cost(profile.graphCallUS, .driver, .launch)
    launch.graphLatency = Cost(
      Picoseconds(costInMicroseconds: profile.graphLatencyUS + profile.submissionUS), .launch)
    let graphGap = framework.isPersistent ? 0 : max(0, profile.graphKernelGapUS - system.kernelOverlapUS)
    launch.graphKernelGap = Cost(Picoseconds(costInMicroseconds: graphGap), .kernelGap)
    launch.synchronization = Cost(
      Picoseconds(costInMicroseconds: profile.synchronizationUS + host.wakeUS), .synchronization)
    queueDepth = max(1, Int(profile.queueDepth))
  }

  /// Prices kernels and copies.
  ///
  /// - Complexity: One kernel time for each different kernel.
  mutating func priceDevice(_ plan: ProgramPlan, _ system: System, model: any KernelTimeModel) {
    guard plan.lowered.kernels.count <= Self.kernelsAtOnce else { return priceManyKernels(plan, system, model) }
    let times = model.times(of: plan.lowered.kernels)
    let pricing = KernelPricing(plan, system)
    for (index, item) in plan.items.enumerated() {
      switch item {
      case .kernel(let kernel): costs[index] = pricing.cost(of: times[kernel])
      case .transfer(let transfer): costs[index] = Self.cost(of: transfer, system.accelerator)
      case .dispatch, .graph: break
      }
    }
  }

  /// Of a program of many kernels so many are timed at once: the times of all would be most of what pricing takes.
  private static let kernelsAtOnce = 4096

  private mutating func priceManyKernels(_ plan: ProgramPlan, _ system: System, _ model: any KernelTimeModel) {
    let kernels = plan.lowered.kernels
    let pricing = KernelPricing(plan, system)
    var places = [Int32](repeating: -1, count: kernels.count)
    for (index, item) in plan.items.enumerated() {
      switch item {
      case .kernel(let kernel): places[kernel] = Int32(index)
      case .transfer(let transfer): costs[index] = Self.cost(of: transfer, system.accelerator)
      case .dispatch, .graph: break
      }
    }
    for start in stride(from: 0, to: kernels.count, by: Self.kernelsAtOnce) {
      let times = model.times(of: Array(kernels[start..<min(start + Self.kernelsAtOnce, kernels.count)]))
      for (index, time) in times.enumerated() where places[start + index] >= 0 {
        costs[Int(places[start + index])] = pricing.cost(of: time)
      }
    }
  }

  /// What a copy takes.
  static func cost(of transfer: Transfer, _ accelerator: AcceleratorProfile?) -> Cost {
    guard let link = accelerator?.link else { return .zero }
    return Cost(
      Picoseconds(costInMicroseconds: link.latencyUS + transfer.bytes / (link.bandwidthGBPerS * 1e9) * 1e6), .copy)
  }
}

/// What a plan and a system make of kernels' times.
package struct KernelPricing: Sendable, Equatable {
  private let isHostOnly: Bool
  private let isPersistent: Bool
  /// Seconds by which a kernel starts within the end of the one before it.
  private let early: Double
  /// Seconds between two kernels.
  private let gap: Double
  /// By how much a host's kernels are slowed by what shares its cores.
  private let share: Double

  /// The rules for the kernels of a plan on a system.
  package init(_ plan: ProgramPlan, _ system: System) {
    isHostOnly = plan.isHostOnly
    isPersistent = system.framework.isPersistent && plan.mode == .graph && !plan.isHostOnly
    let launch = system.accelerator?.launch
    gap = ((plan.mode == .graph ? launch?.graphKernelGapUS : launch?.kernelGapUS) ?? 0) * 1e-6
    // What a gap is too short to hide is hidden of the next kernel's start.
    early =
      plan.mode == .graph
      ? max(0, system.kernelOverlapUS - (system.accelerator?.launch.graphKernelGapUS ?? 0)) * 1e-6 : 0
    // The pool's threads share the cores with whatever else runs.
    let host = system.host
    share = host.busyThreads > 0 ? max(1, (host.threads + host.busyThreads) / host.cores) : 1
  }

  /// What a kernel costs that takes so long by itself.
  package func cost(of time: KernelTime) -> Cost {
    if !isHostOnly, time.communication > 0 { return Cost(duration(of: time), .communication) }
    let shares = (isHostOnly ? time : shortened(time)).shares
    return Cost(Picoseconds(costInSeconds: isHostOnly ? shares.seconds * share : shares.seconds), shares)
  }

  /// How long a kernel takes that takes so long by itself: the duration of its cost.
  package func duration(of time: KernelTime) -> Picoseconds {
    if isHostOnly { return Picoseconds(costInSeconds: time.seconds * share) }
    // Collectives were timed back to back, and the gap before the next is within their time.
    if time.communication > 0 { return Picoseconds(costInSeconds: max(0, time.communication - gap)) }
    return Picoseconds(costInSeconds: shortened(time).seconds)
  }

  private func shortened(_ time: KernelTime) -> KernelTime {
    isPersistent ? time.withoutStart : time.starting(early: early)
  }
}

extension System {
  /// What some work takes one thread of the host, whose cores its ranks' threads share.
  ///
  /// - Parameters:
  ///   - microseconds: On the reference host.
  ///   - component: The sort of code.
  /// - Returns: The time on this host.
  package func hostTime(_ microseconds: Double, in component: HostComponent) -> Picoseconds {
    HostClock(self).cost(microseconds, component, .dispatch).duration
  }

  /// What a thread of the host waits for when it wakes and all cores are taken.
  package var hostWakeTime: Picoseconds { Picoseconds(costInMicroseconds: HostClock(self).wakeUS) }

  /// How much of the time between a graph's kernels is hidden: what the framework asks for, as far as the part can.
  fileprivate var kernelOverlapUS: Double {
    min(framework.kernelOverlapUS, accelerator?.launch.dependentUS ?? .infinity)
  }
}

extension FrameworkProfile {
  /// Host time of one call of a module of a library, microseconds on the reference host.
  fileprivate func moduleUS(of library: ModuleLibrary) -> Double {
    switch library {
    case .torch: moduleUS
    case .transformers: transformersModuleUS
    }
  }
}

/// Host times, each divided by the speed at what it is spent in.
private struct HostClock {
  /// What is left of the single-thread speed to one thread.
  private let speed: Double
  private let speeds: HostSpeeds

  /// What a thread waits for when it wakes and all cores are taken.
  let wakeUS: Double

  /// The speeds that are left to one thread of a host, on which every rank has a process.
  ///
  /// More threads than cores share them evenly (processor sharing), and one that wakes waits until those before it have
  /// run for a slice each: benchmarks/studies/hosts.md, section 1.3.
  init(_ system: System) {
    let host = system.host
    let ranks = system.ranksOfHost
    let threads =
      ranks * (1 + (system.engine?.helperThreads ?? 0)) + (system.engine?.processes(of: ranks) ?? 0) + host.busyThreads
    let threadsPerCore = max(1, threads / host.cores)
    speed = host.singleThreadSpeed / threadsPerCore
    speeds = host.speed
    wakeUS = host.sliceUS * (threadsPerCore - 1)
  }

  /// Time in one sort of code.
  func cost(_ microseconds: Double, _ component: HostComponent, _ category: CostCategory) -> Cost {
    Cost(Picoseconds(costInMicroseconds: microseconds / speed(at: component)), category)
  }

  /// An operator's dispatch, and the modules that are called before it: one cost, rounded once.
  func cost(of dispatch: ProgramPlan.Dispatch, _ framework: FrameworkProfile, moduleUS: Double) -> Cost {
    let native = framework.dispatchUS[dispatch.kind] + Double(dispatch.kernels) * framework.kernelUS
    let python = framework.pythonUS + Double(dispatch.moduleCalls) * moduleUS
    let share = dispatch.isRepeated ? framework.repeatedFraction : 1
    return Cost(
      Picoseconds(costInMicroseconds: share * (native / speed(at: .native) + python / speed(at: .interpreter))),
      .dispatch)
  }

  /// The preparation of a graph's launch: what the driver takes for its nodes and chains, and what the framework takes
  /// where it is not the first piece of a pass.
  func cost(
    ofGraph nodes: Int, _ chains: Int, _ isFurther: Bool, _ framework: FrameworkProfile,
    _ launch: AcceleratorProfile.Launch?
  ) -> Cost {
    let node = framework.graphNodeUS + (launch?.graphNodeUS ?? 0)
    let branches = (launch?.graphBranchUS ?? 0) * Double(max(0, chains - 1))
    let piece = isFurther ? framework.pieceUS / speed(at: .interpreter) : 0
    return Cost(
      Picoseconds(costInMicroseconds: (node * Double(nodes) + branches) / speed(at: .driver) + piece), .launch)
  }

  private func speed(at component: HostComponent) -> Double { speed * speeds[component] }
}
