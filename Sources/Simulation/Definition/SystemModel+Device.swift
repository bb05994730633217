import EventEngine
import Roofline

/// The device: streams that run their jobs in order, and copy engines.
extension SystemModel {
  /// A job has come to the head of its stream: decide when it starts.
  mutating func beginService(
    of job: StreamJob, on stream: Int, now: Picoseconds, calendar: inout EventCalendar<Event>
  ) {
    guard dependenciesAreMet(job.dependencies) else {
      streams[stream].isStalled = true
      return
    }
    releaseDependencies(job.dependencies)
    var start = job.ready
    var account = job.account
    if let end = streams[stream].lastEnd {
      let gap =
        job.delay.cost >= 0 && job.delay.kind == .gap ? table.costs[Int(job.delay.cost)] : table.launch.kernelGap
      if end + gap.duration > start {
        start = end + gap.duration
        account = streams[stream].account &+ gap.account
      }
    }
    if job.delay.cost >= 0, job.delay.kind == .always || (job.delay.kind == .afterWaiting && job.hasWaited) {
      let delay = table.costs[Int(job.delay.cost)]
      start += delay.duration
      account &+= delay.account
    }
    let instruction = instructions[Int(job.instruction)]
    guard case .launch(let work) = instruction.effect else { return }
    switch work {
    case .graph(let length):
      let first = Int(job.instruction) + 1
      streams[stream].graph = GraphProgress(cursor: ProgramCursor(at: first), end: first + length)
      guard let (node, _) = nextNode(stream, now: now, calendar) else {
        streams[stream].begin(
          RunningKernel(cost: -1, start: max(start, now), label: -1, correlation: 0, remaining: 0, asOf: now), account)
        scheduleEnd(of: stream, at: max(start, now), calendar: &calendar)
        return
      }
      run(node, correlation: job.correlation, on: stream, at: max(start, now), account, calendar: &calendar)
    case .copy(let cost, let engine, _):
      let kernel = RunningKernel(
        cost: Int32(cost), start: start, label: instruction.label, correlation: job.correlation, remaining: 0,
        asOf: start)
      beginCopy(kernel, engine: engine, on: stream, account, calendar: &calendar)
    case .kernel:
      run(instruction, correlation: job.correlation, on: stream, at: start, account, calendar: &calendar)
    case .collective:
      run(
        instruction, correlation: job.correlation, sharesDevice: false, on: stream, at: start, account,
        calendar: &calendar)
    }
  }

  /// Starts a copy, on its engine: copies in one direction follow one another whatever their streams.
  private mutating func beginCopy(
    _ copy: RunningKernel, engine: Int, on stream: Int, _ account: Account, calendar: inout EventCalendar<Event>
  ) {
    var (copy, account) = (copy, account)
    if let end = engineEnd[engine], end > copy.start {
      (copy.start, copy.asOf) = (end, end)
      account = engineAccount[engine]
    }
    let cost = table.costs[Int(copy.cost)]
    engineEnd[engine] = copy.start + cost.duration
    engineAccount[engine] = account &+ cost.account
    streams[stream].begin(copy, account)
    scheduleEnd(of: stream, at: copy.start + cost.duration, calendar: &calendar)
  }

  /// Lets the kernel or collective of an instruction run from some moment on.
  private mutating func run(
    _ instruction: Instruction, correlation: Int, sharesDevice: Bool = true, on stream: Int, at start: Picoseconds,
    _ account: Account, calendar: inout EventCalendar<Event>
  ) {
    let duration = table.costs[Int(instruction.operand)].duration
    let isJoint = table.channel(of: instruction.operand) >= 0
    streams[stream].begin(
      RunningKernel(
        cost: instruction.operand, start: start, label: instruction.label, correlation: correlation,
        remaining: duration, asOf: start, sharesDevice: sharesDevice && !isJoint && table.sharesDevice), account)
    if hasOneStream {
      guard !isJoint || link == nil else { return come(on: stream, at: start, &calendar) }
      deviceBusy += duration
      scheduleEnd(of: stream, at: start + duration, calendar: &calendar)
    } else {
      calendar.schedule(Event(kind: .kernelStarts, stream: UInt16(stream)), at: start)
    }
  }

  /// Schedules the end of what a stream runs; an end that was scheduled before is overtaken.
  ///
  /// The count goes on from kernel to kernel, so that an overtaken end does not pass for that of the next one.
  @inline(__always)
  private mutating func scheduleEnd(of stream: Int, at time: Picoseconds, calendar: inout EventCalendar<Event>) {
    streams[stream].generation &+= 1
    calendar.schedule(
      Event(kind: .kernelEnds, stream: UInt16(stream), generation: streams[stream].generation), at: time)
  }

  /// With several streams: a kernel begins, and from now on shares the device with those that run already; or a
  /// collective, which shares nothing.
  mutating func kernelStarts(_ stream: Int, now: Picoseconds, calendar: inout EventCalendar<Event>) {
    advanceRunningKernels(to: now)
    streams[stream].running?.asOf = now
    streams[stream].running?.isActive = true
    activeKernels += 1
    guard let kernel = streams[stream].running else { return }
    if kernel.sharesDevice {
      sharingKernels += 1
      rescheduleEnds(now: now, calendar: &calendar)
    } else if link != nil, table.channel(of: kernel.cost) >= 0 {
      come(on: stream, at: now, &calendar)
    } else {
      scheduleEnd(of: stream, at: now + kernel.remaining, calendar: &calendar)
    }
  }

  /// Takes the time since the last change off every kernel that shares the device and adds it to the busy time.
  private mutating func advanceRunningKernels(to now: Picoseconds) {
    advanceBusyTime(to: now)
    guard sharingKernels > 0 else { return }
    let share = sharingKernels
    for index in streams.indices {
      guard let kernel = streams[index].running, kernel.isActive, kernel.sharesDevice else { continue }
      streams[index].running?.remaining = max(0, kernel.remaining - (now - kernel.asOf) / share)
      streams[index].running?.asOf = now
    }
  }

  /// Adds the time since the last change to the busy time, if a kernel ran in it; counts with several streams only.
  mutating func advanceBusyTime(to now: Picoseconds) {
    if activeKernels > 0 { deviceBusy += now - activeSince }
    activeSince = now
  }

  /// Schedules the end of every kernel that shares the device anew; the events that stood before are overtaken.
  private mutating func rescheduleEnds(now: Picoseconds, calendar: inout EventCalendar<Event>) {
    let share = sharingKernels
    for index in streams.indices {
      guard let kernel = streams[index].running, kernel.isActive, kernel.sharesDevice else { continue }
      scheduleEnd(of: index, at: now + kernel.remaining * share, calendar: &calendar)
    }
  }

  /// A kernel, a copy or an empty graph ends.
  mutating func kernelEnds(
    _ stream: Int, generation: UInt32, now: Picoseconds, calendar: inout EventCalendar<Event>
  ) {
    guard streams[stream].generation == generation, let kernel = streams[stream].running else { return }
    if kernel.isActive { advanceRunningKernels(to: now) }
    streams[stream].end(now: now, adding: account(of: kernel, now: now))
    if let latestStart = kernel.latestStart { link?.count(from: kernel.start, latestStart: latestStart, to: now) }
    if kernel.isActive {
      activeKernels -= 1
    }
    if kernel.isActive, kernel.sharesDevice {
      sharingKernels -= 1
      rescheduleEnds(now: now, calendar: &calendar)
    }
    if kernel.correlation > 0 { record(kernel, on: stream, now: now) }
    if runNextNode(stream, correlation: kernel.correlation, now: now, calendar: &calendar) { return }
    streams[stream].finished += 1
    completePasses(now: now, stream: stream)
    // The stream's account moves on to the start of its next job; those that waited go on from this one's end.
    let account = streams[stream].account
    if let next = streams[stream].jobs.finish() { beginService(of: next, on: stream, now: now, calendar: &calendar) }
    wakeStalledStreams(now: now, account, calendar: &calendar)
    wakeHost(after: stream, now: now, account, calendar: &calendar)
  }

  /// What a kernel that has ended adds to its stream's account, stretched if it shared the device.
  @inline(__always)
  private func account(of kernel: RunningKernel, now: Picoseconds) -> Account {
    // What ranks do together has the account of its end from the beginning.
    guard kernel.cost >= 0, kernel.latestStart == nil else { return .zero }
    let cost = table.costs[Int(kernel.cost)]
    let actual = now - kernel.start
    return actual == cost.duration ? cost.account : cost.account(stretchedTo: actual)
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
  /// - Returns: False when the stream runs no graph, or its graph is done.
  private mutating func runNextNode(
    _ stream: Int, correlation: Int, now: Picoseconds, calendar: inout EventCalendar<Event>
  ) -> Bool {
    guard streams[stream].graph != nil else { return false }
    guard let (node, skipped) = nextNode(stream, now: now, calendar) else {
      streams[stream].graph = nil
      return false
    }
    deviceBusy += skipped.busy
    run(
      node, correlation: correlation, on: stream,
      at: now + skipped.cost.duration + table.launch.graphKernelGap.duration,
      streams[stream].account &+ skipped.cost.account &+ table.launch.graphKernelGap.account, calendar: &calendar)
    return true
  }

  /// The next node of the running graph, its loops walked, with the rounds of loops that come before it and are left out;
  /// nil at its end.
  private mutating func nextNode(
    _ stream: Int, now: Picoseconds, _ calendar: borrowing EventCalendar<Event>
  ) -> (node: Instruction, skipped: LoopRound)? {
    guard var graph = streams[stream].graph else { return nil }
    defer { streams[stream].graph = graph }
    var skipped = LoopRound()
    while graph.cursor.index < graph.end {
      let instruction = instructions[graph.cursor.index]
      switch instruction.effect {
      case .beginLoop(let rounds): graph.cursor.beginLoop(rounds: rounds, in: instructions)
      case .endLoop(let length):
        if let round = nodeRounds[graph.cursor.index] {
          // The last round is run, so that a node follows those that are left out.
          let most = max(0, graph.cursor.roundsLeft - 2)
          let count = roundsAlone(of: round, upTo: most, from: now + skipped.cost.duration, calendar)
          graph.cursor.skipRounds(count)
          skipped = skipped + round.times(count)
        }
        graph.cursor.endLoop(length: length)
      default:
        graph.cursor.step()
        return (instruction, skipped)
      }
    }
    return nil
  }

  /// How many rounds of a graph's loop pass without anything else happening.
  private func roundsAlone(
    of round: LoopRound, upTo most: Int, from start: Picoseconds, _ calendar: borrowing EventCalendar<Event>
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
  private mutating func wakeStalledStreams(now: Picoseconds, _ account: Account, calendar: inout EventCalendar<Event>) {
    guard !hasOneStream else { return }
    for other in streams.indices where streams[other].isStalled {
      guard var job = streams[other].jobs.current, dependenciesAreMet(job.dependencies) else { continue }
      streams[other].isStalled = false
      // Work from before a recording may have held the stream up for longer.
      job.hasWaited = now > job.ready && now > streams[other].lastEnd ?? 0
      if now > job.ready {
        job.ready = now
        job.account = account
        streams[other].jobs.replaceCurrent(with: job)
      }
      beginService(of: job, on: other, now: now, calendar: &calendar)
    }
  }
}
