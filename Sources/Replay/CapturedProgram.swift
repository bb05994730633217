import Simulation
import Traces

extension RecordedProgram {
  /// The same work, captured into graphs: everything that a thread launches between two points at which the host has to
  /// know something is one graph, and the host's own work between them is gone.
  ///
  /// What stays with the host are synchronizations, copies that it waits for, and the calls around them.
  ///
  /// - Returns: The program, and how many graphs it launches with how many nodes.
  /// - Complexity: O(steps).
  package func captured() -> (program: RecordedProgram, graphs: Int, nodes: Int) {
    var result = self
    var (graphs, nodes) = (0, 0)
    result.threads = threads.map { steps in
      var capture = GraphCapture(hasOneStream: streams.count == 1)
      for step in steps { capture.add(step) }
      capture.flush()
      graphs += capture.graphs
      nodes += capture.nodes
      return capture.steps
    }
    return (result, graphs, nodes)
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

  /// Order within the only stream is kept by a graph as well.
  private let hasOneStream: Bool

  init(hasOneStream: Bool) { self.hasOneStream = hasOneStream }

  mutating func add(_ step: HostStep) {
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
