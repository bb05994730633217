import EventEngine
import Roofline

/// Which account goes on where two clocks meet at the same moment.
enum TieRule: Sendable {
  /// The host's, as in the event engine.
  case host
  /// In each lane the larger: for lanes that are derivatives, the derivative to the right of a maximum's kink.
  case greatest
  /// In each lane the smaller: the derivative to the left.
  case least
}

/// One host and one stream without an event calendar: every moment is a maximum and a sum of earlier ones.
///
/// With a single stream the order of the program is the order of the device, so the clocks can be computed launch by
/// launch as the host goes through the program:
///
///     host  = max(host, end of the launch queue_depth before) + call
///     start = max(host + launch latency, end of the launch before + gap)
///     end   = start + kernel
///
/// That is what ``SystemModel`` does event by event, ties included, and the tests hold one against the other. Repeats are
/// counted out only until the state of the clocks comes back, see ``StateSnapshot``; from there on the rest of the loop
/// moves all clocks by the same time again and again, and is a multiplication.
struct StreamRecurrence {
  let instructions: [Instruction]
  private(set) var table: CostTable
  let ties: TieRule
  let skipsRepeats: Bool
  private let graphs: [Int: GraphRun]

  /// The host's clock and its account.
  var host: Picoseconds = 0
  var hostAccount = Account.zero
  /// When the last job of the stream ended, and the account of that moment; long ago before the first.
  var end = StreamRecurrence.longAgo
  var endAccount = Account.zero
  /// Kernel time of everything issued.
  var busy: Picoseconds = 0
  /// From the start of its launch call to its own start, added up over all kernels issued, if that is asked for.
  var launchAndQueueTime: Int128 = 0
  /// Whether it is.
  var addsLaunchAndQueueTime = false
  /// The ends of the last `queue_depth` jobs, as far as there have been as many: a ring in which the next one goes to
  /// `place`, where the oldest is once the ring is full.
  var ends: ContiguousArray<JobEnd> = []
  var place = 0
  /// Whether as many jobs have been launched as the queue holds.
  private var isFull = false

  /// Earlier than every moment of a run, by more than a run can take.
  static let longAgo = Picoseconds(-1 << 62)

  /// Clocks at zero.
  ///
  /// - Parameters:
  ///   - program: A pass whose ``ProgramCounts/isOneStream`` holds.
  ///   - counts: Its counts.
  ///   - table: Its costs.
  ///   - passes: How many passes will be run: no more places of the queue are kept than they fill.
  ///   - ties: Which account goes on where two clocks meet.
  ///   - skipsRepeats: Whether a loop is left once the state comes back.
  init(
    _ program: Program, _ counts: ProgramCounts, _ table: CostTable, passes: Int, ties: TieRule = .host,
    skipsRepeats: Bool = true
  ) {
    instructions = program.instructions
    self.table = table
    self.ties = ties
    self.skipsRepeats = skipsRepeats
    graphs = counts.graphs > 0 ? Self.graphs(of: program, table) : [:]
    let jobs = (counts.launches + counts.graphs) * Double(passes)
    keepsEnds = jobs >= Double(table.queueDepth)
    guard keepsEnds else { return }
    ends.reserveCapacity(table.queueDepth)
  }

  /// Whether the queue can fill at all.
  let keepsEnds: Bool

  /// Runs passes as they would be if the host took no time, so that the queue is as full behind them as it gets.
  mutating func fill(passes: Int) {
    let real = table
    for index in instructions.indices {
      if case .hostWork(let cost) = instructions[index].effect { table.costs[cost].duration = 0 }
    }
    (table.launch.pass, table.launch.call, table.launch.graphCall) = (.zero, .zero, .zero)
    for _ in 0..<passes { runPass() }
    table = real
  }

  /// Runs one pass of those that follow one another.
  mutating func runNextPass() {
    spend(table.launch.pass)
    runPass()
  }

  /// Runs passes back to back.
  ///
  /// - Returns: The mark of each.
  mutating func run(passes: Int) -> [PassMark] {
    var marks: [PassMark] = []
    marks.reserveCapacity(passes)
    var before: StateSnapshot?
    while marks.count < passes {
      runNextPass()
      marks.append(mark)
      guard skipsRepeats, marks.count < passes else { continue }
      if let before, before.isSame(as: self) {
        appendSkippedPasses(&marks, upTo: passes)
        return marks
      }
      before = StateSnapshot(self)
    }
    return marks
  }

  /// The moment at which everything issued is done.
  private var mark: PassMark {
    var moment = (time: host, account: hostAccount)
    later(&moment.time, &moment.account, end, endAccount)
    return PassMark(time: moment.time, account: moment.account, deviceBusy: busy, hostClock: host)
  }

  /// All further passes are like the last: their marks move by what the last one moved by.
  private func appendSkippedPasses(_ marks: inout [PassMark], upTo passes: Int) {
    let (last, previous) = (marks[marks.count - 1], marks[marks.count - 2])
    while marks.count < passes {
      let mark = marks[marks.count - 1]
      marks.append(
        PassMark(
          time: mark.time + (last.time - previous.time), account: mark.account &+ (last.account &- previous.account),
          deviceBusy: mark.deviceBusy + (last.deviceBusy - previous.deviceBusy),
          hostClock: mark.hostClock + (last.hostClock - previous.hostClock)))
    }
  }

  private mutating func runPass() {
    var cursor = 0
    var loops: ContiguousArray<RunningLoop> = []
    while cursor < instructions.count {
      let instruction = instructions[cursor]
      cursor += 1
      switch instruction.effect {
      case .hostWork(let cost): spend(table.costs[cost])
      case .hostKernel(let cost):
        spend(table.costs[cost])
        busy += table.costs[cost].duration
      case .launch(.kernel(let cost)), .launch(.collective(let cost)):
        issue(table.costs[cost], call: table.launch.call, latency: table.launch.latency, kernels: 1)
        busy += table.costs[cost].duration
      case .launch(.copy(let cost, _, let blocksHost)):
        issue(table.costs[cost], call: table.launch.call, latency: table.launch.latency)
        if blocksHost { later(&host, &hostAccount, end, endAccount) }
      case .launch(.graph(let length)):
        let graph = graphs[cursor - 1] ?? GraphRun()
        issue(
          graph.cost, call: table.launch.graphCall, latency: table.launch.graphLatency, kernels: graph.nodes,
          offsets: graph.offsets)
        busy += graph.busy
        cursor += length
      case .synchronize:
        later(&host, &hostAccount, end, endAccount)
        spend(table.launch.synchronization)
      // A wait of one stream for itself is none, the nodes of a graph are in its sum, and a recording's program is none of
      // one stream: see `ProgramCounts.isOneStream`.
      case .waitForStream, .node, .recorded: break
      case .beginLoop(let rounds):
        if rounds > 0 {
          loops.append(RunningLoop(remaining: Int(rounds)))
        } else {
          cursor = instructions.endOfLoop(from: cursor)
        }
      case .endLoop(let length):
        let inner = loops.count - 1
        loops[inner].remaining -= 1
        if skipsRepeats { loops[inner].skipRepeats(&self) }
        if loops[inner].remaining > 0 {
          cursor -= 1 + length
        } else {
          loops.removeLast()
        }
      }
    }
  }

  @inline(__always)
  private mutating func spend(_ cost: Cost) {
    host += cost.duration
    hostAccount &+= cost.account
  }

  /// Makes a launch call and lets the job run when it may.
  ///
  /// - Parameters:
  ///   - job: What it takes.
  ///   - call: The call.
  ///   - latency: From the call's return to the earliest start.
  ///   - kernels: How many kernels the job is.
  ///   - offsets: By how much they start later than the job, added up.
  @inline(__always)
  private mutating func issue(_ job: Cost, call: Cost, latency: Cost, kernels: Int128 = 0, offsets: Int128 = 0) {
    if isFull { later(&host, &hostAccount, ends[place].time, ends[place].account) }
    let called = host
    host += call.duration
    hostAccount &+= call.account
    let arrival = host + latency.duration
    let free = end + table.launch.kernelGap.duration
    if free > arrival {
      end = free + job.duration
      endAccount &+= table.launch.kernelGap.account
      endAccount &+= job.account
    } else {
      var account = hostAccount &+ latency.account
      if free == arrival, ties != .host { merge(&account, endAccount &+ table.launch.kernelGap.account) }
      end = arrival + job.duration
      endAccount = account &+ job.account
    }
    if addsLaunchAndQueueTime {
      launchAndQueueTime += Int128((end - job.duration - called).count) * kernels + offsets
    }
    if keepsEnds { keepEnd() }
  }

  /// Puts the end of the last job into the ring.
  @inline(__always)
  private mutating func keepEnd() {
    if isFull {
      ends[place] = JobEnd(time: end, account: endAccount)
    } else {
      ends.append(JobEnd(time: end, account: endAccount))
    }
    place += 1
    if place == table.queueDepth {
      place = 0
      isFull = true
    }
  }

  /// Moves a clock to another moment if that is later; at the same moment the tie rule decides.
  @inline(__always)
  private func later(
    _ time: inout Picoseconds, _ account: inout Account, _ otherTime: Picoseconds, _ otherAccount: Account
  ) {
    if otherTime > time {
      time = otherTime
      account = otherAccount
    } else if otherTime == time, ties != .host {
      merge(&account, otherAccount)
    }
  }

  /// Of two accounts at the same moment, keeps in each lane what the tie rule says.
  private func merge(_ account: inout Account, _ other: Account) {
    account = ties == .greatest ? account.greater(other) : account.lesser(other)
  }

  /// Every graph of a program, by the index of its launch.
  private static func graphs(of program: Program, _ table: CostTable) -> [Int: GraphRun] {
    var graphs: [Int: GraphRun] = [:]
    for (index, instruction) in program.instructions.enumerated() where instruction.opcode == .launchGraph {
      graphs[index] = GraphRun(program.instructions[index...].prefix(1 + Int(instruction.operand)), table)
    }
    return graphs
  }
}
