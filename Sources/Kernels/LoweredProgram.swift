import Profiles
import Workloads

/// A workload on a target: which kernels run, in which order, and what dispatches them.
///
/// Equal operators are stored once, and so are equal kernels: the number of times that a kernel's time is computed is
/// the number of different kernels, however often they run.
public struct LoweredProgram: Sendable {
  /// One group of operators, dispatched together.
  public struct Operation: Sendable, Equatable {
    /// What it is called.
    public var name: String
    /// What it costs the host to dispatch.
    public var kind: OperatorKind
    /// Whether a rule stands behind its kernels.
    public var hasRule: Bool
    /// Its kernels, as indices into ``LoweredProgram/kernels``.
    public var kernels: [Int]
    /// The copy over the host link that it is.
    public var transfer: Transfer?
    /// Whether the host waits for the device afterwards.
    public var synchronizes: Bool
    /// The stream that its kernels run in.
    public var stream: Int
    /// The streams whose work must be done before its kernels start.
    public var waitsForStreams: [Int]
  }

  /// The program's structure.
  public indirect enum Statement: Sendable, Equatable {
    /// An operation, as an index into ``LoweredProgram/operations``.
    case operation(Int)
    /// Statements that run several times.
    case loop(count: Int, body: [Statement])
  }

  /// What was lowered to.
  public let target: LoweringTarget
  /// The different kernels.
  public private(set) var kernels: [Kernel] = []
  /// The different operations.
  public private(set) var operations: [Operation] = []
  /// The program's structure.
  public private(set) var statements: [Statement] = []
  /// Operators without a cost rule, by name, in the order of the program.
  public private(set) var operatorsWithoutRule: [String] = []
  /// Kernels of one pass.
  public private(set) var kernelCount = 0
  /// Floating-point operations of one pass.
  public private(set) var flops = 0.0
  /// Memory traffic of one pass, bytes.
  public private(set) var bytes = 0.0
  /// Memory traffic of the operators without a cost rule, bytes.
  public private(set) var bytesWithoutRule = 0.0
  /// The share of the memory traffic that operators without a cost rule stand for: how much of the device's work is a
  /// guess.
  public var fractionWithoutRule: Double { bytes > 0 ? bytesWithoutRule / bytes : 0 }
  /// How much memory the tensors of a pass take.
  public private(set) var tensors = TensorDemand(weights: 0, inputs: 0, activations: 0)

  private var kernelIndices: [Kernel: Int] = [:]
  private var operationIndices: [[Operator]: Int] = [:]

  /// Lowers a workload.
  ///
  /// - Parameters:
  ///   - workload: The workload, its parameters bound.
  ///   - target: What to lower to.
  ///   - rules: The fusion rules that apply.
  ///   - decomposition: What the framework's graph spells out before they do.
  ///   - inputs: Where a pass finds its inputs and leaves its outputs.
  /// - Complexity: Linear in the text of the workload, not in what its loops execute.
  public init(
    _ workload: BoundWorkload, target: LoweringTarget, rules: [FusionRule], decomposition: [DecompositionRule] = [],
    inputs: TensorPlace = .device
  ) {
    self.target = target
    let lowering = Lowering(target: target)
    let program = workload.program(withTensorsOn: target.isHost ? .device : inputs)
    let nodes = Decomposition(rules: decomposition).rewrite(program)
    let groups = Fusion(rules: rules).rewrite(nodes)
    statements = lower(groups, with: lowering)
    let total = count(statements)
    (kernelCount, flops, bytes, bytesWithoutRule) = (total.kernels, total.flops, total.bytes, total.bytesWithoutRule)
    tensors = demand(of: workload, groups)
    kernelIndices = [:]
    operationIndices = [:]
  }

  private mutating func lower(_ groups: [FusedStatement], with lowering: Lowering) -> [Statement] {
    groups.map { statement in
      switch statement {
      case .group(let members): .operation(index(of: members, with: lowering))
      case .loop(let count, let body): .loop(count: count, body: lower(body, with: lowering))
      }
    }
  }

  private mutating func index(of members: [Operator], with lowering: Lowering) -> Int {
    if let known = operationIndices[members] { return known }
    let lowered = lowering.lower(group: members)
    let name = members.count == 1 ? members[0].name : lowered.kernels.last?.name ?? members[0].name
    if !lowered.hasRule, !operatorsWithoutRule.contains(members[0].name) {
      operatorsWithoutRule.append(members[0].name)
    }
    operations.append(
      Operation(
        name: name, kind: lowered.kind, hasRule: lowered.hasRule, kernels: lowered.kernels.map { index(of: $0) },
        transfer: lowered.transfer,
        synchronizes: lowered.synchronizes, stream: members[0].stream,
        waitsForStreams: members[0].waitsForStreams))
    operationIndices[members] = operations.count - 1
    return operations.count - 1
  }

  private mutating func index(of kernel: Kernel) -> Int {
    if let known = kernelIndices[kernel] { return known }
    kernels.append(kernel)
    kernelIndices[kernel] = kernels.count - 1
    return kernels.count - 1
  }

  private func demand(of workload: BoundWorkload, _ groups: [FusedStatement]) -> TensorDemand {
    let resident = ResidentTensors(workload, precision: target.precision)
    return TensorDemand(
      weights: resident.weightBytes, inputs: resident.inputBytes, activations: LiveTensors(groups, self).peakBytes)
  }

  private struct Total {
    var kernels = 0
    var flops = 0.0
    var bytes = 0.0
    var bytesWithoutRule = 0.0
  }

  private func count(_ statements: [Statement]) -> Total {
    var total = Total()
    for statement in statements {
      switch statement {
      case .operation(let index):
        for kernel in operations[index].kernels {
          total.kernels += 1
          total.flops += kernels[kernel].flops
          total.bytes += kernels[kernel].bytes
          if !operations[index].hasRule { total.bytesWithoutRule += kernels[kernel].bytes }
        }
      case .loop(let count, let body):
        let inner = self.count(body)
        total.kernels += inner.kernels * count
        total.flops += inner.flops * Double(count)
        total.bytes += inner.bytes * Double(count)
        total.bytesWithoutRule += inner.bytesWithoutRule * Double(count)
      }
    }
    return total
  }
}
