import Roofline
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
  /// Multiplies the host's work inside of operators, compiled code, where it does not get faster as what is between them does.
  package var operatorScale = 1.0
  /// Multiplies all calls of the runtime, where these do not.
  package var callScale = 1.0
  /// Multiplies the calls that launch.
  package var launchCallScale = 1.0
  /// Multiplies what a synchronization takes to return.
  package var synchronizationScale = 1.0
  /// Multiplies the host's work in operators by the number of their name; 1 where there is none.
  package var operatorScales: [Int32: Double] = [:]
  /// Host time of the profiler for each operator, which is taken off, nanoseconds.
  package var profilerOverhead = 0.0
  /// The time of each job, and what it is spent on.
  package var jobs: [Cost]
  /// From a launch call's return until its kernel may start.
  package var launchLatency: Picoseconds
  /// Between kernels of a stream.
  package var kernelGap: Picoseconds
  /// The same as it was recorded.
  private let recordedKernelGap: Picoseconds
  /// From a graph's launch to its first node.
  package var graphLatency: Picoseconds
  /// Between nodes of a graph.
  package var graphKernelGap: Picoseconds
  /// Host time of launching a graph that the recording did not have: for the launch, and for each node.
  package var capturedGraph: (call: Picoseconds, node: Picoseconds) = (0, 0)
  /// Launches into a stream that may be unfinished.
  package var queueDepth = 1024

  /// The recording's own prices, each job's time spent on one thing.
  ///
  /// - Parameters:
  ///   - recorded: The recorded program.
  ///   - categories: What each job's time is spent on.
  package init(_ recorded: RecordedProgram, categories: [CostCategory]) {
    self.init(recorded, jobs: zip(recorded.jobs, categories).map { Cost(Picoseconds(nanoseconds: $0.duration), $1) })
  }

  /// The recording's own prices.
  ///
  /// - Parameters:
  ///   - recorded: The recorded program.
  ///   - jobs: Each job's recorded time, and what it is spent on.
  package init(_ recorded: RecordedProgram, jobs: [Cost]) {
    self.jobs = jobs
    launchLatency = Picoseconds(nanoseconds: recorded.constants.launchLatency)
    kernelGap = Picoseconds(nanoseconds: recorded.constants.kernelGap)
    recordedKernelGap = kernelGap
    graphLatency = Picoseconds(nanoseconds: recorded.constants.graphLatency)
    graphKernelGap = Picoseconds(nanoseconds: recorded.constants.graphKernelGap)
    if let depth = recorded.constants.queueDepth { queueDepth = depth }
  }

  /// A recorded time on this host.
  package func hostTime(_ nanoseconds: Double) -> Picoseconds {
    Picoseconds(costInMicroseconds: nanoseconds / 1000 / hostSpeed)
  }

  /// A recorded gap between two kernels, where the usual one may be another.
  package func gap(_ nanoseconds: Int64) -> Picoseconds {
    let recorded = Picoseconds(nanoseconds: nanoseconds)
    if kernelGap == recordedKernelGap { return recorded }
    guard recordedKernelGap > 0 else { return recorded + kernelGap }
    return Picoseconds(costInMicroseconds: recorded.microseconds * kernelGap.fraction(of: recordedKernelGap))
  }

  /// A job's time at this device speed.
  package func time(ofJob index: Int) -> Picoseconds { cost(ofJob: index).duration }

  /// A job's cost at this device speed, category by category.
  fileprivate func cost(ofJob index: Int) -> Cost {
    var cost = jobs[index]
    cost.duration = 0
    for category in CostCategory.allCases where cost.account[category.rawValue] != 0 {
      let time = deviceTime(Picoseconds(cost.account[category.rawValue]), category)
      cost.account[category.rawValue] = time.count
      cost.duration += time
    }
    return cost
  }

  /// A device's time at this device speed.
  package func deviceTime(_ time: Picoseconds, _ category: CostCategory) -> Picoseconds {
    let part =
      switch category {
      case .compute: computeSpeed
      case .copy: linkSpeed
      case .kernelOverhead, .communication: 1.0
      default: memorySpeed
      }
    let speed = deviceSpeed * part
    return speed == 1 ? time : Picoseconds(costInMicroseconds: time.microseconds / speed)
  }
}

extension ReplayPlan {
  /// What each instruction costs at some prices.
  package func table(_ prices: ReplayPrices) -> CostTable {
    var table = CostTable()
    table.costs = items.map { cost(of: $0, prices) }
    setConstants(of: &table, prices)
    return table
  }

  /// Sets what does not depend on the instruction.
  func setConstants(of table: inout CostTable, _ prices: ReplayPrices) {
    table.launch.latency = Cost(prices.launchLatency, .launch)
    table.launch.kernelGap = Cost(prices.kernelGap, .kernelGap)
    table.launch.graphLatency = Cost(prices.graphLatency, .launch)
    table.launch.graphKernelGap = Cost(prices.graphKernelGap, .kernelGap)
    // What was launched before the recording began is no reason to block the host in it.
    table.queueDepth = max(prices.queueDepth, earlierCount + 1)
    // What was recorded has shared the device already.
    table.sharesDevice = false
  }

  /// What an item costs at some prices.
  func cost(of item: Item, _ prices: ReplayPrices) -> Cost {
    switch item {
    case .work(let work):
      let own = Double(work.duration) - Double(work.operatorCount) * prices.profilerOverhead
      let scale = prices.operatorScales.isEmpty ? 1 : prices.operatorScales[work.name] ?? 1
      return Cost(prices.hostTime(own * scale * (work.name < 0 ? 1 : prices.operatorScale)), .dispatch)
    case .call(let call):
      let scale =
        switch call.kind.category {
        case .launch: prices.launchCallScale
        case .synchronization: prices.synchronizationScale
        default: 1.0
        }
      return Cost(prices.hostTime(Double(call.duration) * scale * prices.callScale), call.kind.category)
    case .capturedGraph(let nodes):
      let time = prices.capturedGraph.call.microseconds + prices.capturedGraph.node.microseconds * Double(nodes)
      return Cost(Picoseconds(costInMicroseconds: time), .launch)
    case .job(let index): return prices.cost(ofJob: index)
    case .gap(let time): return Cost(prices.gap(time), .kernelGap)
    case .delay(let time): return Cost(Picoseconds(nanoseconds: time), .kernelOverhead)
    // Nobody knows what it waits for, so nothing shortens it, and no lane of the account has it:
    // ``ReplayResult/unexplainedWait`` is what the lanes leave of the span.
    case .unexplainedWait(let time): return Cost(duration: Picoseconds(nanoseconds: time), account: .zero)
    case .occupied(let time):
      return Cost(prices.deviceTime(Picoseconds(nanoseconds: time), .memory), .memory)
    }
  }
}

extension RuntimeCall {
  /// What the host's part of a call is spent on.
  var category: CostCategory {
    switch self {
    case .synchronizeDevice, .synchronizeStream, .synchronizeEvent: .synchronization
    case .other, .free, .query: .dispatch
    default: .launch
    }
  }
}
