import EventEngine
import Roofline

/// A thread of the host while another is looked at.
struct HostThread: Sendable {
  var cursor: ProgramCursor
  /// Where its instructions end.
  let end: Int
  var clock: Picoseconds = 0
  var account: Account = .zero
  var wait = SystemModel.HostWait.nothing
  var isDone = false

  /// The threads of a program, each at its first instruction.
  static func all(of program: Program) -> [HostThread] {
    let ends = program.threadStarts.dropFirst() + [program.instructions.count]
    return zip(program.threadStarts, ends).map { HostThread(cursor: ProgramCursor(at: $0), end: $1) }
  }
}

/// When a thread let others go on, and the account of its clock then.
struct Signal: Sendable {
  var time: Picoseconds
  var account: Account
}

/// Threads of the host, the signals between them, and waits for a part of the device's work: what recordings have.
///
/// One thread's state is at hand, so that the common case of one thread costs nothing; the others' are put away.
extension SystemModel {
  /// Makes a thread the present one.
  @inline(__always)
  mutating func resume(_ next: Int) {
    if next != thread { change(to: next) }
  }

  /// Puts the present thread's state away and takes another's.
  private mutating func change(to next: Int) {
    threads[thread].cursor = cursor
    threads[thread].clock = hostClock
    threads[thread].account = hostAccount
    threads[thread].wait = hostWait
    cursor = threads[next].cursor
    hostClock = threads[next].clock
    hostAccount = threads[next].account
    hostWait = threads[next].wait
    threadEnd = threads[next].end
    thread = next
  }

  /// The present thread has come to its end.
  ///
  /// - Returns: Whether it was the last; the clock and account are then those of the latest.
  mutating func endThread() -> Bool {
    guard !hasOneThread else { return true }
    guard !threads[thread].isDone else { return false }
    threads[thread].isDone = true
    threads[thread].clock = hostClock
    threads[thread].account = hostAccount
    guard threads.allSatisfy(\.isDone) else { return false }
    for other in threads where other.clock > hostClock {
      hostClock = other.clock
      hostAccount = other.account
    }
    return true
  }

  /// Takes over a signal's time, if that is later, or blocks the thread until there is one.
  ///
  /// - Returns: Whether the thread goes on now; false when the signal will wake it.
  mutating func awaitSignal(_ number: Int) -> Bool {
    guard let signal = signals[number] else {
      hostWait = .signal(number)
      return false
    }
    if signal.time > hostClock {
      hostClock = signal.time
      hostAccount = signal.account
    }
    cursor.step()
    return true
  }

  /// Lets the calendar catch up before a thread looks at what the others have launched; alone it knows.
  ///
  /// - Returns: Whether the thread goes on now; false when an event will wake it.
  mutating func hasCaughtUp(now: Picoseconds, calendar: inout Calendar) -> Bool {
    if hasOneThread || hostClock <= now { return true }
    schedule(.hostContinues, &calendar)
    return false
  }

  /// Executes what only recordings have.
  ///
  /// - Returns: Whether the thread goes on now; false when an event or a signal will wake it.
  mutating func execute(
    _ effect: RecordedEffect, _ instruction: Instruction, now: Picoseconds, calendar: inout Calendar
  ) -> Bool {
    let stream = Int(instruction.stream)
    guard !effect.looksAtStreams || hasCaughtUp(now: now, calendar: &calendar) else { return false }
    switch effect {
    case .call(let cost): spend(table.costs[cost], as: table.costs[cost].mainCategory ?? .launch, instruction)
    case .awaitSignal(let number): return awaitSignal(number)
    case .signal(let number):
      signals[number] = Signal(time: hostClock, account: hostAccount)
      wakeThreads(waitingFor: number, calendar: &calendar)
    case .occupy(let cost):
      streams[stream].lastEnd = hostClock + table.costs[cost].duration
      streams[stream].account = hostAccount &+ table.costs[cost].account
    case .delay(let cost, let kind): streams[stream].pendingDelay = StartDelay(cost: Int32(clamping: cost), kind: kind)
    case .recordEvent(let event): events[event] = (stream, streams[stream].launched)
    case .waitForEvent(let event):
      if let event = events[event] { addDependency(of: stream, on: event.stream, count: event.count) }
    case .synchronizeEvent(let event): return wait(for: events[event], now: now, calendar: &calendar)
    case .synchronizeStream:
      return wait(for: (stream, streams[stream].launched), now: now, calendar: &calendar)
    }
    cursor.step()
    return true
  }

  /// Waits for a stream's first so many jobs.
  ///
  /// - Returns: Whether the thread goes on now; false when an event will wake it.
  private mutating func wait(
    for target: (stream: Int, count: Int)?, now: Picoseconds, calendar: inout Calendar
  ) -> Bool {
    if let target, hostClock > now, streams[target.stream].finished < target.count {
      schedule(.hostContinues, &calendar)
      return false
    }
    cursor.step()
    guard let target, streams[target.stream].finished < target.count else { return true }
    hostWait = .job(stream: target.stream, count: target.count)
    return false
  }

  /// Those that wait for a signal go on when it is given; the clock of who gives it may be ahead of the calendar.
  private mutating func wakeThreads(waitingFor signal: Int, calendar: inout Calendar) {
    for index in threads.indices where index != thread && threads[index].wait == .signal(signal) {
      threads[index].wait = .nothing
      calendar.schedule(Event(kind: .hostContinues, stream: UInt16(index)), of: index, at: hostClock)
    }
  }
}
