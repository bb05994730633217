import Roofline

/// What launching, synchronizing and a pass itself take: the costs that no instruction refers to by an index.
package struct LaunchCosts: Sendable, Equatable {
  /// Host time of one launch call.
  package var call = Cost.zero
  /// Call returned until the kernel may start.
  package var latency = Cost.zero
  /// Between kernels of a stream.
  package var kernelGap = Cost.zero
  /// Host time of one graph launch.
  package var graphCall = Cost.zero
  /// Graph launch returned until its first kernel may start.
  package var graphLatency = Cost.zero
  /// Between kernels of a graph.
  package var graphKernelGap = Cost.zero
  /// Device done until a synchronization has returned.
  package var synchronization = Cost.zero
  /// Host time of a pass beside its operators.
  package var pass = Cost.zero

  /// Everything takes no time.
  package init() {}

  /// Calls back with each cost, which may be changed; the order is always the same.
  ///
  /// This is the only list of them.
  package mutating func forEach(_ body: (inout Cost) -> Void) {
    body(&call)
    body(&latency)
    body(&kernelGap)
    body(&graphCall)
    body(&graphLatency)
    body(&graphKernelGap)
    body(&synchronization)
    body(&pass)
  }

  /// The costs in the order of ``forEach(_:)``.
  var all: [Cost] {
    var costs: [Cost] = []
    var copy = self
    copy.forEach { costs.append($0) }
    return costs
  }

  /// A bound on what one job takes beside its own time, on the host and on the device, picoseconds.
  var boundOfJob: Double {
    // One by one: a list of them would be allocated at every point of a sweep.
    Double(call.duration.count) + Double(latency.duration.count) + Double(kernelGap.duration.count)
      + Double(graphCall.duration.count) + Double(graphLatency.duration.count) + Double(graphKernelGap.duration.count)
  }
}
