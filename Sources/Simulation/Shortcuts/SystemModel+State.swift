import EventEngine
import Roofline

/// What the future depends on, and what moves when time is left out.
///
/// A moment that lies behind every later one can decide nothing any more, so it is no part of the state, nor is the account
/// of its clock:
///
/// - a job's arrival, and the end of a copy engine, before the present: what they are compared with lies behind it;
/// - the end of an idle stream's last job, and the gap behind it, up to the host's clock: the next launch comes later; while
///   a job of the stream runs, its own end takes the place of the last one's;
/// - the end of a pass on the host before the present: the device completes the pass later;
/// - how far the host is ahead of the calendar, if nothing is left to happen.
extension SystemModel {
  /// Calls back with every number of the state, those that differ soonest first.
  ///
  /// - Returns: Whether every call returned true.
  /// - Complexity: O(streams + waiting jobs + pending events).
  func forEachStateNumber(_ calendar: Calendar, _ body: (Int64) -> Bool) -> Bool {
    let now = calendar.now
    for index in streams.indices {
      guard body(Int64(streams[index].launched - streams[index].finished)) else { return false }
    }
    for index in streams.indices {
      guard forEachNumber(ofRunningJobOn: index, now: now, body) else { return false }
    }
    for end in engineEnd { guard body(sinceHost(end, ifAfter: now)) else { return false } }
    guard forEachNumber(of: calendar, body) else { return false }
    guard body(Int64(unfinishedPasses.count)) else { return false }
    for pass in unfinishedPasses {
      guard body(sinceHost(pass.hostClock, ifAfter: now - 1)) else { return false }
      for index in streams.indices {
        guard body(Int64(max(0, pass.targets[index] - streams[index].finished))) else { return false }
      }
    }
    for index in streams.indices {
      guard forEachNumber(ofDependencies: streams[index].pendingDependency, body) else { return false }
      guard forEachNumber(ofJobsWaitingOn: index, now: now, body) else { return false }
    }
    return true
  }

  /// In place of a moment that decides nothing.
  private static let irrelevant = Int64.min

  private func sinceHost(_ moment: Picoseconds?, ifAfter bound: Picoseconds) -> Int64 {
    guard let moment, moment > bound else { return Self.irrelevant }
    return sinceHost(moment)
  }

  private func sinceHost(_ moment: Picoseconds) -> Int64 { (moment - hostClock).count }

  private func forEachNumber(ofRunningJobOn index: Int, now: Picoseconds, _ body: (Int64) -> Bool) -> Bool {
    let kernel = streams[index].kernel
    guard streams[index].isRunning else {
      return body(streams[index].isStalled ? -2 : -3)
        && body(isLastEndRelevant(on: index, now: now) ? sinceHost(streams[index].lastEnd ?? 0) : Self.irrelevant)
    }
    // Behind the start of one that shares the device, what it needs counts from what all of those have got.
    let isSharing = kernel.isActive && kernel.sharesDevice
    guard body(Int64(kernel.cost)), body((kernel.exclusive - (isSharing ? sharedProgress : 0)).count),
      body(sinceHost(kernel.start)), body(isSharing ? sinceHost(sharedProgressAsOf) : 0),
      body((kernel.isActive ? 1 : 0) + (kernel.sharesDevice ? 2 : 0))
    else { return false }
    guard streams[index].runsGraph else { return true }
    guard body(Int64(streams[index].graph.cursor.index)) else { return false }
    for rounds in streams[index].graph.cursor.rounds { guard body(Int64(rounds)) else { return false } }
    return true
  }

  /// Whether a stream on which nothing runs may still have to keep a gap to its last job.
  private func isLastEndRelevant(on index: Int, now: Picoseconds) -> Bool {
    guard let end = streams[index].lastEnd else { return false }
    return end + table.launch.kernelGap.duration > (streams[index].isStalled ? now : hostClock)
  }

  private func forEachNumber(of calendar: Calendar, _ body: (Int64) -> Bool) -> Bool {
    var count: Int64 = 0
    for (event, time) in calendar.pending {
      count += 1
      guard body(Int64(event.kind.rawValue)), body(Int64(event.stream)), body(sinceHost(time)) else { return false }
    }
    return body(count) && body(count == 0 ? Self.irrelevant : sinceHost(calendar.now))
  }

  private func forEachNumber(ofDependencies first: Int32, _ body: (Int64) -> Bool) -> Bool {
    var index = first
    while index >= 0 {
      let dependency = dependencies[Int(index)]
      let missing = dependency.count - streams[dependency.stream].finished
      if missing > 0 { guard body(Int64(dependency.stream)), body(Int64(missing)) else { return false } }
      index = dependency.next
    }
    return body(-1)
  }

  private func forEachNumber(ofJobsWaitingOn stream: Int, now: Picoseconds, _ body: (Int64) -> Bool) -> Bool {
    func isWanted(_ job: StreamJob) -> Bool {
      body(Int64(job.instruction)) && body(sinceHost(job.ready, ifAfter: now - 1))
        && forEachNumber(ofDependencies: job.dependencies, body)
    }
    // The job launched last differs soonest.
    for place in (0..<streams[stream].jobs.waitingCount).reversed() {
      guard isWanted(streams[stream].jobs[waiting: place]) else { return false }
    }
    if streams[stream].isStalled, let job = streams[stream].jobs.current { return isWanted(job) }
    return true
  }

  /// How many jobs each stream has been given.
  var launchedCounts: [Int] { streams.indices.map { streams[$0].launched } }

  /// Device busy time up to a moment.
  func busy(until now: Picoseconds) -> Picoseconds { deviceBusy + (activeKernels > 0 ? now - activeSince : 0) }

  /// The accounts of the clocks of the state, the host's first.
  mutating func accounts(now: Picoseconds) -> ContiguousArray<Account> {
    var accounts: ContiguousArray<Account> = []
    forEachClock(now: now) { accounts.append($0) }
    return accounts
  }

  /// Calls back with the account of every clock that a later path can go through, the host's first.
  mutating func forEachClock(now: Picoseconds, _ body: (inout Account) -> Void) {
    body(&hostAccount)
    for index in streams.indices {
      if streams[index].isRunning || isLastEndRelevant(on: index, now: now) { body(&streams[index].account) }
      for place in 0..<streams[index].jobs.waitingCount where streams[index].jobs[waiting: place].ready >= now {
        body(&streams[index].jobs[waiting: place].account)
      }
      if streams[index].isStalled, var job = streams[index].jobs.current, job.ready >= now {
        body(&job.account)
        streams[index].jobs.replaceCurrent(with: job)
      }
    }
    for lane in engineEnd.indices {
      if let end = engineEnd[lane], end > now { body(&engineAccount[lane]) }
    }
    for index in unfinishedPasses.indices where unfinishedPasses[index].hostClock >= now {
      body(&unfinishedPasses[index].hostAccount)
    }
  }

  /// Moves every moment on, and every count of jobs.
  ///
  /// - Parameters:
  ///   - time: By how much.
  ///   - launches: How many jobs each stream has been given, and has finished, meanwhile.
  ///   - busy: For how long the device has been busy meanwhile.
  mutating func advance(by time: Picoseconds, launches: [Int], busy: Picoseconds) {
    hostClock += time
    deviceBusy += busy
    activeSince += time
    sharedProgressAsOf += time
    for index in streams.indices {
      streams[index].launched += launches[index]
      streams[index].finished += launches[index]
      streams[index].lastEnd? += time
      streams[index].kernel.start += time
      for place in 0..<streams[index].jobs.waitingCount { streams[index].jobs[waiting: place].ready += time }
      if var job = streams[index].jobs.current {
        job.ready += time
        streams[index].jobs.replaceCurrent(with: job)
      }
    }
    for index in dependencies.indices { dependencies[index].count += launches[dependencies[index].stream] }
    for lane in engineEnd.indices { engineEnd[lane]? += time }
    for pass in unfinishedPasses.indices {
      unfinishedPasses[pass].hostClock += time
      for index in streams.indices { unfinishedPasses[pass].targets[index] += launches[index] }
    }
  }
}
