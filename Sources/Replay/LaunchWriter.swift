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
  /// - Returns: The steps.
  mutating func write(_ positions: [Int], isGraph: Bool) -> [HostStep] {
    isGraph ? writeGraph(positions) : writeKernels(positions)
  }

  private mutating func writeKernels(_ positions: [Int]) -> [HostStep] {
    var steps: [HostStep] = []
    for position in positions {
      let lane = history.lanes.lanes[position]
      steps += conditions(of: position, lane)
      let job = append(position)
      steps.append(.launch(jobs: job..<job + 1, stream: lane))
      if awaited.contains(position) { steps.append(.recordEvent(position, stream: lane)) }
    }
    return steps
  }

  /// A graph, lane by lane, cut where lanes wait for one another.
  private mutating func writeGraph(_ positions: [Int]) -> [HostStep] {
    var steps: [HostStep] = []
    var open: [(lane: Int, jobs: [Int])] = []
    func close(_ lane: Int) {
      guard let place = open.firstIndex(where: { $0.lane == lane }) else { return }
      steps.append(.launchGraph(jobs: open[place].jobs, stream: lane))
      open.remove(at: place)
    }
    for position in positions {
      let lane = history.lanes.lanes[position]
      let conditions = conditions(of: position, lane)
      if !conditions.isEmpty {
        close(lane)
        steps += conditions
      }
      let job = append(position)
      if let place = open.firstIndex(where: { $0.lane == lane }) {
        open[place].jobs.append(job)
      } else {
        open.append((lane, [job]))
      }
      if awaited.contains(position) {
        close(lane)
        steps.append(.recordEvent(position, stream: lane))
      }
    }
    for part in open { steps.append(.launchGraph(jobs: part.jobs, stream: part.lane)) }
    return steps
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
  private mutating func conditions(of position: Int, _ lane: Int) -> [HostStep] {
    let cause = history.causes[position]
    defer { hasBegun[lane] = true }
    var steps: [HostStep] = cause.waits.map { .waitForEvent($0, stream: lane) }
    func delay(_ time: Int64, _ kind: JobDelay = .always) {
      if time > 0 || kind == .gap { steps.append(.delay(time, stream: lane, kind)) }
    }
    switch cause.bound {
    case .dependency: delay(cause.excess, .afterWaiting)
    case .node where cause.excess > samples.longestGap: stall(cause.excess - constants.graphKernelGap, delay)
    case .predecessor where cause.excess > samples.longestGap: stall(cause.excess - constants.kernelGap, delay)
    case .predecessor where abs(cause.excess - constants.kernelGap) >= Self.finest: delay(cause.excess, .gap)
    case .launch where cause.excess > max(100_000, 20 * constants.launchLatency) && !hasBegun[lane]:
      occupiedUntil[lane] = max(0, history.lanes.starts[position] - constants.kernelGap - run.start)
    case .launch where cause.excess > samples.longestLatency:
      stall(cause.excess - (run.isGraphNode[position] ? constants.graphLatency : constants.launchLatency), delay)
    default: break
    }
    return steps
  }

  /// Gaps that differ less from the usual one are that one: 0.2 us.
  private static let finest: Int64 = 200

  private mutating func stall(_ time: Int64, _ delay: (Int64, JobDelay) -> Void) {
    unexplainedWait += max(0, time)
    delay(time, .always)
  }
}
