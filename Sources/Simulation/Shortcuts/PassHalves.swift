import Roofline

/// The counts of a program that its closed form asks for.
///
/// They are numbers alone: a point of a sweep that is had from two halves copies and retains no list.
package struct JobCounts: Sendable, Equatable {
  /// Launches of kernels, collectives and copies.
  let launches: Double
  /// Launches of graphs.
  let graphs: Double
  /// Gaps between the nodes of graphs.
  let nodeGaps: Double
  /// Instructions executed.
  let instructions: Double
  /// Whether the program is one that the closed form is of: one stream for whose jobs the host never waits.
  package let haveClosedForm: Bool

  /// The counts of a program.
  package init(_ counts: ProgramCounts) {
    launches = counts.launches
    graphs = counts.graphs
    nodeGaps = counts.nodeGaps
    instructions = counts.instructions
    haveClosedForm = counts.isOneStream && counts.synchronizations == 0 && counts.blockingCopies == 0
  }
}

/// What a host spends on a pass, and what launching takes: all that the closed form asks of the numbers of one.
package struct HostHalf: Sendable, Equatable {
  /// Everything that the host spends.
  let cost: Cost
  /// Between kernels of a stream.
  let kernelGap: Cost
  /// Between kernels of a graph.
  let graphKernelGap: Cost
  /// Call returned until the kernel may start, and the call itself.
  let (latency, call): (Picoseconds, Picoseconds)
  /// The same of a graph's launch.
  let (graphLatency, graphCall): (Picoseconds, Picoseconds)
  /// Launches that may be unfinished before the next one blocks the host.
  let queueDepth: Int
  /// A bound on what one job takes beside its own time, picoseconds.
  let boundOfJob: Double

  /// The half of a table whose sum over the host's costs is known.
  package init(_ cost: Cost, _ table: CostTable) {
    self.cost = cost
    kernelGap = table.launch.kernelGap
    graphKernelGap = table.launch.graphKernelGap
    (latency, call) = (table.launch.latency.duration, table.launch.call.duration)
    (graphLatency, graphCall) = (table.launch.graphLatency.duration, table.launch.graphCall.duration)
    queueDepth = table.queueDepth
    boundOfJob = table.launch.boundOfJob
  }

  /// The half of a table, or nil where its sum is beyond what a run can last.
  ///
  /// - Complexity: O(different costs).
  package init?(_ counts: ProgramCounts, _ table: CostTable) {
    guard let cost = PassSums.host(counts, table) else { return nil }
    self.init(cost, table)
  }
}

/// What runs on a device in a pass: all that the closed form asks of the numbers of one.
package struct DeviceHalf: Sendable, Equatable {
  /// Everything that runs on the device, without gaps.
  let cost: Cost
  /// The part of it in which kernels run.
  let busy: Picoseconds

  /// The half of what is known.
  init(_ cost: Cost, busy: Picoseconds) {
    self.cost = cost
    self.busy = busy
  }

  /// The half of a table, or nil where its sum is beyond what a run can last.
  ///
  /// - Complexity: O(different costs).
  package init?(_ counts: ProgramCounts, _ table: CostTable) {
    guard let sum = PassSums.device(counts, table) else { return nil }
    self.init(sum.cost, busy: sum.busy)
  }
}

extension JobCounts {
  /// Whether a generous bound on the length of every run of the program lies within the clock; else it is added up.
  package func areSurelyShort(_ host: HostHalf, _ device: DeviceHalf) -> Bool {
    let jobs = launches + 2 * graphs + nodeGaps
    let pass =
      Double(host.cost.duration.count) + Double(device.cost.duration.count) + Double(device.busy.count) + jobs
      * host.boundOfJob
    return pass < 0x1p48 && instructions < 1e6
  }
}
