import Kernels
import Profiles
import Workloads

/// A program, and for each of its costs, what it is the cost of.
///
/// The plan depends on the workload, the framework's mode and rules, and the sort of device; not on any speed. So one
/// plan serves every system that differs in numbers only: ``CostTable/init(plan:system:model:)`` prices it again.
package struct ProgramPlan: Sendable {
  /// What a cost is the cost of.
  package enum Item: Sendable, Hashable {
    /// Dispatching an operator of a kind, and preparing the launches of so many kernels.
    case dispatch(OperatorKind, kernels: Int)
    /// Preparing a graph of so many nodes for launch.
    case graphNodes(Int)
    /// Running a kernel, by its index in the lowered program.
    case kernel(Int)
    /// A copy over the host link.
    case transfer(Transfer)
  }

  /// One pass.
  package private(set) var program = Program()
  /// What each cost is the cost of.
  package private(set) var items: [Item] = []
  /// How often a pass uses each cost.
  package private(set) var counts = ProgramCounts(Program())
  /// One pass with a synchronization at its end, and its counts.
  private(set) var synchronizedProgram = Program()
  private(set) var synchronizedCounts = ProgramCounts(Program())
  /// The kernels.
  package let lowered: LoweredProgram
  /// How operators become launches.
  package let mode: FrameworkMode
  /// Whether the host runs the kernels itself.
  package let isHostOnly: Bool

  private var itemIndices: [Item: Int] = [:]
  private var labelIndices: [String: Int] = [:]
  private let streams: PlannedStreams

  /// Plans a lowered workload for a framework's mode.
  package init(_ lowered: LoweredProgram, mode: FrameworkMode) {
    self.lowered = lowered
    self.mode = mode
    isHostOnly = lowered.target.isHost
    streams = PlannedStreams(lowered, capturesGraphs: mode == .graph && !isHostOnly)
    if mode == .graph && !isHostOnly {
      emitGraphs(lowered.statements)
    } else {
      emit(lowered.statements)
    }
    program.streamCount = program.namedStreamCount
    itemIndices = [:]
    labelIndices = [:]
    counts = ProgramCounts(program)
    synchronizedProgram = program.synchronized
    synchronizedCounts = counts.synchronized
  }

  private mutating func index(of item: Item) -> Int {
    if let known = itemIndices[item] { return known }
    items.append(item)
    itemIndices[item] = items.count - 1
    return items.count - 1
  }

  private mutating func label(_ name: String) -> Int {
    if let known = labelIndices[name] { return known }
    program.labels.append(name)
    labelIndices[name] = program.labels.count - 1
    return program.labels.count - 1
  }

  // MARK: Operator by operator

  private mutating func emit(_ statements: [LoweredProgram.Statement]) {
    for statement in statements {
      switch statement {
      case .leaf(let index): emit(lowered.operations[index])
      case .loop(let count, let body): emitLoop(count) { plan in plan.emit(body) }
      }
    }
  }

  private mutating func emitLoop(_ count: Int, _ body: (inout ProgramPlan) -> Void) {
    let begin = program.instructions.count
    program.instructions.append(Instruction(.beginLoop, operand: count))
    body(&self)
    program.instructions.append(Instruction(.endLoop, operand: program.instructions.count - begin - 1))
  }

  private mutating func emit(_ operation: LoweredProgram.Operation) {
    let label = label(operation.name)
    let own = isHostOnly ? 0 : operation.kernels.count { !lowered.kernels[$0].isLaunchedByLibrary }
    let dispatch = Item.dispatch(operation.kind, kernels: own)
    program.instructions.append(Instruction(.work, operand: index(of: dispatch), label: label))
    emitDeviceWork(operation, label)
  }

  private mutating func emitDeviceWork(_ operation: LoweredProgram.Operation, _ label: Int) {
    if !isHostOnly { emitWaits(of: operation.stream, for: streams.awaited(by: operation)) }
    if let transfer = operation.transfer, !isHostOnly {
      program.instructions.append(
        Instruction(
          transfer.isPageable ? .blockingCopy : .copy, operand: index(of: .transfer(transfer)),
          stream: operation.stream, lane: transfer.isToDevice ? 0 : 1, label: label))
    }
    for kernel in operation.kernels {
      program.instructions.append(
        Instruction(
          isHostOnly ? .hostKernel : .launch, operand: index(of: .kernel(kernel)),
          stream: isHostOnly ? 0 : operation.stream, label: label))
    }
    if operation.synchronizes, !isHostOnly { program.instructions.append(Instruction(.synchronize, operand: 0)) }
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
      case .leaf(let index): emit(lowered.operations[index])
      case .loop(let count, let body): emitLoop(count) { plan in plan.emitGraphs(body) }
      }
    }
    emitGraph(segment)
  }

  private func needsHost(_ statement: LoweredProgram.Statement) -> Bool {
    switch statement {
    case .leaf(let index): lowered.operations[index].needsHost
    case .loop(_, let body): body.contains(where: needsHost)
    }
  }

  private mutating func emitGraph(_ segment: [LoweredProgram.Statement]) {
    let nodeCount = countNodes(segment)
    guard nodeCount > 0 else { return emitWaitsOutside(segment) }
    let label = label("graph")
    program.instructions.append(Instruction(.work, operand: index(of: .graphNodes(nodeCount)), label: label))
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
        let label = label(lowered.operations[operation].name)
        for kernel in lowered.operations[operation].kernels {
          program.instructions.append(Instruction(.node, operand: index(of: .kernel(kernel)), label: label))
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
