import EventEngine
import Roofline

/// The host: runs ahead through the program until it needs to know what the device has done.
extension SystemModel {
  /// Executes instructions until one has to wait for an event.
  ///
  /// The host's clock may run ahead of the calendar while it only works. Before it looks at a queue that is full, or
  /// waits for the device, the calendar must have caught up; so it schedules itself and returns.
  mutating func runHost(now: Picoseconds, calendar: inout Calendar) {
    var now = now
    while true {
      guard cursor.index < threadEnd else {
        guard endThread(), endPass(now: calendar.now, calendar: calendar) else { return }
        continue
      }
      let instruction = instructions[cursor.index]
      switch instruction.effect {
      case .hostWork(let cost):
        spend(cost, as: .dispatch, instruction)
        cursor.step()
      case .hostKernel(let cost):
        spend(cost, as: .compute, instruction)
        deviceBusy += table.costs[cost].duration
        cursor.step()
      case .beginLoop(let rounds):
        cursor.beginLoop(rounds: rounds, in: instructions)
        if skipsRepeats { beginWatch() }
      case .endLoop(let length):
        if skipsRepeats {
          guard !endRound(calendar: &calendar) else { return }
          now = calendar.now
        }
        cursor.endLoop(length: length)
      case .waitForStream(let other):
        guard hasCaughtUp(now: now, calendar: &calendar) else { return }
        addDependency(of: Int(instruction.stream), on: other)
        cursor.step()
      case .synchronize:
        guard waitForDevice(now: now, calendar: &calendar) else { return }
        spend(table.launch.synchronization, as: .synchronization, instruction)
        cursor.step()
      case .launch(let job):
        guard beginLaunch(job, instruction, now: now, calendar: &calendar) else { return }
        now = calendar.now
      case .recorded(let effect):
        guard execute(effect, instruction, now: now, calendar: &calendar) else { return }
      case .node:
        preconditionFailure("a graph's nodes are skipped by the host")
      }
    }
  }

  /// Spends one of the program's costs.
  @inline(__always)
  mutating func spend(_ cost: Int, as category: CostCategory, _ instruction: Instruction) {
    guard isExact else { return spendInDetail(table.costs[cost], as: category, instruction) }
    hostClock += table.costs[cost].duration
    hostAccount &+= table.costs[cost].account
  }

  /// Spends host time.
  @inline(__always)
  mutating func spend(_ cost: Cost, as category: CostCategory, _ instruction: Instruction) {
    guard isExact else { return spendInDetail(cost, as: category, instruction) }
    hostClock += cost.duration
    hostAccount &+= cost.account
  }

  /// Spends host time as it scatters, and keeps when; waiting for the device takes what it takes.
  @inline(never)
  private mutating func spendInDetail(_ cost: Cost, as category: CostCategory, _ instruction: Instruction) {
    var cost = cost
    if category != .synchronization, let excess = jitter?.excess(of: cost.duration) {
      cost.duration += excess
      link?.hostExcess += excess
      cost.account[category.rawValue] += excess.count
    }
    if isRecording, cost.duration > 0 {
      spans.append(
        TimelineSpan(
          lane: .host, thread: thread, start: hostClock, end: hostClock + cost.duration,
          label: Int(instruction.label), correlation: category == .launch ? correlation + 1 : 0, category: category))
    }
    hostClock += cost.duration
    hostAccount &+= cost.account
  }

  /// Makes the launch call; the launch enters the stream when the call returns.
  ///
  /// - Returns: Whether the host goes on now; false when an event will wake it.
  @inline(__always)
  private mutating func beginLaunch(
    _ work: DeviceJob, _ instruction: Instruction, now: Picoseconds, calendar: inout Calendar
  ) -> Bool {
    let stream = Int(instruction.stream)
    // Only the host adds launches, so a queue with room now has room when the host's clock gets there.
    if streams[stream].jobs.isFull {
      if hostClock > now {
        schedule(.hostContinues, &calendar)
      } else {
        hostWait = .slot(stream: stream)
      }
      return false
    }
    if !isExact {
      spendInDetail(work.isGraph ? table.launch.graphCall : table.launch.call, as: .launch, instruction)
    } else if work.isGraph {
      hostClock += table.launch.graphCall.duration
      hostAccount &+= table.launch.graphCall.account
    } else {
      hostClock += table.launch.call.duration
      hostAccount &+= table.launch.call.account
    }
    // With one stream and one thread nothing else is decided meanwhile, and no job starts before its call returns: it may enter early.
    if hostClock > now && !(hasOneStream && hasOneThread) {
      // Rounds of a graph's nodes are left out as far as the calendar is empty, so the return must stand in it.
      guard hasOneThread, link == nil, nodeRounds.isEmpty else {
        schedule(.launchReturns, &calendar)
        return false
      }
      returnFromCall(calendar: &calendar)
    }
    enter(work, stream, now: calendar.now, calendar: &calendar)
    return hostWait == .nothing
  }

  /// Lets everything happen that does before a launch call returns, and moves the calendar to that moment.
  ///
  /// The one thread of the host is in the call, so that all of it is the device's: the same as if the return were an event of
  /// its own, at the place that it takes here.
  @inline(__always)
  private mutating func returnFromCall(calendar: inout Calendar) {
    let place = calendar.reservePlace()
    while let (event, time) = calendar.next(before: hostClock, place) {
      foreseenEvents += 1
      if event.kind == .kernelStarts,
        runsAlone(Int(event.stream), now: time, before: hostClock, calendar: &calendar)
      {
        foreseenEvents += 1
      } else {
        handle(event, at: time, calendar: &calendar)
      }
    }
    foreseenEvents += 1
    calendar.advance(to: hostClock)
  }

  /// The launch call has returned.
  mutating func launch(now: Picoseconds, calendar: inout Calendar) {
    let instruction = instructions[cursor.index]
    guard case .launch(let work) = instruction.effect else { return }
    let stream = Int(instruction.stream)
    guard !streams[stream].jobs.isFull else {
      hostWait = .place(stream: stream)
      return
    }
    enter(work, stream, now: now, calendar: &calendar)
  }

  /// A job enters its stream.
  @inline(__always)
  private mutating func enter(_ work: DeviceJob, _ stream: Int, now: Picoseconds, calendar: inout Calendar) {
    correlation += 1
    let number = isExact || !isRecording ? 0 : correlation
    let isIdle =
      work.isGraph
      ? streams[stream].admit(
        cursor.index, from: hostClock, hostAccount, latency: table.launch.graphLatency, correlation: number)
      : streams[stream].admit(
        cursor.index, from: hostClock, hostAccount, latency: table.launch.latency, correlation: number)
    cursor.step()
    switch work {
    case .graph(let length): cursor.skip(length)
    case .copy(_, _, true): hostWait = .job(stream: stream, count: streams[stream].launched)
    case .copy, .kernel, .collective: break
    }
    if isIdle { beginService(on: stream, now: now, calendar: &calendar) }
  }

  /// Lets the next launch into a stream wait for what another stream has been given so far.
  private mutating func addDependency(of stream: Int, on other: Int) {
    let count = streams[other].launched
    guard streams[other].finished < count else { return }
    // What an earlier wait for the same stream has asked for, this one asks for as well.
    var index = streams[stream].pendingDependency
    while index >= 0 {
      if dependencies[Int(index)].stream == other {
        dependencies[Int(index)].count = max(count, dependencies[Int(index)].count)
        return
      }
      index = dependencies[Int(index)].next
    }
    addDependency(of: stream, on: other, count: count)
  }

  /// Lets the next launch into a stream wait for so many jobs of another.
  mutating func addDependency(of stream: Int, on other: Int, count: Int) {
    let dependency = (stream: other, count: count, next: streams[stream].pendingDependency)
    if let place = unusedDependencies.popLast() {
      dependencies[Int(place)] = dependency
      streams[stream].pendingDependency = place
    } else {
      dependencies.append(dependency)
      streams[stream].pendingDependency = Int32(dependencies.count - 1)
    }
  }

  /// Blocks the host until every stream is idle.
  ///
  /// - Returns: Whether they are; false when an event will wake the host.
  private mutating func waitForDevice(now: Picoseconds, calendar: inout Calendar) -> Bool {
    if isDrained { return true }
    if hostClock > now {
      schedule(.hostContinues, &calendar)
    } else {
      hostWait = .drain
    }
    return false
  }

  /// Whether every job is done.
  ///
  /// Looked at by index, since a copy of each stream would cost more than the question.
  private var isDrained: Bool {
    for index in streams.indices where streams[index].finished != streams[index].launched { return false }
    return true
  }

  /// Lets every thread of the host go on that was blocked on the job which has ended.
  mutating func wakeHost(
    after stream: Int, now: Picoseconds, _ account: Account, calendar: inout Calendar
  ) {
    guard !hasOneThread else { return wakeThread(after: stream, now: now, account, calendar: &calendar) }
    for index in threads.indices {
      resume(index)
      wakeThread(after: stream, now: now, account, calendar: &calendar)
    }
  }

  /// Lets the present thread go on at the end of a job, if that is what it was blocked on.
  private mutating func wakeThread(
    after stream: Int, now: Picoseconds, _ account: Account, calendar: inout Calendar
  ) {
    var isInCall = false
    switch hostWait {
    case .nothing, .signal: return
    case .slot(let wanted): guard wanted == stream else { return }
    case .place(let wanted):
      guard wanted == stream, !streams[stream].jobs.isFull else { return }
      isInCall = true
    case .drain: guard isDrained else { return }
    case .job(let wanted, let count): guard wanted == stream, streams[stream].finished >= count else { return }
    }
    hostWait = .nothing
    // At the same moment the host's account goes on, whichever of the two events came first.
    if now > hostClock {
      hostClock = now
      hostAccount = account
    }
    if isInCall { launch(now: now, calendar: &calendar) }
    if hostWait == .nothing { runHost(now: now, calendar: &calendar) }
  }

  /// The host has issued a whole pass.
  ///
  /// - Returns: Whether another pass follows.
  private mutating func endPass(now: Picoseconds, calendar: Calendar) -> Bool {
    unfinishedPasses.append(
      PassEnd(hostClock: hostClock, hostAccount: hostAccount, targets: launchedCounts))
    completePasses(now: now, stream: nil)
    if passWatch != nil || probeEnd != nil { endWatchedPass(calendar: calendar) }
    return hasStopped ? false : beginNextPass()
  }

  /// Goes back to the first instruction.
  ///
  /// - Returns: Whether another pass follows.
  @discardableResult
  mutating func beginNextPass() -> Bool {
    passesToIssue -= 1
    cursor = ProgramCursor(at: 0)
    if passesToIssue > 0, table.launch.pass.duration > 0 || table.launch.pass.account != .zero {
      spendPassCost()
    }
    return passesToIssue > 0
  }

  /// Spends what a pass costs the host beside its operators.
  mutating func spendPassCost() {
    spend(table.launch.pass, as: .dispatch, Instruction(.work, operand: 0))
  }

  /// Marks the passes whose last job has ended.
  ///
  /// - Parameters:
  ///   - now: The time of the event.
  ///   - stream: The stream whose job ended now, or nil when the host's clock decides.
  mutating func completePasses(now: Picoseconds, stream: Int?) {
    while !unfinishedPasses.isEmpty {
      for index in streams.indices where streams[index].finished < unfinishedPasses[0].targets[index] { return }
      let pass = unfinishedPasses.removeFirst()
      advanceBusyTime(to: now)
      let deviceIsLater = stream != nil && now > pass.hostClock
      let account = if deviceIsLater, let stream { streams[stream].account } else { pass.hostAccount }
      marks.append(
        PassMark(
          time: deviceIsLater ? now : pass.hostClock, account: account, deviceBusy: deviceBusy,
          hostClock: pass.hostClock))
      link?.markPass()
    }
  }
}
