import EventEngine
import Roofline

/// The device: streams that run their jobs in order, and copy engines.
extension SystemModel {
  /// A job has come to the head of its stream: decide when it starts.
  mutating func beginService(on stream: Int, now: Picoseconds, calendar: inout Calendar) {
    let dependencies = streams[stream].jobs.served.dependencies
    if dependencies >= 0 {
      guard dependenciesAreMet(dependencies) else {
        streams[stream].isStalled = true
        stalledStreams += 1
        return
      }
      releaseDependencies(dependencies)
    }
    let start =
      streams[stream].jobs.served.delay.cost < 0
      ? streams[stream].moveToStart(gap: table.launch.kernelGap) : moveToDelayedStart(on: stream)
    let index = Int(streams[stream].jobs.served.instruction)
    let correlation = streams[stream].jobs.served.correlation
    let instruction = instructions[index]
    if instruction.opcode == .launch {
      return run(instruction, correlation: correlation, on: stream, at: start, calendar: &calendar)
    }
    guard case .launch(let work) = instruction.effect else { return }
    switch work {
    case .kernel: run(instruction, correlation: correlation, on: stream, at: start, calendar: &calendar)
    case .collective:
      run(instruction, correlation: correlation, sharesDevice: false, on: stream, at: start, calendar: &calendar)
    case .copy(let cost, let engine, _):
      let kernel = RunningKernel(
        cost: Int32(cost), start: start, label: instruction.label, correlation: correlation, exclusive: 0)
      beginCopy(kernel, engine: engine, on: stream, calendar: &calendar)
    case .graph(let length):
      beginGraph(
        from: index + 1, length: length, correlation: correlation, on: stream, at: max(start, now), now: now,
        calendar: &calendar)
    }
  }

  /// The start of a job that recordings have begin later than it could.
  private mutating func moveToDelayedStart(on stream: Int) -> Picoseconds {
    let (delay, hasWaited) = (streams[stream].jobs.served.delay, streams[stream].jobs.served.hasWaited)
    let cost = table.costs[Int(delay.cost)]
    let start = streams[stream].moveToStart(gap: delay.kind == .gap ? cost : table.launch.kernelGap)
    guard delay.kind == .always || (delay.kind == .afterWaiting && hasWaited) else { return start }
    streams[stream].account &+= cost.account
    return start + cost.duration
  }

  /// Starts the first node of a graph, or ends at once if it has none.
  private mutating func beginGraph(
    from first: Int, length: Int, correlation: Int, on stream: Int, at start: Picoseconds, now: Picoseconds,
    calendar: inout Calendar
  ) {
    streams[stream].runsGraph = true
    streams[stream].graph = GraphProgress(cursor: ProgramCursor(at: first), end: first + length)
    if let (node, _) = nextNode(stream, now: now, calendar) {
      run(node, correlation: correlation, on: stream, at: start, calendar: &calendar)
    } else {
      streams[stream].begin(RunningKernel(cost: -1, start: start, label: -1, correlation: 0, exclusive: 0))
      schedule(.kernelEnds, on: stream, at: start, &calendar)
    }
  }

  /// Starts a copy, on its engine: copies in one direction follow one another whatever their streams.
  private mutating func beginCopy(
    _ copy: RunningKernel, engine: Int, on stream: Int, calendar: inout Calendar
  ) {
    var copy = copy
    if let end = engineEnd[engine], end > copy.start {
      copy.start = end
      streams[stream].account = engineAccount[engine]
    }
    let cost = table.costs[Int(copy.cost)]
    engineEnd[engine] = copy.start + cost.duration
    engineAccount[engine] = streams[stream].account &+ cost.account
    streams[stream].begin(copy)
    schedule(.kernelEnds, on: stream, at: copy.start + cost.duration, &calendar)
  }

  /// Lets the kernel or collective of an instruction run from some moment on.
  @inline(__always)
  private mutating func run(
    _ instruction: Instruction, correlation: Int, sharesDevice: Bool = true, on stream: Int, at start: Picoseconds,
    calendar: inout Calendar
  ) {
    let duration = table.costs[Int(instruction.operand)].duration
    let isJoint = table.channel(of: instruction.operand) >= 0
    streams[stream].begin(
      RunningKernel(
        cost: instruction.operand, start: start, label: instruction.label, correlation: correlation,
        exclusive: duration, sharesDevice: sharesDevice && !isJoint && table.sharesDevice))
    if hasOneStream {
      guard !isJoint || link == nil else { return come(on: stream, at: start, &calendar) }
      deviceBusy += duration
      schedule(.kernelEnds, on: stream, at: start + duration, &calendar)
    } else {
      schedule(.kernelStarts, on: stream, at: start, &calendar)
    }
  }

  /// With several streams: a kernel begins, and from now on shares the device with those that run already; or a
  /// collective, which shares nothing.
  mutating func kernelStarts(_ stream: Int, now: Picoseconds, calendar: inout Calendar) {
    advanceRunningKernels(to: now)
    streams[stream].kernel.isActive = true
    activeKernels += 1
    if streams[stream].kernel.sharesDevice {
      streams[stream].kernel.exclusive += sharedProgress
      sharingKernels += 1
      if sharingKernels == 1 || endsBefore(stream, nextToEnd) { nextToEnd = stream }
      scheduleSharedEnd(now: now, calendar: &calendar)
    } else if link != nil, table.channel(of: streams[stream].kernel.cost) >= 0 {
      come(on: stream, at: now, &calendar)
    } else {
      schedule(.kernelEnds, on: stream, at: now + streams[stream].kernel.exclusive, &calendar)
    }
  }

  /// Adds the time since the last change to the busy time, and its share to what every kernel has got that shares the
  /// device.
  private mutating func advanceRunningKernels(to now: Picoseconds) {
    advanceBusyTime(to: now)
    let elapsed = now - sharedProgressAsOf
    sharedProgressAsOf = now
    switch sharingKernels {
    case 0: break
    case 1: sharedProgress += elapsed
    default: sharedProgress += elapsed / sharingKernels
    }
  }

  /// Adds the time since the last change to the busy time, if a kernel ran in it; counts with several streams only.
  mutating func advanceBusyTime(to now: Picoseconds) {
    if activeKernels > 0 { deviceBusy += now - activeSince }
    activeSince = now
  }

  /// Schedules anew which of the kernels that share the device is the first to end, and when.
  ///
  /// All of them get the same, so it is the one that needs least, of equal ones that of the first stream; the others' ends
  /// are known once this one has ended.
  private mutating func scheduleSharedEnd(now: Picoseconds, calendar: inout Calendar) {
    let source = threads.count + streams.count
    if sharingKernels > 1 { calendar.cancel(source) }
    let left = streams[nextToEnd].kernel.exclusive - sharedProgress
    calendar.schedule(
      Event(kind: .sharedKernelEnds), of: source, at: now + (sharingKernels == 1 ? left : left * sharingKernels))
  }

  /// Looks for the next to end among those that still share the device.
  private mutating func findNextToEnd() {
    var next = -1
    for index in streams.indices where streams[index].isSharing && (next < 0 || endsBefore(index, next)) {
      next = index
    }
    nextToEnd = next
  }

  /// Whether of two kernels that share the device one ends before the other: at one moment that of the first stream does.
  private func endsBefore(_ one: Int, _ other: Int) -> Bool {
    let (own, others) = (streams[one].kernel.exclusive, streams[other].kernel.exclusive)
    return own < others || (own == others && one < other)
  }

  /// A kernel, a copy or an empty graph ends.
  mutating func kernelEnds(_ stream: Int, now: Picoseconds, calendar: inout Calendar) {
    let kernel = streams[stream].kernel
    streams[stream].end(now: now, table)
    if kernel.isActive { activeKernelEnds(kernel, now: now, calendar: &calendar) }
    goOn(behind: kernel, on: stream, now: now, calendar: &calendar)
  }

  /// Lets a kernel begin and end at once, if nothing happens meanwhile: it has the device to itself, and its end needs no place
  /// in the calendar.
  ///
  /// - Parameters:
  ///   - stream: Where it begins now.
  ///   - now: When.
  ///   - limit: Before when it has to end.
  ///   - calendar: What else is to happen.
  /// - Returns: Whether it has ended.
  @inline(__always)
  mutating func runsAlone(_ stream: Int, now: Picoseconds, before limit: Picoseconds, calendar: inout Calendar) -> Bool
  {
    guard activeKernels == 0, isExact, streams[stream].kernel.sharesDevice else { return false }
    let end = now + streams[stream].kernel.exclusive
    guard end < limit, calendar.isFree(until: end) else { return false }
    let kernel = streams[stream].kernel
    deviceBusy += kernel.exclusive
    activeSince = end
    sharedProgress += kernel.exclusive
    sharedProgressAsOf = end
    calendar.advance(to: end)
    streams[stream].end(now: end, table)
    goOn(behind: kernel, on: stream, now: end, calendar: &calendar)
    return true
  }

  /// What follows the end of a kernel, a copy or an empty graph.
  @inline(__always)
  private mutating func goOn(
    behind kernel: RunningKernel, on stream: Int, now: Picoseconds, calendar: inout Calendar
  ) {
    if let latestStart = kernel.latestStart { link?.count(from: kernel.start, latestStart: latestStart, to: now) }
    if kernel.correlation > 0 { record(kernel, on: stream, now: now) }
    if streams[stream].runsGraph,
      runNextNode(stream, correlation: kernel.correlation, now: now, calendar: &calendar)
    {
      return
    }
    let isFollowed = streams[stream].finishJob()
    if !unfinishedPasses.isEmpty { completePasses(now: now, stream: stream) }
    if hostWait == .nothing, hasOneThread, stalledStreams == 0 {
      if isFollowed { beginService(on: stream, now: now, calendar: &calendar) }
      return
    }
    // The stream's account moves on to the start of its next job; those that waited go on from this one's end.
    let account = streams[stream].account
    if isFollowed { beginService(on: stream, now: now, calendar: &calendar) }
    if stalledStreams > 0 { wakeStalledStreams(now: now, account, calendar: &calendar) }
    wakeHost(after: stream, now: now, account, calendar: &calendar)
  }

  /// With several streams: one kernel fewer shares the device from now on, or one collective fewer runs.
  private mutating func activeKernelEnds(_ kernel: RunningKernel, now: Picoseconds, calendar: inout Calendar) {
    advanceRunningKernels(to: now)
    activeKernels -= 1
    guard kernel.sharesDevice else { return }
    sharingKernels -= 1
    guard sharingKernels > 0 else { return }
    findNextToEnd()
    scheduleSharedEnd(now: now, calendar: &calendar)
  }

  /// Keeps the span of a kernel or copy.
  private mutating func record(_ kernel: RunningKernel, on stream: Int, now: Picoseconds) {
    guard kernel.cost >= 0 else { return }
    let category = table.costs[Int(kernel.cost)].mainCategory ?? .compute
    spans.append(
      TimelineSpan(
        lane: .stream(stream), start: kernel.start, end: now, label: Int(kernel.label),
        correlation: kernel.correlation, category: category, cost: Int(kernel.cost),
        waiting: (kernel.latestStart ?? kernel.start) - kernel.start))
  }

  /// Starts the next node of the graph that a stream runs.
  ///
  /// - Returns: False when its graph is done.
  private mutating func runNextNode(
    _ stream: Int, correlation: Int, now: Picoseconds, calendar: inout Calendar
  ) -> Bool {
    guard let (node, skipped) = nextNode(stream, now: now, calendar) else {
      streams[stream].runsGraph = false
      return false
    }
    deviceBusy += skipped.busy
    streams[stream].account &+= skipped.cost.account &+ table.launch.graphKernelGap.account
    run(
      node, correlation: correlation, on: stream,
      at: now + skipped.cost.duration + table.launch.graphKernelGap.duration, calendar: &calendar)
    return true
  }

  /// The next node of the running graph, its loops walked, with the rounds of loops that come before it and are left out;
  /// nil at its end.
  private mutating func nextNode(
    _ stream: Int, now: Picoseconds, _ calendar: borrowing Calendar
  ) -> (node: Instruction, skipped: LoopRound)? {
    var skipped = LoopRound()
    while streams[stream].graph.cursor.index < streams[stream].graph.end {
      let index = streams[stream].graph.cursor.index
      let instruction = instructions[index]
      switch instruction.effect {
      case .beginLoop(let rounds): streams[stream].graph.cursor.beginLoop(rounds: rounds, in: instructions)
      case .endLoop(let length):
        if skipsRepeats, let round = nodeRounds[index] {
          // The last round is run, so that a node follows those that are left out.
          let most = max(0, streams[stream].graph.cursor.roundsLeft - 2)
          let count = roundsAlone(of: round, upTo: most, from: now + skipped.cost.duration, calendar)
          streams[stream].graph.cursor.skipRounds(count)
          skipped = skipped + round.times(count)
        }
        streams[stream].graph.cursor.endLoop(length: length)
      default:
        streams[stream].graph.cursor.step()
        return (instruction, skipped)
      }
    }
    return nil
  }

  /// How many rounds of a graph's loop pass without anything else happening.
  private func roundsAlone(
    of round: LoopRound, upTo most: Int, from start: Picoseconds, _ calendar: borrowing Calendar
  ) -> Int {
    guard activeKernels == 0 else { return 0 }
    guard round.cost.duration > 0, let next = calendar.nextTime else { return most }
    return min(most, max(0, next - start - 1) / round.cost.duration)
  }

  /// Gives the places back that dependencies of a job have taken.
  private mutating func releaseDependencies(_ first: Int32) {
    var index = first
    while index >= 0 {
      unusedDependencies.append(index)
      index = dependencies[Int(index)].next
    }
  }

  private func dependenciesAreMet(_ first: Int32) -> Bool {
    var index = first
    while index >= 0 {
      let dependency = dependencies[Int(index)]
      if streams[dependency.stream].finished < dependency.count { return false }
      index = dependency.next
    }
    return true
  }

  /// Lets streams go on that waited for a job which has ended.
  ///
  /// The moment of its end is the earliest they can.
  private mutating func wakeStalledStreams(now: Picoseconds, _ account: Account, calendar: inout Calendar) {
    for other in streams.indices where streams[other].isStalled {
      guard var job = streams[other].jobs.current, dependenciesAreMet(job.dependencies) else { continue }
      streams[other].isStalled = false
      stalledStreams -= 1
      // Work from before a recording may have held the stream up for longer.
      job.hasWaited = now > job.ready && now > streams[other].lastEnd ?? 0
      if now > job.ready {
        job.ready = now
        job.account = account
      }
      streams[other].jobs.replaceCurrent(with: job)
      beginService(on: other, now: now, calendar: &calendar)
    }
  }
}
