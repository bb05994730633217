import Kernels
import Profiles
import Workloads

/// A program, and for each of its costs, what it is the cost of.
///
/// The plan depends on the workload, the framework's mode and rules, and the sort of device; not on any speed. So one
/// plan serves every system that differs in numbers only: ``CostTable/init(plan:system:model:)`` prices it again.
package struct ProgramPlan: Sendable {
  /// What a cost is the cost of: nearly always a kernel, so that what others have stands elsewhere.
  package enum Item: Sendable, Hashable {
    /// Dispatching an operator.
    indirect case dispatch(Dispatch)
    /// Preparing a graph for launch: of so many nodes in so many chains, behind another piece of the pass or not.
    indirect case graph(nodes: Int, chains: Int, isFurther: Bool)
    /// Running a kernel, by its index in the lowered program.
    case kernel(Int)
    /// A copy over the host link.
    indirect case transfer(Transfer)

    /// Whether it is spent on the device, and priced by the device's numbers.
    var isOfDevice: Bool {
      switch self {
      case .dispatch, .graph: false
      case .kernel, .transfer: true
      }
    }
  }

  /// What the host does for one operator before its first launch.
  package struct Dispatch: Sendable, Hashable {
    /// What it dispatches.
    package var kind: OperatorKind
    /// How many kernels the framework itself launches.
    package var kernels: Int
    /// How many modules are called right before.
    package var moduleCalls = 0
    /// Whether the same operator ran right before.
    package var isRepeated = false
  }

  /// One pass.
  package private(set) var program = Program()
  /// What each cost is the cost of.
  package private(set) var items: [Item] = []
  /// The places in ``items`` of what the host spends.
  private(set) var hostItems: [Int] = []
  /// How often a pass uses each cost.
  package private(set) var counts = ProgramCounts(Program())
  /// One pass with a synchronization at its end, and its counts.
  ///
  /// A short one is kept, since many systems may run it; a long one takes longer to run than to make.
  var synchronizedProgram: Program { keptSynchronized ?? program.synchronized }
  private(set) var synchronizedCounts = ProgramCounts(Program())
  private var keptSynchronized: Program?
  private static let keptInstructions = 1 << 14
  /// The kernels.
  package let lowered: LoweredProgram
  /// How operators become launches.
  package let mode: FrameworkMode
  /// Whether the host runs the kernels itself.
  package let isHostOnly: Bool

  private var itemIndices: [Item: Int] = [:]
  private var labelIndices: [String: Int] = [:]
  /// The dispatches and names that came last, with their indices: most operators of a program are of a few sorts.
  private var lastDispatches = RecentValues<Dispatch>()
  private var lastLabels = RecentValues<String>()
  /// The item of each kernel, or -1.
  private var kernelItems: [Int32]
  /// For each operation where its instructions stand in the program, first as it runs behind another and then as it runs
  /// right behind itself: what comes again is copied.
  private var emitted: [Emission]
  private var emittedAgain: [Int: Emission] = [:]
  private let streams: PlannedStreams
  private let eagerKinds: [OperatorKind]
  private var hasGraphs = false

  /// Plans a lowered workload for a framework's mode.
  ///
  /// - Parameters:
  ///   - lowered: The workload.
  ///   - mode: How operators become launches.
  ///   - eagerKinds: Which operators stay outside of graphs.
  package init(_ lowered: LoweredProgram, mode: FrameworkMode, eagerKinds: [OperatorKind] = []) {
    self.lowered = lowered
    self.mode = mode
    self.eagerKinds = eagerKinds
    isHostOnly = lowered.target.isHost
    let capturesGraphs = mode == .graph && !isHostOnly
    streams = PlannedStreams(lowered) { capturesGraphs && !$0.isOutsideOfGraphs(eagerKinds) }
    kernelItems = Array(repeating: -1, count: lowered.kernels.count)
    emitted = Array(repeating: Emission.none, count: lowered.operations.count)
    items.reserveCapacity(lowered.kernels.count)
    program.instructions.reserveCapacity(3 * lowered.statements.count)
    if capturesGraphs {
      emitGraphs(lowered.statements)
    } else {
      emit(lowered.statements)
    }
    program.streamCount = program.namedStreamCount
    (itemIndices, labelIndices, kernelItems, emitted, emittedAgain) = ([:], [:], [], [], [:])
    (lastDispatches, lastLabels) = (RecentValues(), RecentValues())
    hostItems = items.indices.filter { !items[$0].isOfDevice }
    counts = ProgramCounts(program)
    program.instructions = InstructionRepeats.folding(program.instructions)
    if program.instructions.count <= Self.keptInstructions { keptSynchronized = program.synchronized }
    synchronizedCounts = counts.synchronized
  }

  private mutating func index(of item: Item) -> Int {
    if let known = itemIndices[item] { return known }
    items.append(item)
    itemIndices[item] = items.count - 1
    return items.count - 1
  }

  private mutating func index(ofKernel kernel: Int) -> Int {
    if kernelItems[kernel] < 0 {
      items.append(.kernel(kernel))
      kernelItems[kernel] = Int32(items.count - 1)
    }
    return Int(kernelItems[kernel])
  }

  private mutating func index(of dispatch: Dispatch) -> Int {
    if let known = lastDispatches.index(of: dispatch) { return known }
    let index = index(of: .dispatch(dispatch))
    lastDispatches.append(dispatch, index)
    return index
  }

  private mutating func label(_ name: String) -> Int {
    if let known = lastLabels.index(of: name) { return known }
    let index = labelIndices[name] ?? program.labels.count
    if index == program.labels.count {
      program.labels.append(name)
      labelIndices[name] = index
    }
    lastLabels.append(name, index)
    return index
  }

  // MARK: Operator by operator

  private mutating func emit(_ statements: [LoweredProgram.Statement]) {
    let isLoopOfOne = isOneOperation(statements)
    var last: LoweredProgram.Statement?
    for statement in statements {
      switch statement {
      case .leaf(let index): emit(index, isRepeated: isLoopOfOne || isAlike(statement, last))
      case .loop(let count, let body): emitLoop(count) { plan in plan.emit(body) }
      }
      last = statement
    }
  }

  /// The instructions of an operation.
  private struct Emission {
    let first: Int32
    let count: Int32

    static let none = Emission(first: -1, count: 0)
  }

  private mutating func emit(_ index: Int, isRepeated: Bool) {
    emitOnce(index, isRepeated: isRepeated) { plan in plan.emitNew(index, isRepeated: isRepeated) }
  }

  /// Emits an operation's instructions as they are written, or those that were written before.
  private mutating func emitOnce(_ operation: Int, isRepeated: Bool, _ write: (inout ProgramPlan) -> Void) {
    let known = isRepeated ? emittedAgain[operation] ?? .none : emitted[operation]
    if known.first >= 0 {
      for place in Int(known.first)..<Int(known.first + known.count) {
        program.instructions.append(program.instructions[place])
      }
      return
    }
    let first = program.instructions.count
    write(&self)
    guard program.instructions.count <= Int(Int32.max) else { return }
    let new = Emission(first: Int32(first), count: Int32(program.instructions.count - first))
    if isRepeated { emittedAgain[operation] = new } else { emitted[operation] = new }
  }

  private mutating func emitLoop(_ count: Int, _ body: (inout ProgramPlan) -> Void) {
    let begin = program.instructions.count
    program.instructions.append(Instruction(.beginLoop, operand: count))
    body(&self)
    program.instructions.append(Instruction(.endLoop, operand: program.instructions.count - begin - 1))
  }

  /// Whether a list holds one operation, once or over and over: it follows itself from round to round and pass to pass.
  private func isOneOperation(_ statements: [LoweredProgram.Statement]) -> Bool {
    statements.dropFirst().allSatisfy { isAlike($0, statements[0]) } && isLeaf(statements.first)
  }

  private func isLeaf(_ statement: LoweredProgram.Statement?) -> Bool {
    if case .leaf = statement { true } else { false }
  }

  /// Whether two statements run the same operation, whatever modules they call.
  private func isAlike(_ statement: LoweredProgram.Statement, _ other: LoweredProgram.Statement?) -> Bool {
    guard case .leaf(let index) = statement, case .leaf(let otherIndex) = other else { return false }
    if index == otherIndex { return true }
    return lowered.isAlike(index, otherIndex)
  }

  private mutating func emitNew(_ number: Int, isRepeated: Bool) {
    let operation = lowered.operations[number]
    let label = label(operation.name)
    var own = 0
    if !isHostOnly {
      for index in 0..<operation.kernels.count
      where !lowered.kernels[operation.kernels[index]].isLaunchedByLibrary { own += 1 }
    }
    let dispatch = Dispatch(
      kind: operation.kind, kernels: own, moduleCalls: operation.moduleCalls, isRepeated: isRepeated)
    program.instructions.append(Instruction(.work, operand: index(of: dispatch), label: label))
    emitDeviceWork(operation, label)
  }

  private mutating func emitDeviceWork(_ operation: LoweredProgram.Operation, _ label: Int) {
    if !isHostOnly, streams.mayAwait || !operation.waitsForStreams.isEmpty {
      emitWaits(of: operation.stream, for: streams.awaited(by: operation))
    }
    if let transfer = operation.transfer, !isHostOnly {
      program.instructions.append(
        Instruction(
          transfer.isPageable ? .blockingCopy : .copy, operand: index(of: .transfer(transfer)),
          stream: operation.stream, lane: transfer.isToDevice ? 0 : 1, label: label))
    }
    for index in 0..<operation.kernels.count {
      emitLaunch(operation.kernels[index], stream: operation.stream, label)
    }
    if operation.synchronizes, !isHostOnly { program.instructions.append(Instruction(.synchronize, operand: 0)) }
  }

  private mutating func emitLaunch(_ kernel: Int, stream: Int, _ label: Int) {
    program.instructions.append(
      Instruction(
        isHostOnly ? .hostKernel : lowered.kernels[kernel].kernelClass == .collective ? .collective : .launch,
        operand: index(ofKernel: kernel), stream: isHostOnly ? 0 : stream, label: label))
  }

  /// Lets the next launch into a stream wait for others.
  private mutating func emitWaits(of stream: Int, for others: Set<Int>) {
    for other in others.sorted() {
      program.instructions.append(Instruction(.waitForStream, operand: other, stream: stream))
    }
  }

  // MARK: Graph by graph

  /// Everything between two operators that need the host is one graph.
  private mutating func emitGraphs(_ statements: [LoweredProgram.Statement]) {
    var segment: [LoweredProgram.Statement] = []
    for statement in statements {
      if !needsHost(statement) {
        segment.append(statement)
        continue
      }
      emitGraph(segment)
      segment = []
      switch statement {
      case .leaf(let index): emit(index, isRepeated: false)
      case .loop(let count, let body): emitLoop(count) { plan in plan.emitGraphs(body) }
      }
    }
    emitGraph(segment)
  }

  private func needsHost(_ statement: LoweredProgram.Statement) -> Bool {
    switch statement {
    case .leaf(let index): lowered.operations[index].isOutsideOfGraphs(eagerKinds)
    case .loop(_, let body): body.contains(where: needsHost)
    }
  }

  private mutating func emitGraph(_ segment: [LoweredProgram.Statement]) {
    let nodeCount = countNodes(segment)
    guard nodeCount > 0 else { return emitWaitsOutside(segment) }
    let label = label("graph")
    let preparation = Item.graph(nodes: nodeCount, chains: chains(of: segment).count, isFurther: hasGraphs)
    hasGraphs = true
    program.instructions.append(Instruction(.work, operand: index(of: preparation), label: label))
    emitWaits(of: PlannedStreams.ofGraphs, for: awaited(by: segment))
    let launch = program.instructions.count
    program.instructions.append(
      Instruction(.launchGraph, operand: 0, stream: PlannedStreams.ofGraphs, label: label))
    emitNodes(segment)
    program.instructions[launch].operand = Int32(program.instructions.count - launch - 1)
    emitWaitsOutside(segment)
  }

  /// Emits what operators without a kernel let the next launch into their own stream wait for.
  private mutating func emitWaitsOutside(_ segment: [LoweredProgram.Statement]) {
    for statement in segment {
      switch statement {
      case .leaf(let index):
        let operation = lowered.operations[index]
        guard operation.kernels.isEmpty, streams.isOutside(operation.stream) else { continue }
        emitWaits(of: operation.stream, for: streams.awaited(by: operation, launching: false))
      case .loop(let count, let body): if count > 0 { emitWaitsOutside(body) }
      }
    }
  }

  /// The streams whose earlier work must have ended before a graph begins: those that any of its operators waits for.
  private func awaited(by segment: [LoweredProgram.Statement]) -> Set<Int> {
    segment.reduce(into: []) { awaited, statement in
      switch statement {
      case .leaf(let index): awaited.formUnion(streams.awaited(byNode: lowered.operations[index]))
      case .loop(let count, let body): if count > 0 { awaited.formUnion(self.awaited(by: body)) }
      }
    }
  }

  /// The streams of a graph's operators: each is a chain of nodes beside the others.
  private func chains(of segment: [LoweredProgram.Statement]) -> Set<Int> {
    segment.reduce(into: []) { chains, statement in
      switch statement {
      case .leaf(let index):
        if !lowered.operations[index].kernels.isEmpty { chains.insert(lowered.operations[index].stream) }
      case .loop(_, let body): chains.formUnion(self.chains(of: body))
      }
    }
  }

  private func countNodes(_ statements: [LoweredProgram.Statement]) -> Int {
    statements.reduce(0) { sum, statement in
      switch statement {
      case .leaf(let index): clamped(sum.addingReportingOverflow(lowered.operations[index].kernels.count))
      case .loop(let count, let body):
        clamped(sum.addingReportingOverflow(clamped(count.multipliedReportingOverflow(by: countNodes(body)))))
      }
    }
  }

  private mutating func emitNodes(_ statements: [LoweredProgram.Statement]) {
    for statement in statements {
      switch statement {
      case .leaf(let operation):
        // What becomes nodes is in graphs wherever it stands.
        emitOnce(operation, isRepeated: false) { plan in
          let label = plan.label(plan.lowered.operations[operation].name)
          for kernel in plan.lowered.operations[operation].kernels {
            plan.program.instructions.append(
              Instruction(.node, operand: plan.index(ofKernel: kernel), label: label))
          }
        }
      case .loop(let count, let body): emitLoop(count) { plan in plan.emitNodes(body) }
      }
    }
  }
}

/// A count, or the largest there is if it overflowed.
private func clamped(_ count: (partialValue: Int, overflow: Bool)) -> Int {
  count.overflow ? .max : count.partialValue
}
