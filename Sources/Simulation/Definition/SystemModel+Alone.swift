import EventEngine
import Roofline

/// When a job ended, and the account of that moment.
struct JobEnd: BitwiseCopyable, Sendable {
  var time: Picoseconds
  var account: Account
}

/// A host of one thread and one stream, and nothing else: what most workloads are.
///
/// A job's start depends on its launch and on the job before it, both of which are known when it is launched. So its end is
/// known then as well, nothing else can come in between, and no event has to be waited for. What the host waits for later,
/// a place in the queue or the end of all, it finds among the ends that are kept.
extension SystemModel {
  /// Runs all passes; for a program whose ``ProgramCounts/isOneStream`` holds, and where nothing is to be kept of it.
  ///
  /// - Complexity: O(instructions executed).
  mutating func runAlone() {
    var ends = QueueEnds(depth: table.queueDepth)
    while true {
      guard cursor.index < threadEnd else {
        markAlone()
        guard beginNextPass() else { return }
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
      case .launch(let work):
        launchAlone(work, &ends)
      case .synchronize:
        waitAlone(until: streams[0].lastEnd, streams[0].account)
        spend(table.launch.synchronization, as: .synchronization, instruction)
        cursor.step()
      case .beginLoop(let rounds): cursor.beginLoop(rounds: rounds, in: instructions)
      case .endLoop(let length): cursor.endLoop(length: length)
      // Work of a stream comes behind what was launched into it before as it is.
      case .waitForStream: cursor.step()
      case .node, .recorded: preconditionFailure("no instruction that the host of a workload executes")
      }
    }
  }

  /// Makes a launch call once the queue has room, and lets the job run when it may.
  @inline(__always)
  private mutating func launchAlone(_ work: DeviceJob, _ ends: inout QueueEnds) {
    if let end = ends.oldest { waitAlone(until: end.time, end.account) }
    cursor.step()
    switch work {
    case .kernel(let cost), .collective(let cost):
      callAlone(table.launch.call, latency: table.launch.latency)
      runAlone(cost, isKernel: true)
    case .copy(let cost, _, let blocksHost):
      callAlone(table.launch.call, latency: table.launch.latency)
      runAlone(cost, isKernel: false)
      if blocksHost { waitAlone(until: streams[0].lastEnd, streams[0].account) }
    case .graph(let length):
      callAlone(table.launch.graphCall, latency: table.launch.graphLatency)
      runNodesAlone(upTo: cursor.index + length)
    }
    ends.append(JobEnd(time: streams[0].lastEnd ?? 0, account: streams[0].account))
  }

  /// The launch call: behind it the stream's clock and account are those of the job's start.
  @inline(__always)
  private mutating func callAlone(_ call: Cost, latency: Cost) {
    hostClock += call.duration
    hostAccount &+= call.account
    let ready = hostClock + latency.duration
    let gap = table.launch.kernelGap
    if let end = streams[0].lastEnd, end + gap.duration > ready {
      streams[0].lastEnd = end + gap.duration
      streams[0].account &+= gap.account
    } else {
      streams[0].lastEnd = ready
      streams[0].account = hostAccount &+ latency.account
    }
  }

  /// Moves the stream's clock from the start of a kernel or copy to its end.
  @inline(__always)
  private mutating func runAlone(_ cost: Int, isKernel: Bool) {
    foreseenEvents += 1
    let duration = table.costs[cost].duration
    streams[0].lastEnd = (streams[0].lastEnd ?? 0) + duration
    streams[0].account &+= table.costs[cost].account
    if isKernel { deviceBusy += duration }
  }

  /// Runs the nodes of a graph up to the end of its instructions, and goes on behind it.
  private mutating func runNodesAlone(upTo end: Int) {
    var isFirst = true
    while cursor.index < end {
      switch instructions[cursor.index].effect {
      case .beginLoop(let rounds): cursor.beginLoop(rounds: rounds, in: instructions)
      case .endLoop(let length): cursor.endLoop(length: length)
      default:
        if !isFirst {
          streams[0].lastEnd = (streams[0].lastEnd ?? 0) + table.launch.graphKernelGap.duration
          streams[0].account &+= table.launch.graphKernelGap.account
        }
        isFirst = false
        runAlone(Int(instructions[cursor.index].operand), isKernel: true)
        cursor.step()
      }
    }
  }

  /// The host goes on at a moment that is later than its clock, with the account of that moment; at the same moment its own
  /// goes on.
  @inline(__always)
  private mutating func waitAlone(until time: Picoseconds?, _ account: Account) {
    guard let time, time > hostClock else { return }
    hostClock = time
    hostAccount = account
  }

  /// A pass has been issued: it is complete when its last job has ended.
  private mutating func markAlone() {
    var mark = PassMark(time: hostClock, account: hostAccount, deviceBusy: deviceBusy, hostClock: hostClock)
    if let end = streams[0].lastEnd, end > hostClock { (mark.time, mark.account) = (end, streams[0].account) }
    marks.append(mark)
  }
}

/// The ends of the last jobs, as many as the launch queue holds: a ring in which the next one takes the place of the oldest.
private struct QueueEnds {
  private let depth: Int
  private var ends: ContiguousArray<JobEnd> = []
  private var place = 0

  init(depth: Int) { self.depth = depth }

  /// The job whose end makes room for the next, once there have been as many as the queue holds.
  @inline(__always)
  var oldest: JobEnd? { ends.count == depth ? ends[place] : nil }

  @inline(__always)
  mutating func append(_ end: JobEnd) {
    if ends.count < depth {
      ends.append(end)
    } else {
      ends[place] = end
      place = place + 1 == depth ? 0 : place + 1
    }
  }
}
