import Simulation
import Traces

/// A recorded program as instructions of the simulator, and for each cost, what it is the cost of.
///
/// As with a workload's plan, structure is apart from prices: another host speed or accelerator prices the plan again.
package struct ReplayPlan: Sendable {
  /// What a cost is the cost of.
  package enum Item: Sendable, Equatable {
    /// The host's own work.
    case work(HostWork)
    /// The host's part of a call.
    case call(HostCall)
    /// Launching a graph of so many nodes, which the recording did not have.
    case capturedGraph(nodes: Int)
    /// A job of the device, by its index in the recorded program.
    case job(Int)
    /// What a job begins later than what it waited for has ended, nanoseconds.
    case delay(Int64)
    /// What a job begins later than anything that was recorded tells, nanoseconds.
    case unexplainedWait(Int64)
    /// What lies between a job and the one before it, nanoseconds.
    case gap(Int64)
    /// Work on a stream from before the recording, nanoseconds.
    case occupied(Int64)
  }

  /// The instructions.
  package private(set) var program = Program()
  /// What each cost is the cost of.
  package private(set) var items: [Item] = []
  /// The most launches into a stream that come from before the recording.
  package private(set) var earlierCount = 0

  /// Plans the replay of a recorded program.
  ///
  /// - Complexity: O(steps).
  package init(_ recorded: RecordedProgram) {
    program.streamCount = max(1, recorded.streams.count)
    program.threadStarts = []
    for (index, steps) in recorded.threads.enumerated() {
      program.threadStarts.append(program.instructions.count)
      if index == 0 { appendEarlierWork(recorded) }
      for step in steps { append(step, recorded) }
    }
  }

  private mutating func appendEarlierWork(_ recorded: RecordedProgram) {
    for (stream, time) in recorded.occupiedUntil.enumerated() where time > 0 {
      append(.occupy, .occupied(time), stream: stream)
    }
    var counts: [Int: Int] = [:]
    for step in recorded.earlier {
      if case .launch(let jobs, let stream) = step { counts[stream, default: 0] += jobs.count }
      append(step, recorded)
    }
    earlierCount = counts.values.max() ?? 0
  }

  private mutating func append(_ step: HostStep, _ recorded: RecordedProgram) {
    switch step {
    case .work(let work): append(.work, .work(work), label: work.name)
    case .call(let call): append(.call, .call(call), label: call.name)
    case .launch(let jobs, let stream):
      for job in jobs { append(.launch, .job(job), stream: stream, label: recorded.jobs[job].name) }
    case .launchGraph(let jobs, let stream):
      program.instructions.append(Instruction(.launchGraph, operand: jobs.count, stream: stream))
      for job in jobs { append(.node, .job(job), stream: stream, label: recorded.jobs[job].name) }
    case .capturedGraph(let nodes): append(.call, .capturedGraph(nodes: nodes))
    case .delay(let time, let stream, let kind):
      items.append(Self.item(of: time, kind))
      program.instructions.append(
        Instruction(.delay, operand: items.count - 1, stream: stream, lane: Int(kind.rawValue)))
    case .synchronize: program.instructions.append(Instruction(.synchronize, operand: 0))
    case .synchronizeStream(let stream): note(.synchronizeStream, 0, stream: stream)
    case .synchronizeEvent(let event): note(.synchronizeEvent, event)
    case .recordEvent(let event, let stream): note(.recordEvent, event, stream: stream)
    case .waitForEvent(let event, let stream): note(.waitForEvent, event, stream: stream)
    case .waitForStream(let other, let stream): note(.waitForStream, other, stream: stream)
    case .signal(let signal): note(.signal, signal)
    case .awaitSignal(let signal): note(.awaitSignal, signal)
    }
  }

  private static func item(of time: Int64, _ kind: JobDelay) -> Item {
    switch kind {
    case .gap: .gap(time)
    case .afterWaiting: .delay(time)
    case .always: .unexplainedWait(time)
    }
  }

  private mutating func append(_ opcode: Instruction.Opcode, _ item: Item, stream: Int = 0, label: Int32 = -1) {
    items.append(item)
    program.instructions.append(
      Instruction(opcode, operand: items.count - 1, stream: stream, label: Int(label)))
  }

  private mutating func note(_ opcode: Instruction.Opcode, _ operand: Int, stream: Int = 0) {
    program.instructions.append(Instruction(opcode, operand: operand, stream: stream))
  }
}
