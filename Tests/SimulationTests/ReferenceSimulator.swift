import EventEngine
import Roofline
import Simulation

/// The system's definition, written down as plainly as possible, to hold the simulator against.
///
/// It knows no events. The program is unrolled into a list of operations; the host goes through the list once, and
/// every moment is a maximum and a sum of earlier moments. Each moment also remembers the chain of costs that led to
/// it, so that an account is the sum over a path that can be listed, not a number that was carried along.
///
/// It covers streams whose kernels do not share the device, and copy engines that only one stream uses each: beyond
/// that, the order of the program is not the order of the device.
struct ReferenceSimulator {
  /// What a pass does, loops counted out.
  enum Operation {
    case work(Cost)
    case hostKernel(Cost)
    case kernel(Kernel, stream: Int)
    case graph([Kernel], stream: Int)
    case copy(Cost, stream: Int, lane: Int, blocks: Bool)
    case wait(stream: Int, for: Int)
    case synchronize
  }

  /// A kernel or collective, and the channel of the ranks that spend it together, or -1.
  struct Kernel {
    var cost: Cost
    var channel: Int32
  }

  /// Which collective of a channel.
  struct Meeting: Hashable {
    var channel: Int32
    var number: Int
  }

  /// What is known of a collective that ranks meet in: when the last begins, and what it takes.
  struct MeetingEnd {
    var latestStart: Picoseconds
    var cost: Cost
    var isAmbiguous = false
  }

  /// A rank's coming to a collective.
  struct Arrival {
    var start: Moment
    var cost: Cost
  }

  /// A time, and the chain of costs whose durations add up to it.
  struct Moment {
    var time: Picoseconds = 0
    /// The last link of the chain, or -1 at the beginning of the run.
    var link = -1
    /// Whether another chain is just as long, so that another account would be as right.
    var isAmbiguous = false
  }

  /// When a pass was complete, on the host and on the device.
  struct Mark {
    var time: Picoseconds
    /// What the path to that moment was spent on.
    var path: [Cost]
    var isAmbiguous: Bool
    /// Time up to the mark in which at least one kernel ran.
    var deviceBusy: Picoseconds
    /// When the host had issued the pass.
    var hostClock: Picoseconds
    /// The last link of the path.
    var link = -1

    var account: Account { path.reduce(into: .zero) { $0 &+= $1.account } }
  }

  private let operations: [Operation]
  private let table: CostTable

  /// What the ends of collectives are taken to be; those of others end as if nobody else took part.
  var meetings: [Meeting: MeetingEnd] = [:]
  /// When collectives have begun.
  private(set) var arrivals: [Meeting: Arrival] = [:]
  private var comings: [Int32: Int] = [:]

  /// Of each link the one before, or the collective whose last rank's path goes on, and what it adds.
  private(set) var chain: [(previous: Int, cost: Cost, meeting: Meeting?)] = []
  private var host = Moment()
  /// For each stream the ends of everything launched into it so far.
  private var ends: [[Moment]]
  /// For each stream what its next launch has to wait for.
  private var awaited: [[Moment]]
  private var copyEngines = [Moment(), Moment()]
  private var kernelTimes: [Range<Picoseconds>] = []
  private var hostKernelTime: Picoseconds = 0

  init(_ program: Program, _ table: CostTable) {
    operations = Self.unrolled(program.instructions[...], table)
    self.table = table
    ends = Array(repeating: [], count: program.streamCount)
    awaited = Array(repeating: [], count: program.streamCount)
  }

  /// Issues passes back to back; once.
  mutating func run(passes: Int) -> [Mark] {
    var marks = (0..<passes).map { _ in
      host = after(host, table.launch.pass)
      for operation in operations { issue(operation) }
      var done = host
      for stream in ends { done = later(done, stream.last ?? Moment()) }
      return Mark(
        time: done.time, path: path(to: done), isAmbiguous: done.isAmbiguous, deviceBusy: hostKernelTime,
        hostClock: host.time, link: done.link)
    }
    // Only now, since kernels of a later pass may run before an earlier one is complete.
    kernelTimes.sort { $0.lowerBound < $1.lowerBound }
    for index in marks.indices { marks[index].deviceBusy += deviceBusy(until: marks[index].time) }
    return marks
  }

  // MARK: The definition

  private mutating func issue(_ operation: Operation) {
    switch operation {
    case .work(let cost):
      host = after(host, cost)
    case .hostKernel(let cost):
      host = after(host, cost)
      hostKernelTime += cost.duration
    case .kernel(let cost, let stream):
      let start = launch(into: stream, call: table.launch.call, latency: table.launch.latency)
      ends[stream].append(run(cost, from: start))
    case .graph(let nodes, let stream):
      var end = launch(into: stream, call: table.launch.graphCall, latency: table.launch.graphLatency)
      for (index, node) in nodes.enumerated() {
        let start = index == 0 ? end : after(end, table.launch.graphKernelGap)
        end = run(node, from: start)
      }
      ends[stream].append(end)
    case .copy(let cost, let stream, let lane, let blocks):
      let eligible = launch(into: stream, call: table.launch.call, latency: table.launch.latency)
      let end = after(later(eligible, copyEngines[lane]), cost)
      copyEngines[lane] = end
      ends[stream].append(end)
      if blocks { host = later(host, end) }
    case .wait(let stream, let other):
      if let last = ends[other].last { awaited[stream].append(last) }
    case .synchronize:
      for stream in ends { host = later(host, stream.last ?? Moment()) }
      host = after(host, table.launch.synchronization)
    }
  }

  /// The host makes a launch call, once fewer than `queueDepth` launches of the stream are unfinished.
  ///
  /// - Returns: When what was launched may start.
  private mutating func launch(into stream: Int, call: Cost, latency: Cost) -> Moment {
    if ends[stream].count >= table.queueDepth {
      host = later(host, ends[stream][ends[stream].count - table.queueDepth])
    }
    host = after(host, call)
    var start = after(host, latency)
    if let previous = ends[stream].last { start = later(start, after(previous, table.launch.kernelGap)) }
    for dependency in awaited[stream] { start = later(start, dependency) }
    awaited[stream] = []
    return start
  }

  private mutating func run(_ kernel: Kernel, from start: Moment) -> Moment {
    let end = kernel.channel >= 0 ? meet(kernel, from: start) : after(start, kernel.cost)
    if end.time > start.time { kernelTimes.append(start.time..<end.time) }
    return end
  }

  /// The next collective of a channel.
  private mutating func meet(_ kernel: Kernel, from start: Moment) -> Moment {
    let meeting = Meeting(channel: kernel.channel, number: comings[kernel.channel, default: 0])
    comings[kernel.channel, default: 0] += 1
    arrivals[meeting] = Arrival(start: start, cost: kernel.cost)
    guard let end = meetings[meeting] else { return after(start, kernel.cost) }
    chain.append((previous: start.link, cost: end.cost, meeting: meeting))
    return Moment(
      time: max(start.time, end.latestStart) + end.cost.duration, link: chain.count - 1, isAmbiguous: end.isAmbiguous)
  }

  // MARK: Moments

  private mutating func after(_ moment: Moment, _ cost: Cost) -> Moment {
    chain.append((previous: moment.link, cost: cost, meeting: nil))
    return Moment(time: moment.time + cost.duration, link: chain.count - 1, isAmbiguous: moment.isAmbiguous)
  }

  private func later(_ one: Moment, _ other: Moment) -> Moment {
    guard one.time == other.time else { return one.time > other.time ? one : other }
    var either = one
    either.isAmbiguous = one.isAmbiguous || other.isAmbiguous || one.link != other.link
    return either
  }

  private func path(to moment: Moment) -> [Cost] {
    var costs: [Cost] = []
    var link = moment.link
    while link >= 0 {
      costs.append(chain[link].cost)
      link = chain[link].previous
    }
    return costs
  }

  /// The length of the union of the kernels' times, as far as they lie before a moment.
  private func deviceBusy(until end: Picoseconds) -> Picoseconds {
    var busy: Picoseconds = 0
    var covered: Picoseconds = 0
    for kernel in kernelTimes {
      if kernel.lowerBound >= end { break }
      let from = max(covered, kernel.lowerBound)
      let to = min(end, kernel.upperBound)
      if to > from {
        busy += to - from
        covered = to
      }
    }
    return busy
  }

  // MARK: The list of operations

  private static func unrolled(_ instructions: ArraySlice<Instruction>, _ table: CostTable) -> [Operation] {
    var operations: [Operation] = []
    var rest = instructions
    while let instruction = rest.popFirst() {
      let operand = Int(instruction.operand)
      let stream = Int(instruction.stream)
      switch instruction.opcode {
      case .work: operations.append(.work(table.costs[operand]))
      case .hostKernel: operations.append(.hostKernel(table.costs[operand]))
      // Where kernels share nothing, a collective is to the device what a kernel is.
      case .launch, .collective: operations.append(.kernel(kernel(operand, table), stream: stream))
      case .copy, .blockingCopy:
        operations.append(
          .copy(
            table.costs[operand], stream: stream, lane: Int(instruction.lane),
            blocks: instruction.opcode == .blockingCopy))
      case .waitForStream: operations.append(.wait(stream: stream, for: operand))
      case .synchronize: operations.append(.synchronize)
      case .launchGraph:
        operations.append(.graph(nodes(rest.prefix(operand), table), stream: stream))
        rest = rest.dropFirst(operand)
      case .beginLoop:
        let (body, following) = splitLoop(rest)
        for _ in 0..<max(0, operand) { operations += unrolled(body, table) }
        rest = following
      case .node, .endLoop: preconditionFailure("a node outside a graph, or an end without a loop")
      default: preconditionFailure("\(instruction.opcode) is an instruction of recordings")
      }
    }
    return operations
  }

  private static func kernel(_ cost: Int, _ table: CostTable) -> Kernel {
    Kernel(cost: table.costs[cost], channel: cost < table.channels.count ? table.channels[cost] : -1)
  }

  private static func nodes(_ instructions: ArraySlice<Instruction>, _ table: CostTable) -> [Kernel] {
    var costs: [Kernel] = []
    var rest = instructions
    while let instruction = rest.popFirst() {
      if instruction.opcode == .node { costs.append(kernel(Int(instruction.operand), table)) }
      guard instruction.opcode == .beginLoop else { continue }
      let (body, following) = splitLoop(rest)
      for _ in 0..<max(0, Int(instruction.operand)) { costs += nodes(body, table) }
      rest = following
    }
    return costs
  }

  /// Splits what follows a `beginLoop` into the loop's body and what comes after its `endLoop`.
  private static func splitLoop(
    _ rest: ArraySlice<Instruction>
  ) -> (body: ArraySlice<Instruction>, following: ArraySlice<Instruction>) {
    var depth = 1
    for index in rest.indices {
      if rest[index].opcode == .beginLoop { depth += 1 }
      if rest[index].opcode == .endLoop { depth -= 1 }
      if depth == 0 { return (rest[..<index], rest[(index + 1)...]) }
    }
    preconditionFailure("a loop without an end")
  }
}
