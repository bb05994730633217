import Profiles
import Workloads

extension Lowering {
  /// The kernels of a group of operators that run as one.
  package func lower(group: [Operator]) -> LoweredOperator { lower(group: group.map { ResolvedOperator($0) }) }

  /// The kernels of a group of operators that run as one.
  func lower(group: [ResolvedOperator]) -> LoweredOperator {
    guard group.count > 1, let first = group.first else {
      return group.first.map(lower)
        ?? LoweredOperator(
          kind: .other, kernels: [], transfer: nil, synchronizes: false, hasRule: true)
    }
    if let attention = AttentionPattern(group).fused { return lower(attention, inPlaceOf: group) }
    switch first.rule.fusion {
    case .linear where group[1].rule.fusion == .linear: return projections(lower(first), count: group.count)
    case .convolution, .linear, .matmul: return epilogue(of: lower(first), group)
    default: return oneKernel(group)
    }
  }

  /// Attention in one kernel, which computes what stood between the products as well.
  private func lower(_ attention: Operator, inPlaceOf group: [ResolvedOperator]) -> LoweredOperator {
    var lowered = lower(attention)
    guard let kernel = lowered.kernels.lastIndex(where: { !$0.work.isPassOverMemory }) else { return lowered }
    lowered.kernels[kernel].flops += group.dropFirst().dropLast().reduce(0) { $0 + $1.flops }
    return lowered
  }

  /// Element-wise operators in the epilogue of a product.
  ///
  /// Its kernel reads their other operands as well, and a bias has no kernel of its own. A folded batch normalization
  /// costs nothing.
  private func epilogue(of anchor: LoweredOperator, _ group: [ResolvedOperator]) -> LoweredOperator {
    var lowered = anchor
    lowered.kernels.removeAll { $0.kernelClass == .elementwise }
    guard let product = lowered.kernels.lastIndex(where: { !$0.work.isPassOverMemory }) else { return anchor }
    for member in group.dropFirst() where member.rule.fusion == .pointwise {
      lowered.kernels[product].bytesRead += otherOperandBytes(member.operation)
      lowered.kernels[product].flops += member.flops
    }
    return lowered
  }

  /// Products over the same input as one with as many times the columns, which reads the input once.
  private func projections(_ anchor: LoweredOperator, count: Int) -> LoweredOperator {
    var lowered = anchor
    let factor = Double(count)
    guard let index = lowered.kernels.firstIndex(where: { !$0.work.isPassOverMemory }),
      case .matrix(var shape) = lowered.kernels[index].work
    else { return anchor }
    let input = shape.batch * shape.m * shape.k * target.precision.bytesPerElement
    shape.n *= factor
    lowered.kernels[index].work = .matrix(shape)
    lowered.kernels[index].flops *= factor
    lowered.kernels[index].bytesRead = input + max(0, lowered.kernels[index].bytesRead - input) * factor
    lowered.kernels[index].bytesWritten *= factor
    lowered.kernels[index].weightBytes *= factor
    return lowered
  }

  /// Element-wise operators, and normalizations among them, in one kernel: operands from outside are read once, the
  /// last result is written, and nothing in between goes to memory.
  private func oneKernel(_ group: [ResolvedOperator]) -> LoweredOperator {
    let reduces = group.contains { [.layerNorm, .softmax, .reduction].contains($0.rule.fusion) }
    var kernel = Kernel(
      name: group.map { OperatorRule.baseName($0.operation.name) }.joined(separator: "+"),
      reduces ? .reduction : .elementwise, flops: group.reduce(0) { $0 + $1.flops },
      bytesRead: group.dropFirst().reduce(group[0].operation.inputBytes(target)) {
        $0 + otherOperandBytes($1.operation)
      },
      bytesWritten: group[group.count - 1].operation.outputBytes(target), arithmetic: target.precision)
    // Its rows are those of the first member that looks at whole ones.
    if let member = group.first(where: { [.layerNorm, .softmax, .reduction].contains($0.rule.fusion) }) {
      let elements = member.operation.largestInputElements
      let width =
        member.rule.fusion == .reduction
        ? elements / max(1, member.operation.outputElements)
        : Double(member.operation.inputs.first?.last ?? 1)
      kernel.pass = .compiled(rows: elements / max(1, width), width: max(1, width))
    }
    return LoweredOperator(kind: .fused, kernels: [kernel], transfer: nil, synchronizes: false, hasRule: true)
  }

  /// What a member of a group reads beside the result of the member before it.
  private func otherOperandBytes(_ member: Operator) -> Double {
    let all = member.inputBytes(target)
    let chained = member.outputs.first.map { Double($0.elementCount) * target.precision.bytesPerElement } ?? 0
    return max(0, all - chained)
  }
}
