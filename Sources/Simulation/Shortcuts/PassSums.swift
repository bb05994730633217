import Roofline

/// What the host and the device each spend on one pass, without the waits of one for the other.
///
/// The two halves depend on different numbers of a system: host speed and dispatch costs on the one side, peaks and
/// bandwidths on the other. Points of a sweep that share a half share its sum.
package struct PassSums: Sendable, Equatable {
  /// Everything that the host spends.
  package var host = Cost.zero
  /// Everything that runs on the device, without gaps.
  package var device = Cost.zero
  /// The part of it in which kernels run; for a processor-only system, the host's kernels.
  package var busy: Picoseconds = 0

  /// Nothing.
  package init() {}

  /// The sums of a program at given costs, or nil where they are beyond what a run can last.
  package init?(_ counts: ProgramCounts, _ table: CostTable) {
    guard let host = PassSums.host(counts, table), let device = PassSums.device(counts, table) else { return nil }
    self.host = host
    self.device = device.cost
    busy = device.busy
  }

  /// What the host spends.
  ///
  /// - Complexity: O(different costs).
  package static func host(_ counts: ProgramCounts, _ table: CostTable) -> Cost? {
    var sum = CheckedSum()
    for index in counts.hostUses.indices where counts.hostUses[index] > 0 {
      sum.add(table.costs[index], times: counts.hostUses[index])
    }
    sum.add(table.launch.pass, times: 1)
    sum.add(table.launch.call, times: counts.launches)
    sum.add(table.launch.graphCall, times: counts.graphs)
    return sum.cost
  }

  /// What runs on the device, and for how long kernels do; of a host alone, which launches nothing, the first is not read.
  ///
  /// - Complexity: O(different costs).
  package static func device(_ counts: ProgramCounts, _ table: CostTable) -> (cost: Cost, busy: Picoseconds)? {
    var kernels = CheckedSum()
    for index in counts.kernelUses.indices where counts.kernelUses[index] > 0 {
      kernels.add(table.costs[index], times: counts.kernelUses[index])
    }
    guard let busy = kernels.cost?.duration else { return nil }
    for index in counts.copyUses.indices where counts.copyUses[index] > 0 {
      kernels.add(table.costs[index], times: counts.copyUses[index])
    }
    return kernels.cost.map { ($0, busy) }
  }
}

extension CostTable {
  /// What the host and the device each take for a pass of one stream, gaps and synchronizations included, if neither waits
  /// for the other: picoseconds, the longest there is where that is beyond a run.
  ///
  /// In the steady state with a deep queue, the pass takes the larger of the two.
  ///
  /// - Complexity: O(different costs).
  package func load(of counts: ProgramCounts) -> (host: Picoseconds, device: Picoseconds) {
    let isIdle = counts.launches + counts.graphs == 0
    let device = isIdle ? .zero : PassSums.device(counts, self)?.cost.withGaps(counts, launch)
    return (hostBusy(of: counts), device?.duration ?? .longestCost)
  }

  /// What the host spends on a pass, in work and calls and on returns from synchronizations: picoseconds, the longest there
  /// is where that is beyond a run.
  ///
  /// - Complexity: O(different costs).
  func hostBusy(of counts: ProgramCounts) -> Picoseconds {
    let host = PassSums.host(counts, self)?.adding(launch.synchronization, times: counts.synchronizations)
    return host?.duration ?? .longestCost
  }
}

extension Cost {
  /// What runs on a stream, with the gaps before each job and between a graph's nodes.
  func withGaps(_ counts: ProgramCounts, _ launch: LaunchCosts) -> Cost? {
    adding(launch.kernelGap, times: counts.launches + counts.graphs)?
      .adding(launch.graphKernelGap, times: counts.nodeGaps)
  }

  /// This and so often another; nil where that leaves the clock's range.
  func adding(_ other: Cost, times count: Double) -> Cost? {
    guard count < 0x1p52, Double(other.duration.count) * count + Double(duration.count) < 0x1p60 else { return nil }
    return Cost(
      duration: duration + other.duration * Int(count), account: account &+ other.account &* Int64(count))
  }
}

/// A sum of costs that notices when it leaves the range of the clock.
private struct CheckedSum {
  private var sum = Cost.zero
  private var size = 0.0

  mutating func add(_ cost: Cost, times count: Double) {
    guard count > 0 else { return }
    size += Double(cost.duration.count) * count
    // A lane is at most a few times its duration, whatever lanes mean; beyond that no sum is kept.
    guard count < 0x1p52, size < 0x1p60 else {
      size = .infinity
      return
    }
    let times = Int(count)
    sum.duration += cost.duration * times
    sum.account &+= cost.account &* Int64(times)
  }

  var cost: Cost? { size < 0x1p60 ? sum : nil }
}
