import Profiles
import Workloads

/// A workload on a target: which kernels run, in which order, and what dispatches them.
///
/// Equal operators are stored once, and so are equal kernels: the number of times that a kernel's time is computed is
/// the number of different kernels, however often they run.
package struct LoweredProgram: Sendable {
  /// One group of operators, dispatched together.
  package struct Operation: Sendable, Equatable {
    /// What it is called.
    package var name: String
    /// What it costs the host to dispatch.
    package var kind: OperatorKind
    /// Whether a rule stands behind its kernels.
    package var hasRule: Bool
    /// Whether the host waits for the device afterwards.
    package var synchronizes: Bool
    /// Its kernels, as indices into ``LoweredProgram/kernels``.
    package let kernels: KernelPlaces
    /// What few operations have.
    private var rare: Rarely<Details>

    /// The stream that its kernels run in.
    package var stream: Int { details.stream }

    /// The streams whose work must be done before its kernels start.
    package var waitsForStreams: [Int] { details.waitsForStreams }

    /// The copy over the host link that it is.
    package var transfer: Transfer? { details.transfer }

    /// How many of the model's modules are called right before it.
    package var moduleCalls: Int {
      get { details.moduleCalls }
      set { details.moduleCalls = newValue }
    }

    /// What nearly all operations have alike: in a place of their own, since a program may have hundreds of thousands of them.
    private struct Details: HasUsualValue {
      var stream = 0
      var waitsForStreams: [Int] = []
      var transfer: Transfer?
      var moduleCalls = 0
    }

    private var details: Details {
      get { rare.value }
      set { rare.value = newValue }
    }

    /// What a group of operators was lowered to.
    fileprivate init(
      name: String, _ lowered: LoweredOperator, kernels: KernelPlaces, first: Operator, moduleCalls: Int
    ) {
      self.name = name
      kind = lowered.kind
      hasRule = lowered.hasRule
      synchronizes = lowered.synchronizes
      self.kernels = kernels
      rare = Rarely(
        Details(
          stream: first.stream, waitsForStreams: first.waitsForStreams, transfer: lowered.transfer,
          moduleCalls: moduleCalls))
    }
  }

  /// A piece of the program's structure; leaves are indices into ``LoweredProgram/operations``.
  package typealias Statement = Block<Int>

  /// What was lowered to.
  package let target: LoweringTarget
  /// Whose modules the program calls.
  package let library: ModuleLibrary
  /// What it is a step over, where an engine runs it.
  package let step: StepLoad?
  /// The different kernels.
  package private(set) var kernels: [Kernel] = []
  /// The different operations.
  package private(set) var operations: [Operation] = []
  /// The program's structure.
  package private(set) var statements: [Statement] = []
  /// Operators without a cost rule, by name, in the order of the program.
  package private(set) var operatorsWithoutRule: [String] = []
  /// Kernels of one pass.
  package private(set) var kernelCount = 0
  /// Floating-point operations of one pass.
  package private(set) var flops = 0.0
  /// Memory traffic of one pass, bytes.
  package private(set) var bytes = 0.0
  /// Memory traffic of the operators without a cost rule, bytes.
  package private(set) var bytesWithoutRule = 0.0
  /// The share of the memory traffic that operators without a cost rule stand for: how much of the device's work is a
  /// guess.
  package var fractionWithoutRule: Double { bytes > 0 ? bytesWithoutRule / bytes : 0 }
  /// How much memory the tensors of a pass take.
  package private(set) var tensors = TensorDemand(weights: 0, inputs: 0, activations: 0)

  /// Lowers a workload.
  ///
  /// - Parameters:
  ///   - workload: The workload, its parameters bound.
  ///   - target: What to lower to.
  ///   - rules: The fusion rules that apply.
  ///   - decomposition: What the framework's graph spells out before they do.
  ///   - inputs: Where a pass finds its inputs and leaves its outputs.
  ///   - callsModules: Whether the framework calls the model's modules at every pass; else nothing is left of them.
  /// - Complexity: Linear in the text of the workload, not in what its loops execute.
  package init(
    _ workload: BoundWorkload, target: LoweringTarget, rules: [FusionRule], decomposition: [DecompositionRule] = [],
    inputs: TensorPlace = .device, callsModules: Bool = true
  ) {
    self.target = target
    library = workload.library
    step = workload.step
    let program = ResolvedProgram(workload, callsModules: callsModules)
    let copied = program.with(tensorsOf: workload, on: target.isHost ? .device : inputs)
    let fused = Fusion(rules: rules).rewrite(Decomposition(rules: decomposition).rewrite(copied))
    lower(fused.groups, with: Lowering(target: target))
    statements = fused.sequence
    let total = statements.total(Total()) { sum, operation in
      add(operations[operation], to: &sum)
    } scale: {
      $0.add($1, times: $2)
    }
    (kernelCount, flops, bytes, bytesWithoutRule) = (total.kernels, total.flops, total.bytes, total.bytesWithoutRule)
    let operands = CallOperands(program.calls)
    let resident = ResidentTensors(workload, program, operands, target)
    // Without rules the calls that are fused are those of the program.
    let isRewritten = !rules.isEmpty || !decomposition.isEmpty || copied.calls.count != program.calls.count
    let live = LiveTensors(
      fused, isRewritten ? CallOperands(fused.groups.calls) : operands,
      launchesNothing: { operations[$0].kernels.isEmpty }, target)
    tensors = TensorDemand(
      weights: resident.weightBytes, inputs: resident.inputBytes, activations: live.peakBytes, count: resident.count)
  }

  /// Lowers each group, in the order in which they first come.
  private mutating func lower(_ groups: OperatorGroups, with lowering: Lowering) {
    var different = DifferentKernels(capacity: groups.count)
    operations.reserveCapacity(groups.count)
    var place = OperatorPlace()
    for index in 0..<groups.count {
      let places = groups.places(of: index)
      let call = Int(places[places.startIndex])
      place.look(groups.calls.operators, at: call) { first in
        let lowered =
          places.count == 1 ? lowering.lower(first, groups.calls.rules[call]) : lowering.lower(group: groups[index])
        let moduleCalls = places.reduce(0) { $0 + groups.calls.operators.moduleCalls(before: Int($1)) }
        append(lowered, first, isAlone: places.count == 1, moduleCalls: moduleCalls, &different)
      }
    }
    kernels = different.kernels
  }

  /// Appends what a group was lowered to that begins with an operator.
  private mutating func append(
    _ lowered: LoweredOperator, _ first: Operator, isAlone: Bool, moduleCalls: Int, _ different: inout DifferentKernels
  ) {
    let kernels =
      lowered.kernels.count == 1
      ? KernelPlaces(different.index(of: lowered.kernels[0]))
      : KernelPlaces(lowered.kernels.map { different.index(of: $0) })
    if !lowered.hasRule, !operatorsWithoutRule.contains(first.name) { operatorsWithoutRule.append(first.name) }
    let name = isAlone ? first.name : lowered.kernels.last?.name ?? first.name
    operations.append(Operation(name: name, lowered, kernels: kernels, first: first, moduleCalls: moduleCalls))
  }

  private struct Total {
    var kernels = 0
    var flops = 0.0
    var bytes = 0.0
    var bytesWithoutRule = 0.0

    mutating func add(_ other: Total, times: Int) {
      kernels += other.kernels * times
      flops += other.flops * Double(times)
      bytes += other.bytes * Double(times)
      bytesWithoutRule += other.bytesWithoutRule * Double(times)
    }
  }

  private func add(_ operation: Operation, to total: inout Total) {
    for index in 0..<operation.kernels.count {
      let kernel = operation.kernels[index]
      total.kernels += 1
      total.flops += kernels[kernel].flops
      total.bytes += kernels[kernel].bytes
      if !operation.hasRule { total.bytesWithoutRule += kernels[kernel].bytes }
    }
  }
}

/// Kernels, each of which is kept once however often it runs.
private struct DifferentKernels {
  private(set) var kernels: [Kernel] = []
  private var places: PlaceTable

  init(capacity: Int) {
    kernels.reserveCapacity(capacity)
    places = PlaceTable(capacity: capacity)
  }

  /// Where in ``kernels`` a kernel stands; one that is new stands at the end.
  mutating func index(of kernel: consuming Kernel) -> Int32 {
    var quick = QuickHash()
    quick.add(UInt64(kernel.name.utf8.count))
    quick.add(kernel.flops)
    quick.add(kernel.bytesRead)
    quick.add(kernel.bytesWritten)
    let hash = quick.value
    if let known = places.place(hash: hash, where: { kernels[$0] == kernel }) { return Int32(known) }
    kernels.append(kernel)
    places.append(hash: hash)
    return Int32(kernels.count - 1)
  }
}
