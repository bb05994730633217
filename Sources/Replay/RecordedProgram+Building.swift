import Traces

extension RecordedProgram {
  /// Takes a recording apart into what the host does, what it launches, and what waits for what.
  ///
  /// - Parameter run: The recording, or a step of it.
  /// - Complexity: O(n log n) for n events.
  package init(_ run: RecordedRun) {
    let schedule = CallSchedule(run)
    let dependencies = ThreadDependencies(run)
    jobs = schedule.jobs
    streams = schedule.streams
    occupiedUntil = schedule.occupiedUntil
    earlier = schedule.earlier
    unexplainedWait = schedule.unexplainedWait
    constants = schedule.constants
    parents = Self.parents(run)
    for call in schedule.calls {
      for job in call.jobs { jobs[job].operation = parents[call.event] }
    }
    let eventsByThread = ThreadLists(run.hostEvents, run.trace) { $0 }.lists
    let callsByThread = ThreadLists(Array(schedule.calls.indices), run.trace) { schedule.calls[$0].event }.lists
    // The thread that begins is first.
    threadNumbers = eventsByThread.keys.sorted { first, second in
      let starts = [first, second].map { run.trace.hostEvents[eventsByThread[$0]?[0] ?? 0].start }
      return (starts[0], first) < (starts[1], second)
    }
    for thread in threadNumbers {
      var walker = ThreadWalker(
        run, schedule, events: eventsByThread[thread] ?? [], calls: callsByThread[thread] ?? [],
        waits: dependencies.waits[thread] ?? [], signals: dependencies.signals[thread] ?? [])
      threads.append(walker.steps())
    }
    if threads.isEmpty { threads = [[]] }
  }

  /// Puts an operator onto a thread's stack of open ones, and returns the one around it; -1 for none.
  private static func push(_ index: Int, _ event: HostEvent, _ trace: Trace, onto stack: inout [Int]) -> Int32 {
    while let last = stack.last, trace.hostEvents[last].end <= event.start { stack.removeLast() }
    let parent = Int32(stack.last ?? -1)
    if event.kind == .frameworkOperator { stack.append(index) }
    return parent
  }

  /// The operator around each host event: operators of a thread nest.
  static func parents(_ run: RecordedRun) -> [Int32] {
    var parents = [Int32](repeating: -1, count: run.trace.hostEvents.count)
    for own in ThreadLists(run.hostEvents, run.trace, event: { $0 }).lists.values {
      var open: [Int] = []
      for index in own { parents[index] = push(index, run.trace.hostEvents[index], run.trace, onto: &open) }
    }
    return parents
  }
}
