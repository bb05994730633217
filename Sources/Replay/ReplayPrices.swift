import EventEngine
import Simulation
import Traces

/// The times that a replay gives a recorded program.
package struct ReplayPrices: Sendable {
  /// Divides the host's times.
  package var hostSpeed = 1.0
  /// Divides the device's times.
  package var deviceSpeed = 1.0
  /// Divides the device's times that wait for arithmetic, on top.
  package var computeSpeed = 1.0
  /// Divides the device's times that wait for its memory, on top.
  package var memorySpeed = 1.0
  /// Divides the times of copies over the host link, on top.
  package var linkSpeed = 1.0
  /// Multiplies the calls that launch.
  package var launchCallScale = 1.0
  /// Multiplies what a synchronization takes to return.
  package var synchronizationScale = 1.0
  /// Multiplies the host's work in operators by the number of their name; 1 where there is none.
  package var operatorScales: [Int32: Double] = [:]
  /// Host time of the profiler for each operator, which is taken off, nanoseconds.
  package var profilerOverhead = 0.0
  /// The time of each job, picoseconds, and what it is spent on.
  package var jobs: [Cost]
  /// The device's and the driver's constants, picoseconds.
  package var launchLatency: Ticks
  /// Between kernels of a stream.
  package var kernelGap: Ticks
  /// From a graph's launch to its first node.
  package var graphLatency: Ticks
  /// Between nodes of a graph.
  package var graphKernelGap: Ticks
  /// Host time of launching a graph that the recording did not have, picoseconds: for the launch, and for each node.
  package var capturedGraph: (call: Ticks, node: Ticks) = (0, 0)
  /// Launches into a stream that may be unfinished.
  package var queueDepth = 1024

  /// The recording's own prices, each job's time spent on one thing.
  ///
  /// - Parameters:
  ///   - recorded: The recorded program.
  ///   - categories: What each job's time is spent on.
  package init(_ recorded: RecordedProgram, categories: [CostCategory]) {
    self.init(recorded, jobs: zip(recorded.jobs, categories).map { Cost($0.duration * 1000, $1) })
  }

  /// The recording's own prices.
  ///
  /// - Parameters:
  ///   - recorded: The recorded program.
  ///   - jobs: Each job's recorded time, and what it is spent on.
  package init(_ recorded: RecordedProgram, jobs: [Cost]) {
    self.jobs = jobs
    launchLatency = recorded.constants.launchLatency * 1000
    kernelGap = recorded.constants.kernelGap * 1000
    graphLatency = recorded.constants.graphLatency * 1000
    graphKernelGap = recorded.constants.graphKernelGap * 1000
  }

  /// A recorded time on this host, picoseconds.
  package func hostTime(_ nanoseconds: Double) -> Ticks {
    Simulation.picoseconds(microseconds: nanoseconds / 1000 / hostSpeed)
  }

  /// A device's time at this device speed, picoseconds.
  package func deviceTime(_ picoseconds: Ticks, _ category: CostCategory) -> Ticks {
    let part =
      switch category {
      case .compute: computeSpeed
      case .copy: linkSpeed
      case .kernelOverhead, .communication: 1.0
      default: memorySpeed
      }
    let speed = deviceSpeed * part
    return speed == 1 ? picoseconds : Simulation.picoseconds(microseconds: Double(picoseconds) / 1e6 / speed)
  }
}

extension ReplayPlan {
  /// What each instruction costs at some prices.
  package func table(_ prices: ReplayPrices) -> CostTable {
    var table = CostTable()
    table.costs = items.map { cost(of: $0, prices) }
    table.launch.latency = Cost(prices.launchLatency, .launch)
    table.launch.kernelGap = Cost(prices.kernelGap, .kernelGap)
    table.launch.graphLatency = Cost(prices.graphLatency, .launch)
    table.launch.graphKernelGap = Cost(prices.graphKernelGap, .kernelGap)
    // What was launched before the recording began is no reason to block the host in it.
    table.queueDepth = max(prices.queueDepth, earlierCount + 1)
    // What was recorded has shared the device already.
    table.sharesDevice = false
    return table
  }

  private func cost(of item: Item, _ prices: ReplayPrices) -> Cost {
    switch item {
    case .work(let work):
      let own = Double(work.duration) - Double(work.operatorCount) * prices.profilerOverhead
      let scale = prices.operatorScales.isEmpty ? 1 : prices.operatorScales[work.name] ?? 1
      return Cost(prices.hostTime(own * scale), .dispatch)
    case .call(let call):
      let scale =
        switch call.kind.category {
        case .launch: prices.launchCallScale
        case .synchronization: prices.synchronizationScale
        default: 1.0
        }
      return Cost(prices.hostTime(Double(call.duration) * scale), call.kind.category)
    case .capturedGraph(let nodes):
      let time = Double(prices.capturedGraph.call) + Double(prices.capturedGraph.node) * Double(nodes)
      return Cost(picoseconds(microseconds: time / 1e6), .launch)
    case .job(let index):
      var cost = prices.jobs[index]
      cost.duration = 0
      for category in CostCategory.allCases where cost.account[category.rawValue] != 0 {
        cost.account[category.rawValue] = prices.deviceTime(cost.account[category.rawValue], category)
        cost.duration += cost.account[category.rawValue]
      }
      return cost
    case .occupied(let time):
      return Cost(prices.deviceTime(time * 1000, .memory), .memory)
    }
  }
}

extension RuntimeCall {
  /// What the host's part of a call is spent on.
  var category: CostCategory {
    switch self {
    case .synchronizeDevice, .synchronizeStream, .synchronizeEvent: .synchronization
    case .other, .free: .dispatch
    default: .launch
    }
  }
}
