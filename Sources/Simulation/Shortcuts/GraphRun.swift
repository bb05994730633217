import Roofline

/// A graph from its first node's start to its last node's end: nodes and the gaps between them.
struct GraphRun: Sendable {
  /// What it takes.
  var cost = Cost.zero
  /// The part of it in which kernels run.
  var busy: Picoseconds = 0
  /// How many nodes it has.
  var nodes: Int128 = 0
  /// By how much the nodes start later than the first, added up.
  var offsets: Int128 = 0

  /// A graph of nothing.
  init() {}

  /// The graph of a launch and the instructions behind it that are its nodes, loops included.
  init(_ instructions: ArraySlice<Instruction>, _ table: CostTable) {
    var body = Program()
    body.instructions = Array(instructions)
    let counts = ProgramCounts(body)
    guard let sum = PassSums.device(counts, table) else { return }
    let gaps = Int(counts.nodeGaps)
    let gap = table.launch.graphKernelGap
    cost = Cost(
      duration: sum.cost.duration + gap.duration * gaps, account: sum.cost.account &+ gap.account &* Int64(gaps))
    busy = sum.busy
    let starts = NodeStarts.sum(instructions.dropFirst(), table)
    (nodes, offsets) = (starts.nodes, starts.offsets)
  }
}

/// Where the nodes of a stretch of a graph start.
private struct NodeStarts {
  var nodes: Int128 = 0
  /// From the start of the first to that of what follows the last, gaps included.
  var length: Int128 = 0
  /// The starts of all, counted from that of the first.
  var offsets: Int128 = 0

  /// Adds a stretch behind this one, so many times over.
  mutating func append(_ other: NodeStarts, times: Int128) {
    guard times > 0 else { return }
    // Round r of the other starts r of its lengths behind its first.
    offsets += times * other.offsets + other.nodes * (times * length + other.length * (times * (times - 1) / 2))
    nodes += times * other.nodes
    length += times * other.length
  }

  /// The starts of a graph's nodes.
  static func sum(_ instructions: ArraySlice<Instruction>, _ table: CostTable) -> NodeStarts {
    var open: [(stretch: NodeStarts, rounds: Int32)] = [(NodeStarts(), 1)]
    for instruction in instructions {
      switch instruction.effect {
      case .node(let cost):
        let length = table.costs[cost].duration + table.launch.graphKernelGap.duration
        open[open.count - 1].stretch.append(
          NodeStarts(nodes: 1, length: Int128(length.count), offsets: 0), times: 1)
      case .beginLoop(let rounds): open.append((NodeStarts(), rounds))
      case .endLoop:
        let inner = open.removeLast()
        open[open.count - 1].stretch.append(inner.stretch, times: Int128(inner.rounds))
      case .hostWork, .hostKernel, .launch, .waitForStream, .synchronize, .recorded: break
      }
    }
    return open[0].stretch
  }
}
