import Traces

/// What the host works on between calls of the runtime.
package struct HostWork: Sendable, Equatable {
  /// Nanoseconds.
  package var duration: Int64
  /// The outermost operator at work, an index into the recording's names; -1 between operators.
  package var name: Int32
  /// How many operators begin in it, nested ones included: what the profiler's own time is counted by.
  package var operatorCount: Int32

  /// Work of a duration.
  package init(duration: Int64, name: Int32, operatorCount: Int32) {
    self.duration = duration
    self.name = name
    self.operatorCount = operatorCount
  }
}

/// The host's own part of a call of the runtime, without what it waited for the device.
package struct HostCall: Sendable, Equatable {
  /// Nanoseconds.
  package var duration: Int64
  /// An index into the recording's names.
  package var name: Int32
  /// What the call does.
  package var kind: RuntimeCall

  /// A call of a duration.
  package init(duration: Int64, name: Int32, kind: RuntimeCall) {
    self.duration = duration
    self.name = name
    self.kind = kind
  }
}

/// When a job begins later than it could.
package enum JobDelay: UInt8, Sendable, Equatable {
  /// Always: what it waits for was not recorded.
  case always
  /// If it had to wait for what another stream did.
  case afterWaiting
  /// Behind the job before it in its stream, in place of the usual gap.
  case gap
}

/// What a thread of the host does next.
package enum HostStep: Sendable, Equatable {
  /// Works for itself.
  case work(HostWork)
  /// Is in a call of the runtime.
  case call(HostCall)
  /// Launches jobs, one after the other.
  case launch(jobs: Range<Int>, stream: Int)
  /// Launches jobs as the nodes of a graph.
  case launchGraph(jobs: [Int], stream: Int)
  /// Makes a call that launches a graph of so many nodes, which was not in the recording.
  case capturedGraph(nodes: Int)
  /// Lets the next launch into a stream begin so many nanoseconds later than it could.
  case delay(Int64, stream: Int, JobDelay)
  /// Waits for the device.
  case synchronize
  /// Waits for a stream.
  case synchronizeStream(Int)
  /// Waits for an event.
  case synchronizeEvent(Int)
  /// Records an event.
  case recordEvent(Int, stream: Int)
  /// Lets a stream wait for an event.
  case waitForEvent(Int, stream: Int)
  /// Lets a stream wait for all that was launched into another.
  case waitForStream(Int, stream: Int)
  /// Lets threads go on that wait for the signal.
  case signal(Int)
  /// Waits for another thread's signal.
  case awaitSignal(Int)
}

/// A kernel, copy or set: its duration and what is known of it, not when it began.
package struct RecordedJob: Sendable, Equatable {
  /// What sort of work it is.
  package var kind: DeviceEventKind
  /// An index into the recording's names.
  package var name: Int32
  /// Nanoseconds.
  package var duration: Int64
  /// Bytes that were copied or set; -1 where none were recorded.
  package var bytes: Int64
  /// The innermost operator that launched it, an index into the recording's host events; -1 for none.
  package var operation: Int32
  /// What was recorded of its collective, an index into the recording's; -1 for nothing.
  package var collective: Int32

  /// A job of a duration.
  package init(
    kind: DeviceEventKind, name: Int32, duration: Int64, bytes: Int64 = -1, operation: Int32 = -1,
    collective: Int32 = -1
  ) {
    self.kind = kind
    self.name = name
    self.duration = duration
    self.bytes = bytes
    self.operation = operation
    self.collective = collective
  }
}

/// The times that a device and its driver have, as a recording shows them: one number for each, nanoseconds.
package struct RecordedConstants: Sendable, Equatable {
  /// From the return of a launch call to the start of its kernel on an idle stream, median.
  package var launchLatency: Int64 = 0
  /// Between kernels of a stream that were waiting, mean.
  package var kernelGap: Int64 = 0
  /// From the return of a graph's launch to its first node, on an idle stream.
  package var graphLatency: Int64 = 0
  /// Between nodes of a graph, mean.
  package var graphKernelGap: Int64 = 0
  /// Host time of a call that launches a kernel, median.
  package var launchCall: Int64 = 0
  /// Host time of a call that launches a graph, median.
  package var graphCall: Int64 = 0
  /// Whether graphs were launched, so that their constants are the recording's own.
  package var hasGraphs = false
  /// From the end of the device's work to the return of a synchronization that waited for it, median.
  package var synchronization: Int64 = 0
  /// How many synchronizations waited.
  package var synchronizationCount = 0
  /// Launches into a stream that may be unfinished before the next one blocks; nil where none was seen to.
  package var queueDepth: Int?
}

/// A recording as a program: what the host does in which order and for how long, what it launches, and what waits for what.
///
/// No step says when it happens: that is for the replay to find out.
package struct RecordedProgram: Sendable {
  /// What each thread of the host does.
  ///
  /// The first thread begins with the recording, the others wait for signals.
  package var threads: [[HostStep]] = []
  /// The device's work, in the order of its launches.
  ///
  /// A job is known by its place here from the recording to its price, also
  /// where another program launches it in another order.
  package var jobs: [RecordedJob] = []
  /// The streams, as indices into the recording's.
  package var streams: [Int32] = []
  /// How long each stream is busy at first with work from before the recording, nanoseconds.
  package var occupiedUntil: [Int64] = []
  /// The launches of jobs from before the recording that run in it, and what these wait for; the first jobs of all.
  package var earlier: [HostStep] = []
  /// The device's and the driver's constants.
  package var constants = RecordedConstants()
  /// For each host event, the operator around it, an index into the host events; -1 for none.
  package var parents: [Int32] = []
  /// What jobs began later than anything that was recorded tells, in all, nanoseconds.
  package var unexplainedWait: Int64 = 0
  /// The thread in the recording of each of ``threads``.
  package var threadNumbers: [Int32] = []

  /// An empty program.
  package init() {}
}
