import Roofline

/// The steady state of one stream in closed form, where it can be proven from sums alone.
///
/// Let a pass have L launches, h host time, d device time (kernels, copies and gaps), and the queue Q places. All clocks
/// are maxima of sums along paths: over the host, from a call's return to its kernel (the launch latency), along the
/// stream, and from a kernel's end back to the host that waited for its place in the queue, Q launches later. Write
/// K = floor((Q - 1) / L) for the whole passes between the two ends of such a wait, and l for the longest launch latency.
///
/// **d < h: every pass takes h, on the host.** Without waits, launch n ends at most l + d after its call returned: the
/// chain behind an earlier launch m gains at most d in a whole pass and loses h. The host comes to launch n + Q at least
/// K h later; so with K h >= l + d it never waits, by induction over n. The device's lag behind the host is then the same
/// at the end of every pass, since what a pass inherits shrinks by h - d, and a mark moves by h from pass to pass.
///
/// **d > h: every pass takes d, on the device.** A path that leaves the host in a later pass is shorter by d - h for each
/// pass than the one that left in the first. A path through a wait that stays on the host for a whole passes, and a part
/// of one, spends at most (a + 1) h + l before it is back on the stream, which itself needed at least (K + a) d for as
/// many launches; with K d > h + l it loses strictly. So behind the first pass the stream never pauses for the host, and
/// the end of a pass moves by d. The end of the first pass already lies on the device, if its first launch arrives no
/// sooner than a gap takes; so all marks are the stream's.
///
/// **d = h** is left to the recurrence: two paths of one length.
///
/// The same inequalities hold for any meaning of the accounts, and the account of the winning path is the sum's.
package enum SteadyState {
  /// The time of a pass, or nil where the conditions do not hold.
  ///
  /// - Parameters:
  ///   - counts: The program's counts.
  ///   - sums: Its sums at the table's costs.
  ///   - table: The costs: launch latencies, gaps and the depth of the queue are read from it.
  /// - Returns: Exactly what the event engine finds.
  /// - Complexity: O(1).
  package static func time(_ counts: ProgramCounts, _ sums: PassSums, _ table: CostTable) -> PassTiming? {
    summary(JobCounts(counts), HostHalf(sums.host, table), DeviceHalf(sums.device, busy: sums.busy))
      .map { PassTiming(summary: $0) }
  }

  /// What a pass takes that has some jobs, on the halves of a host and a device; nil where the conditions do not hold.
  ///
  /// - Complexity: O(1).
  package static func summary(_ jobs: JobCounts, _ host: HostHalf, _ device: DeviceHalf) -> PassSummary? {
    guard jobs.haveClosedForm else { return nil }
    let launches = jobs.launches + jobs.graphs
    guard launches > 0 else { return summary(host.cost, host, device) }
    guard launches + jobs.nodeGaps < 0x1p40 else { return nil }
    guard
      let onStream = device.cost.adding(host.kernelGap, times: launches)?
        .adding(host.graphKernelGap, times: jobs.nodeGaps)
    else { return nil }
    let (hostTime, stream) = (Double(host.cost.duration.count), Double(onStream.duration.count))
    let passesInQueue = (Double(host.queueDepth - 1) / launches).rounded(.down)
    var latency: Picoseconds = 0
    var arrival = Picoseconds.max
    if jobs.launches > 0 {
      latency = min(host.latency, .longestCost)
      arrival = host.call + latency
    }
    if jobs.graphs > 0 {
      let graphLatency = min(host.graphLatency, .longestCost)
      latency = max(latency, graphLatency)
      arrival = min(arrival, host.graphCall + graphLatency)
    }
    // The comparisons are of numbers below 2^62 in double precision: a margin of 2^-40 covers their rounding.
    let margin = 1 + 0x1p-40
    if onStream.duration < host.cost.duration {
      guard passesInQueue * hostTime >= (Double(latency.count) + stream) * margin else { return nil }
      return summary(host.cost, host, device)
    }
    guard onStream.duration > host.cost.duration, arrival >= host.kernelGap.duration,
      passesInQueue * stream > (hostTime + Double(latency.count)) * margin
    else { return nil }
    return summary(onStream, host, device)
  }

  private static func summary(_ path: Cost, _ host: HostHalf, _ device: DeviceHalf) -> PassSummary {
    PassSummary(
      latency: path.duration, deviceBusy: device.busy, hostBusy: host.cost.duration, account: path.account)
  }
}
