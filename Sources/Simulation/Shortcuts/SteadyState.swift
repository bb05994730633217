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
    guard counts.isOneStream, counts.synchronizations == 0, counts.blockingCopies == 0 else { return nil }
    let launches = counts.launches + counts.graphs
    guard launches > 0 else { return timing(sums.host, sums) }
    guard launches + counts.nodeGaps < 0x1p40 else { return nil }
    guard let device = sums.device.withGaps(counts, table.launch) else { return nil }
    let (host, stream) = (Double(sums.host.duration.count), Double(device.duration.count))
    let passesInQueue = (Double(table.queueDepth - 1) / launches).rounded(.down)
    var latency: Picoseconds = 0
    var arrival = Picoseconds.max
    if counts.launches > 0 {
      latency = min(table.launch.latency.duration, .longestCost)
      arrival = table.launch.call.duration + latency
    }
    if counts.graphs > 0 {
      let graphLatency = min(table.launch.graphLatency.duration, .longestCost)
      latency = max(latency, graphLatency)
      arrival = min(arrival, table.launch.graphCall.duration + graphLatency)
    }
    // The comparisons are of numbers below 2^62 in double precision: a margin of 2^-40 covers their rounding.
    let margin = 1 + 0x1p-40
    if device.duration < sums.host.duration {
      guard passesInQueue * host >= (Double(latency.count) + stream) * margin else { return nil }
      return timing(sums.host, sums)
    }
    guard device.duration > sums.host.duration, arrival >= table.launch.kernelGap.duration,
      passesInQueue * stream > (host + Double(latency.count)) * margin
    else { return nil }
    return timing(device, sums)
  }

  private static func timing(_ path: Cost, _ sums: PassSums) -> PassTiming {
    PassTiming(
      summary: PassSummary(
        latency: path.duration, deviceBusy: sums.busy, hostBusy: sums.host.duration, account: path.account))
  }
}
