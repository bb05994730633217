import Roofline
import Traces

/// Why the device had nothing to do.
package enum IdleCause: Int, CaseIterable, Sendable {
  /// The host dispatched operators.
  case dispatch
  /// The host worked outside of operators: the program's own code.
  case program
  /// The host was in a call that launches.
  case launchCall
  /// The host was in a call that waits for the device, which had finished.
  case synchronization
  /// The host waited for data, or made it.
  case dataLoading
  /// The host collected garbage.
  case garbageCollection
  /// The host waited for other ranks.
  case ranks
  /// The host allocated memory or gave it back.
  case memoryManagement
  /// What was launched was on its way.
  case launchLatency
  /// What was launched before waited for another stream or an event, or for so long that it must have.
  case stream
  /// Between work that was waiting in a stream.
  case kernelGap
  /// Who launched what came next is not known, or what kept it.
  case unknown

  /// The key in JSON.
  package var key: String {
    switch self {
    case .dispatch: "dispatch"
    case .program: "outside_operators"
    case .launchCall: "launch_calls"
    case .synchronization: "synchronization"
    case .dataLoading: "data_loading"
    case .garbageCollection: "garbage_collection"
    case .ranks: "ranks"
    case .memoryManagement: "memory_management"
    case .launchLatency: "launch_latency"
    case .stream: "stream"
    case .kernelGap: "kernel_gap"
    case .unknown: "unknown"
    }
  }

  /// What people read.
  package var title: String {
    switch self {
    case .dispatch: "host dispatches operators"
    case .program: "host outside of operators"
    case .launchCall: "host in launch calls"
    case .synchronization: "host returns from synchronization"
    case .dataLoading: "host loads data"
    case .garbageCollection: "host collects garbage"
    case .ranks: "host waits for ranks"
    case .memoryManagement: "host manages memory"
    case .launchLatency: "launch on its way"
    case .stream: "waiting for a stream"
    case .kernelGap: "gap between kernels"
    case .unknown: "unknown"
    }
  }

  fileprivate init(_ doing: HostDoing?) {
    self =
      switch doing {
      case .operators: .dispatch
      case .launching: .launchCall
      case .synchronizing: .synchronization
      case .loadingData: .dataLoading
      case .collectingGarbage: .garbageCollection
      case .waitingForRanks: .ranks
      case .managingMemory: .memoryManagement
      case nil: .program
      }
  }
}

/// The time in which the device did nothing, by cause; all causes together are the span without the busy time.
package struct IdleTime: Sendable {
  /// The time of each cause that there is.
  package private(set) var times: [IdleCause: Picoseconds] = [:]
  /// How many stretches of time there are in which the device did nothing.
  package let gapCount: Int

  /// All of it.
  package var total: Picoseconds { times.values.reduce(.zero, +) }

  /// Finds the causes: what the host did until it launched what came next, and what kept that from beginning then.
  ///
  /// - Complexity: O(n log n) for n events.
  package init(_ run: RecordedRun, _ shares: DeviceShares, _ activity: HostActivity) {
    gapCount = shares.idle.count
    let delays = UsualDelays(run)
    let waiting = Self.waitingLaunches(run)
    let hasOtherStreams = Set(run.deviceEvents.lazy.map { run.trace.deviceEvents[$0].stream }).count > 1
    let mainThread = run.hostEvents.first.map { run.trace.hostEvents[$0].thread } ?? 0
    var next = 0
    for gap in shares.idle {
      while next < run.deviceEvents.count, run.trace.deviceEvents[run.deviceEvents[next]].start < gap.end { next += 1 }
      guard next < run.deviceEvents.count else {
        addHost(gap.start, gap.end, of: mainThread, activity)
        continue
      }
      let launcher = run.launchers[next]
      guard launcher >= 0 else {
        add(.unknown, gap.end - gap.start)
        continue
      }
      let call = run.trace.hostEvents[launcher]
      let launched = min(max(call.end, gap.start), gap.end)
      addHost(gap.start, launched, of: call.thread, activity)
      let isGraph = run.calls[call] == .graphLaunch
      let latency = isGraph ? delays.graphLatency : delays.latency
      let device = Device(
        usual: launched > gap.start ? latency : isGraph ? delays.graphGap : delays.gap,
        cause: launched > gap.start ? .launchLatency : .kernelGap, isWaiting: waiting.contains(launcher),
        hasOtherStreams: hasOtherStreams)
      addDevice(gap.end - launched, device)
    }
  }

  /// What is known of the part of a gap in which what comes next was launched already.
  private struct Device {
    /// How long it takes, nanoseconds.
    var usual: Int64
    /// What it is then.
    var cause: IdleCause
    /// Whether the stream was told to wait.
    var isWaiting: Bool
    var hasOtherStreams: Bool
  }

  /// As many times as it takes is no wait yet.
  private static let usualFactor: Int64 = 4

  private mutating func addDevice(_ time: Int64, _ device: Device) {
    guard device.isWaiting || time > Self.usualFactor * device.usual else { return add(device.cause, time) }
    add(device.cause, min(time, device.usual))
    add(device.isWaiting || device.hasOtherStreams ? .stream : .unknown, time - min(time, device.usual))
  }

  private mutating func add(_ cause: IdleCause, _ nanoseconds: Int64) {
    guard nanoseconds > 0 else { return }
    times[cause, default: .zero] += Picoseconds(nanoseconds: nanoseconds)
  }

  private mutating func addHost(_ start: Int64, _ end: Int64, of thread: Int32, _ activity: HostActivity) {
    guard end > start else { return }
    var found: [(IdleCause, Int64)] = []
    activity.parts(from: start, to: end, of: thread) { found.append((IdleCause($1), $0)) }
    for (cause, time) in found { add(cause, time) }
  }

  /// The launches before which their thread let a stream wait for an event.
  private static func waitingLaunches(_ run: RecordedRun) -> Set<Int> {
    var waiting = Set<Int>()
    var pending = Set<Int32>()
    let launching = Set(run.launchers)
    for index in run.hostEvents where run.trace.hostEvents[index].kind == .call {
      let event = run.trace.hostEvents[index]
      if run.calls[event] == .waitForEvent {
        pending.insert(event.thread)
      } else if launching.contains(index), pending.remove(event.thread) != nil {
        waiting.insert(index)
      }
    }
    return waiting
  }
}
