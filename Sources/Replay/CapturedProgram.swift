import Simulation
import Traces

extension RecordedProgram {
  /// The same work, captured into graphs: everything that a thread launches between two points at which the host has to
  /// know something is one graph, and the host's own work between them is gone.
  ///
  /// What stays with the host are synchronizations, copies that it waits for, and the calls around them; and work that is
  /// too long to be the dispatch of what it launches: loading data, or what comes after a model.
  ///
  /// - Returns: The program, how many graphs it launches with how many nodes, and the host's work that stays, nanoseconds.
  /// - Complexity: O(steps).
  package func captured() -> (program: RecordedProgram, graphs: Int, nodes: Int, hostWork: Int64) {
    var result = self
    var (graphs, nodes, hostWork) = (0, 0, Int64(0))
    let longest = longestDispatch
    result.threads = threads.map { steps in
      var capture = GraphCapture(hasOneStream: streams.count == 1, longestDispatch: longest)
      for step in steps { capture.add(step) }
      capture.finish()
      graphs += capture.graphs
      nodes += capture.nodes
      hostWork += capture.hostWork
      return capture.steps
    }
    return (result, graphs, nodes, hostWork)
  }

  /// The longest work between two launches that is their dispatch: twenty times the usual, and a millisecond.
  private var longestDispatch: Int64 {
    var stretches: [Int64] = []
    for steps in threads {
      var work: Int64 = 0
      for step in steps {
        switch step {
        case .work(let part): work += part.duration
        case .launch, .launchGraph:
          stretches.append(work)
          work = 0
        default: break
        }
      }
    }
    return max(1_000_000, 20 * (median(stretches) ?? 0))
  }
}

/// Gathers what one thread launches.
private struct GraphCapture {
  var steps: [HostStep] = []
  var graphs = 0
  var nodes = 0
  private var pending: [(stream: Int, jobs: [Int])] = []
  /// Where each stream is in `pending`.
  private var places: [Int: Int] = [:]
  /// A call whose wait comes next; it is the host's own if the host waits.
  private var call: HostCall?

  /// The host's work that stays, nanoseconds.
  private(set) var hostWork: Int64 = 0
  /// Work since the last launch, and how long it takes.
  private var work: [HostStep] = []
  private var workTime: Int64 = 0

  /// Order within the only stream is kept by a graph as well.
  private let hasOneStream: Bool
  private let longestDispatch: Int64

  init(hasOneStream: Bool, longestDispatch: Int64) {
    self.hasOneStream = hasOneStream
    self.longestDispatch = longestDispatch
  }

  mutating func add(_ step: HostStep) {
    if case .work(let part) = step {
      work.append(step)
      workTime += part.duration
      return
    }
    switch step {
    case .call, .delay: break
    default: endWork()
    }
    capture(step)
  }

  /// The work since the last launch has come to its end: what is too long to be dispatch stays, between two graphs.
  private mutating func endWork() {
    if workTime > longestDispatch {
      flush()
      steps += work
      hostWork += workTime
    }
    (work, workTime) = ([], 0)
  }

  /// Launches what is left, after the last step.
  mutating func finish() {
    endWork()
    flush()
  }

  private mutating func capture(_ step: HostStep) {
    switch step {
    case .work, .capturedGraph, .delay: break
    case .call(let next): call = next
    case .launch(let jobs, let stream): launch(Array(jobs), stream)
    case .launchGraph(let jobs, let stream): launch(jobs, stream)
    case .synchronizeStream where call?.kind == .copy:
      // The last job is the copy that the host waits for: it stays a call of its own.
      let copy = pending.indices.last { !pending[$0].jobs.isEmpty }
      var last: (stream: Int, job: Int)?
      if let copy, let job = pending[copy].jobs.popLast() { last = (pending[copy].stream, job) }
      flush()
      if let call { steps.append(.call(call)) }
      if let last { steps.append(.launch(jobs: last.job..<last.job + 1, stream: last.stream)) }
      steps.append(step)
      call = nil
    case .synchronize, .synchronizeStream, .synchronizeEvent, .signal, .awaitSignal:
      flush()
      steps.append(step)
      isAfterWait = true
      return
    case .recordEvent, .waitForEvent, .waitForStream:
      if hasOneStream { return }
      flush()
      steps.append(step)
    }
    if isAfterWait, case .call(let waited) = step, waited.kind.category == .synchronization {
      steps.append(step)
      call = nil
    }
    isAfterWait = false
  }

  private var isAfterWait = false

  private mutating func launch(_ jobs: [Int], _ stream: Int) {
    if let known = places[stream] {
      pending[known].jobs += jobs
    } else {
      places[stream] = pending.count
      pending.append((stream, jobs))
    }
  }

  /// Launches what is gathered, one graph for each stream.
  mutating func flush() {
    for (stream, jobs) in pending where !jobs.isEmpty {
      steps.append(.capturedGraph(nodes: jobs.count))
      steps.append(.launchGraph(jobs: jobs, stream: stream))
      graphs += 1
      nodes += jobs.count
    }
    pending = []
    places = [:]
  }
}
