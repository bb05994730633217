import Traces

/// Writes launches down as steps: jobs, and what each waits for.
struct LaunchWriter {
  private(set) var jobs: [RecordedJob] = []
  /// By lane, until when it is busy with work from before the recording, nanoseconds.
  private(set) var occupiedUntil: [Int64]
  /// What jobs began later than anything that was recorded tells, nanoseconds.
  private(set) var unexplainedWait: Int64 = 0

  private let run: RecordedRun
  private let history: StreamHistory
  private let constants: RecordedConstants
  private let samples: RecordedConstants.Samples
  /// Positions that something waits for.
  private let awaited: Set<Int>
  private var hasBegun: [Bool]

  init(
    _ run: RecordedRun, _ history: StreamHistory, _ constants: RecordedConstants,
    _ samples: RecordedConstants.Samples, awaited: Set<Int>
  ) {
    self.run = run
    self.history = history
    self.constants = constants
    self.samples = samples
    self.awaited = awaited
    occupiedUntil = Array(repeating: 0, count: history.lanes.streams.count)
    hasBegun = Array(repeating: false, count: history.lanes.streams.count)
  }

  /// The steps of a launch.
  ///
  /// - Parameters:
  ///   - positions: What is launched, by its start.
  ///   - isGraph: Whether as the nodes of a graph.
  ///   - steps: Where the steps are added.
  mutating func write(_ positions: ArraySlice<Int>, isGraph: Bool, to steps: inout [HostStep]) {
    if isGraph { writeGraph(positions, to: &steps) } else { writeKernels(positions, to: &steps) }
  }

  private mutating func writeKernels(_ positions: ArraySlice<Int>, to steps: inout [HostStep]) {
    for position in positions {
      let lane = history.lanes.lanes[position]
      writeConditions(of: position, lane, to: &steps)
      let job = append(position)
      steps.append(.launch(jobs: job..<job + 1, stream: lane))
      if awaited.contains(position) { steps.append(.recordEvent(position, stream: lane)) }
    }
  }

  /// A graph, lane by lane, cut where lanes wait for one another.
  private mutating func writeGraph(_ positions: ArraySlice<Int>, to steps: inout [HostStep]) {
    var open: [(lane: Int, jobs: [Int])] = []
    func close(_ lane: Int, _ steps: inout [HostStep]) {
      guard let place = open.firstIndex(where: { $0.lane == lane }) else { return }
      steps.append(.launchGraph(jobs: open[place].jobs, stream: lane))
      open.remove(at: place)
    }
    for position in positions {
      let lane = history.lanes.lanes[position]
      var conditions: [HostStep] = []
      writeConditions(of: position, lane, to: &conditions)
      if !conditions.isEmpty {
        close(lane, &steps)
        steps += conditions
      }
      let job = append(position)
      if let place = open.firstIndex(where: { $0.lane == lane }) {
        open[place].jobs.append(job)
      } else {
        open.append((lane, [job]))
      }
      if awaited.contains(position) {
        close(lane, &steps)
        steps.append(.recordEvent(position, stream: lane))
      }
    }
    for part in open { steps.append(.launchGraph(jobs: part.jobs, stream: part.lane)) }
  }

  private mutating func append(_ position: Int) -> Int {
    let event = run.trace.deviceEvents[run.deviceEvents[position]]
    jobs.append(
      RecordedJob(
        kind: event.kind, name: event.name, duration: history.lanes.ends[position] - history.lanes.starts[position],
        bytes: event.bytes, operation: -1, collective: event.collective))
    return jobs.count - 1
  }

  /// What has to be before a job begins, beside its launch and its predecessor.
  private mutating func writeConditions(of position: Int, _ lane: Int, to steps: inout [HostStep]) {
    let cause = history.causes[position]
    defer { hasBegun[lane] = true }
    for wait in cause.waits { steps.append(.waitForEvent(wait, stream: lane)) }
    switch cause.bound {
    case .dependency: if cause.excess > 0 { steps.append(.delay(cause.excess, stream: lane, .afterWaiting)) }
    case .node where cause.excess > samples.longestGap:
      stall(cause.excess - constants.graphKernelGap, lane, &steps)
    case .predecessor where cause.excess > samples.longestGap: stall(cause.excess - constants.kernelGap, lane, &steps)
    case .predecessor where abs(cause.excess - constants.kernelGap) >= Self.finest:
      steps.append(.delay(cause.excess, stream: lane, .gap))
    case .launch where cause.excess > max(100_000, 20 * constants.launchLatency) && !hasBegun[lane]:
      occupiedUntil[lane] = max(0, history.lanes.starts[position] - constants.kernelGap - run.start)
    case .launch where cause.excess > samples.longestLatency:
      stall(cause.excess - (run.isGraphNode[position] ? constants.graphLatency : constants.launchLatency), lane, &steps)
    default: break
    }
  }

  /// Gaps that differ less from the usual one are that one: 0.2 us.
  private static let finest: Int64 = 200

  private mutating func stall(_ time: Int64, _ lane: Int, _ steps: inout [HostStep]) {
    guard time > 0 else { return }
    unexplainedWait += time
    steps.append(.delay(time, stream: lane, .always))
  }
}
