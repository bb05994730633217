import Profiles
import Workloads

/// What one operator becomes on a device: its kernels in the order of their launches.
package struct LoweredOperator: Sendable, Equatable {
  /// What the operator costs the host to dispatch.
  package var kind: OperatorKind
  /// The kernels it launches; none for metadata.
  package var kernels: [Kernel]
  /// Bytes copied over the host link, with their direction, for operators that are transfers.
  package var transfer: Transfer?
  /// Whether the host waits for the device afterwards.
  package var synchronizes: Bool
  /// Whether a rule stood behind it; otherwise it was treated as element-wise traffic.
  package var hasRule: Bool
}

/// A copy between host and device memory.
package struct Transfer: Sendable, Hashable {
  /// How many bytes.
  package var bytes: Double
  /// Whether they go to the device; otherwise they come from it.
  package var isToDevice: Bool
  /// Whether the host's memory is pageable, so that the host waits.
  package var isPageable: Bool
}

/// Turns operators into kernels, by rules that say what PyTorch launches for each.
///
/// The rules follow PyTorch 1.12 to 2.x with cuBLAS and cuDNN on channels-first tensors. Each rule is a function of one
/// operator and the target, so what an operator becomes does not depend on its neighbors; fusion, which does, is a
/// rewrite that runs before.
package struct Lowering: Sendable {
  /// What is lowered to.
  package let target: LoweringTarget

  /// A lowering for one target.
  package init(target: LoweringTarget) {
    self.target = target
  }

  /// The kernels of one operator.
  package func lower(_ operation: Operator) -> LoweredOperator { lower(ResolvedOperator(operation)) }

  /// The kernels of one operator.
  func lower(_ call: ResolvedOperator) -> LoweredOperator { lower(call.operation, call.rule) }

  /// The kernels of an operator with its rule.
  func lower(_ operation: Operator, _ rule: OperatorRule) -> LoweredOperator {
    if let transfer = rule.transfer?(self, operation) {
      return LoweredOperator(kind: rule.kind, kernels: [], transfer: transfer, synchronizes: false, hasRule: true)
    }
    let own = ownKernels(of: operation, rule)
    return LoweredOperator(
      kind: rule.kind, kernels: operation.copies.isEmpty ? own : copies(of: operation, rule) + own, transfer: nil,
      synchronizes: rule.kind == .synchronization, hasRule: !rule.isGuess)
  }

  /// The copies that an operator makes to get contiguous operands.
  private func copies(of operation: Operator, _ rule: OperatorRule) -> [Kernel] {
    guard !target.isHost || rule.kind == .copy else { return [] }
    return operation.copies.map { permute(operation.name, elements: Double($0.elementCount)) }
  }

  /// The kernels of the operator itself; what does not fit its rule passes over its operands.
  private func ownKernels(of operation: Operator, _ rule: OperatorRule) -> [Kernel] {
    // Nothing to make is nothing to launch: an expert without tokens.
    if rule.kind != .synchronization, !operation.outputs.isEmpty, operation.outputElements == 0 { return [] }
    return rule.fault(in: operation) == nil ? rule.lower(self, operation) : pointwise(operation)
  }

  /// A kernel that a library launches beside the one it was called for.
  func byLibrary(_ kernel: Kernel) -> Kernel {
    var kernel = kernel
    kernel.isLaunchedByLibrary = true
    return kernel
  }
}
