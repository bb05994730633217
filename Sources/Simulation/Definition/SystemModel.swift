import EventEngine
import Roofline

/// The host, the launch queue, the streams and the copy engines, as a reaction to events.
///
/// Every clock carries an account of its own time. Where a kernel may start because two things have happened, the
/// launch has arrived and the kernel before it has ended, the later one decides the time and its account goes on; so
/// the account of the last moment is that of the critical path, in constant memory and without walking back.
struct SystemModel: EventModel {
  enum EventKind: UInt8, Sendable, BitwiseCopyable {
    case hostContinues
    case launchReturns
    case kernelStarts
    case kernelEnds
    /// Of the kernels that share the device, the one ends that is the first to.
    case sharedKernelEnds
  }

  struct Event: BitwiseCopyable, Sendable {
    var kind: EventKind
    /// The stream, or the thread of the host.
    var stream: UInt16 = 0
  }

  /// Threads and streams each do one thing at a time, and of the kernels that share the device one ends first.
  typealias Calendar = SourceCalendar<Event>

  /// What the host is blocked on.
  enum HostWait: Sendable, Equatable {
    case nothing
    case slot(stream: Int)
    /// The same behind a launch call: another thread has taken the place meanwhile.
    case place(stream: Int)
    case drain
    case job(stream: Int, count: Int)
    case signal(Int)
  }

  typealias Fault = Never

  let instructions: [Instruction]
  var table: CostTable
  let hasOneStream: Bool
  /// Whether nothing but the host's own clock decides the order of launches.
  let hasOneThread: Bool

  var cursor = ProgramCursor(at: 0)
  var hostClock: Picoseconds = 0
  var hostAccount: Account = .zero
  var hostWait = HostWait.nothing
  /// The thread whose cursor, clock, account and wait those above are, where its instructions end, and the others.
  var thread = 0
  var threadEnd: Int
  var threads: [HostThread]
  var signals: [Int: Signal] = [:]
  var events: [Int: (stream: Int, count: Int)] = [:]
  var passesToIssue: Int
  let passCount: Int

  var streams: FixedTable<StreamState>
  var dependencies: [(stream: Int, count: Int, next: Int32)] = []
  /// Places in ``dependencies`` that no job needs any more.
  var unusedDependencies: [Int32] = []
  var engineEnd: [Picoseconds?] = [nil, nil]
  var engineAccount: [Account] = [.zero, .zero]

  var deviceBusy: Picoseconds = 0
  /// How many kernels and collectives run, and how many of them share the device's arithmetic; with several streams.
  var activeKernels = 0
  var sharingKernels = 0
  var activeSince: Picoseconds = 0
  /// For how long each of the kernels that share the device would have run by itself, if it had from the beginning on, and
  /// up to when that is counted.
  var sharedProgress: Picoseconds = 0
  var sharedProgressAsOf: Picoseconds = 0
  /// The one of them that ends first.
  var nextToEnd = 0
  /// How many streams wait for others.
  var stalledStreams = 0

  var unfinishedPasses: [PassEnd] = []
  var marks: [PassMark] = []

  /// What the host's costs scatter by, if they do.
  var jitter: JitterSource?
  /// Whether a cost takes what it takes, and nothing is kept of when: what most runs are.
  let isExact: Bool
  /// How many events needed no place in the calendar, since nothing else could happen before them.
  var foreseenEvents = 0
  /// What is between this rank and others, if there are any.
  var link: RankLink?
  /// What its streams have come to that ranks do together, until who drives the ranks has taken it.
  var arrivals: [StreamArrival] = []

  var spans: [TimelineSpan] = []
  let recordsFromPass: Int
  var correlation = 0

  /// Whether loops are left once the state comes back.
  let skipsRepeats: Bool
  /// The loops of the host, and those within graphs, whose rounds are all alike; by the index of a loop's end.
  var hostRounds: [Int: LoopRound] = [:]
  var nodeRounds: [Int: LoopRound] = [:]
  /// What looks for the state to come back in each of the loops around the host's place.
  var watches: [StateWatch] = []
  /// How many numbers of states may be compared, and how many launches that accounts for.
  var comparisonBudget = 100_000
  var budgetedLaunches = 0
  /// What looks for the state to come back behind passes, and what it has found.
  var passWatch: StateWatch?
  var period: PassPeriod?
  var probeEnd: ProbeEnd?
  /// The largest number of events that a probe handles.
  let eventLimit: Int
  var hasStopped = false

  /// - Parameters:
  ///   - program: One pass.
  ///   - table: Its times.
  ///   - passCount: How many passes are issued back to back.
  ///   - recordsFromPass: The first pass whose spans are kept; `Int.max` for none.
  ///   - skipsRepeats: Whether loops are left once the state comes back.
  ///   - watchesPasses: Whether the run stops once the state comes back behind a pass.
  ///   - eventLimit: The largest number of events that a look ahead handles.
  ///   - jitter: What the host's costs scatter by, if they do.
  ///   - link: What is between this rank and others, if there are any.
  init(
    program: Program, table: CostTable, passCount: Int, recordsFromPass: Int, skipsRepeats: Bool = false,
    watchesPasses: Bool = false, eventLimit: Int = .max, jitter: JitterSource? = nil, link: RankLink? = nil
  ) {
    self.jitter = jitter
    self.link = link
    isExact = jitter == nil && recordsFromPass == .max
    instructions = program.instructions
    self.table = table
    hasOneStream = program.streamCount == 1
    hasOneThread = program.threadStarts.count == 1
    threads = HostThread.all(of: program)
    threadEnd = threads[0].end
    passesToIssue = passCount
    self.passCount = passCount
    self.recordsFromPass = recordsFromPass
    self.skipsRepeats = skipsRepeats
    self.eventLimit = eventLimit
    passWatch = watchesPasses ? StateWatch() : nil
    streams = FixedTable((0..<program.streamCount).map { _ in StreamState(queueDepth: table.queueDepth) })
    findLoopRounds()
  }

  mutating func handle(_ event: Event, at time: Picoseconds, calendar: inout Calendar) {
    switch event.kind {
    case .hostContinues:
      resume(Int(event.stream))
      runHost(now: time, calendar: &calendar)
    case .launchReturns:
      resume(Int(event.stream))
      launch(now: time, calendar: &calendar)
      if hostWait == .nothing { runHost(now: time, calendar: &calendar) }
    case .kernelStarts:
      kernelStarts(Int(event.stream), now: time, calendar: &calendar)
    case .kernelEnds:
      kernelEnds(Int(event.stream), now: time, calendar: &calendar)
    case .sharedKernelEnds:
      kernelEnds(nextToEnd, now: time, calendar: &calendar)
    }
  }

  /// A calendar in which every thread begins.
  func startingCalendar() -> Calendar {
    let sources = threads.count + streams.count + (hasOneStream ? 0 : 1)
    var calendar = Calendar(sources: sources, filler: Event(kind: .hostContinues))
    for thread in threads.indices {
      let start = thread == 0 ? hostClock : 0
      calendar.schedule(Event(kind: .hostContinues, stream: UInt16(thread)), of: thread, at: start)
    }
    return calendar
  }

  /// The present thread goes on when the calendar has come to its clock.
  @inline(__always)
  func schedule(_ kind: EventKind, _ calendar: inout Calendar) {
    calendar.schedule(Event(kind: kind, stream: UInt16(truncatingIfNeeded: thread)), of: thread, at: hostClock)
  }

  /// Something happens on a stream.
  @inline(__always)
  func schedule(_ kind: EventKind, on stream: Int, at time: Picoseconds, _ calendar: inout Calendar) {
    calendar.schedule(
      Event(kind: kind, stream: UInt16(truncatingIfNeeded: stream)), of: threads.count + stream, at: time)
  }

  /// Whether spans of the pass that the host issues now are kept.
  var isRecording: Bool { passCount - passesToIssue >= recordsFromPass }
}
