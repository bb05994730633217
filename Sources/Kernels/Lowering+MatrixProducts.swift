import Profiles
import Workloads

/// Matrix products and fused attention.
extension Lowering {
  func matrixMultiply(_ operation: Operator, kind: OperatorKind) -> [Kernel] {
    guard let shape = matrixShape(operation) else { return pointwise(operation) }
    let results = shape.batch * shape.m * shape.n
    guard results > 0 else { return [] }
    return [
      Kernel(
        name: operation.name, .matrixMultiply, .matrix(shape), flops: shape.flops,
        bytesRead: operation.inputBytes(target),
        bytesWritten: results * target.precision.bytesPerElement,
        arithmetic: target.arithmetic(of: kind))
    ]
  }

  /// The product that an operator computes, from the shapes of its operands.
  func matrixShape(_ operation: Operator) -> MatrixShape? {
    if OperatorKind.baseName(operation.name) == "einsum" { return contraction(operation) }
    guard let (name, operands) = OperatorCheck.factors(of: operation), OperatorCheck.fault(in: operation) == nil,
      let left = operands.first, let right = operands.dropFirst().first
    else { return nil }
    let k = Double(left[left.rank - 1])
    guard k > 0 else { return nil }
    let isLinear = name == "linear"
    let n = right.rank == 1 ? 1 : Double(isLinear ? right[0] : right[right.rank - 1])
    if isLinear || right.rank <= 2 { return MatrixShape(m: Double(left.elementCount) / k, n: n, k: k) }
    let rows = left.rank == 1 ? 1 : Double(left[left.rank - 2])
    return MatrixShape(batch: OperatorCheck.broadcastBatch(left, right), m: rows, n: n, k: k)
  }

  /// The product behind a sum over named dimensions, of which only the shapes are known.
  ///
  /// A dimension that both operands have may be one of the batch, be summed over, or only look alike. Of these choices
  /// that one is right for which |left| |right| / |result| is batch x k^2; m and n follow.
  func contraction(_ operation: Operator) -> MatrixShape? {
    guard operation.inputs.count == 2, let output = operation.outputs.first, output.elementCount > 0 else { return nil }
    var left = operation.inputs[0].dimensions
    var common: [Double] = []
    for dimension in operation.inputs[1].dimensions where dimension > 1 {
      guard let place = left.firstIndex(of: dimension) else { continue }
      left.remove(at: place)
      common.append(Double(dimension))
    }
    let (leftSize, rightSize) = (operation.inputElements(0), operation.inputElements(1))
    let ratio = leftSize * rightSize / Double(output.elementCount)
    var choices: [(batch: Double, k: Double)] = [(1, 1)]
    for dimension in common.prefix(8) {
      choices += choices.flatMap { [($0.batch * dimension, $0.k), ($0.batch, $0.k * dimension)] }
    }
    guard let right = choices.first(where: { $0.batch * $0.k * $0.k == ratio }) else { return nil }
    let products = right.batch * right.k
    return MatrixShape(batch: right.batch, m: leftSize / products, n: rightSize / products, k: right.k)
  }

  /// Fused attention reads queries, keys and values once and keeps the scores on chip.
  func attention(_ operation: Operator) -> [Kernel] {
    guard OperatorCheck.fault(in: operation) == nil, operation.inputs.count >= 3 else { return pointwise(operation) }
    let query = operation.inputs[0]
    let key = operation.inputs[1]
    let width = Double(query[query.rank - 1])
    let rows = Double(query[query.rank - 2])
    let columns = Double(key[key.rank - 2])
    let heads = OperatorCheck.product(query.dimensions.dropLast(2))
    let written = heads * rows * Double(operation.inputs[2].dimensions.last ?? 1)
    guard written > 0 else { return [] }
    let shape = MatrixShape(batch: heads, m: rows, n: columns, k: width)
    return [
      Kernel(
        name: operation.name, .matrixMultiply, .attention(shape), flops: 2 * shape.flops,
        bytesRead: operation.inputBytes(target), bytesWritten: heads * rows * width * target.precision.bytesPerElement,
        arithmetic: target.arithmetic(of: .attention))
    ]
  }
}
