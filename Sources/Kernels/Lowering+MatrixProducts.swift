import Profiles
import Workloads

/// Matrix products and fused attention.
extension Lowering {
  func matrixMultiply(_ operation: Operator, kind: OperatorKind) -> [Kernel] {
    guard let shape = matrixShape(operation) else { return pointwise(operation) }
    return [
      Kernel(
        name: operation.name, .matrixMultiply, .matrix(shape), flops: shape.flops,
        bytesRead: operation.inputBytes(target),
        bytesWritten: shape.batch * shape.m * shape.n * target.precision.bytesPerElement,
        arithmetic: target.arithmetic(of: kind))
    ]
  }

  /// The product that an operator computes, from the shapes of its operands.
  func matrixShape(_ operation: Operator) -> MatrixShape? {
    let name = OperatorKind.baseName(operation.name)
    if name == "einsum" { return contraction(operation) }
    let addsFirst = ["addmm", "baddbmm", "addmv"].contains(name)
    let operands = addsFirst ? Array(operation.inputs.dropFirst()) : operation.inputs
    guard operands.count >= 2, operands[0].rank >= 1, operands[1].rank >= 1 else { return nil }
    let left = operands[0]
    let right = operands[1]
    let k = Double(left[left.rank - 1])
    guard k > 0 else { return nil }
    if name == "linear" {
      let n = right.rank == 1 ? 1 : Double(right[0])
      return MatrixShape(m: Double(left.elementCount) / k, n: n, k: k)
    }
    let n = right.rank == 1 ? 1 : Double(right[right.rank - 1])
    if right.rank <= 2 { return MatrixShape(m: Double(left.elementCount) / k, n: n, k: k) }
    let rows = left.rank == 1 ? 1 : Double(left[left.rank - 2])
    return MatrixShape(batch: broadcastBatch(left, right), m: rows, n: n, k: k)
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

  /// The number of products: the dimensions before the last two, each the larger of the two operands'.
  func broadcastBatch(_ left: Shape, _ right: Shape) -> Double {
    let leftBatch = left.dimensions.dropLast(2)
    let rightBatch = right.dimensions.dropLast(2)
    let rank = max(leftBatch.count, rightBatch.count)
    func padded(_ batch: ArraySlice<Int64>) -> [Int64] { Array(repeating: 1, count: rank - batch.count) + batch }
    return zip(padded(leftBatch), padded(rightBatch)).reduce(1) { $0 * Double(max($1.0, $1.1)) }
  }

  /// Fused attention reads queries, keys and values once and keeps the scores on chip.
  func attention(_ operation: Operator) -> [Kernel] {
    guard operation.inputs.count >= 3, operation.inputs[0].rank >= 3, operation.inputs[1].rank >= 2 else {
      return pointwise(operation)
    }
    let query = operation.inputs[0]
    let key = operation.inputs[1]
    let width = Double(query[query.rank - 1])
    let rows = Double(query[query.rank - 2])
    let columns = Double(key[key.rank - 2])
    let heads = Double(query.elementCount) / (rows * width)
    let shape = MatrixShape(batch: heads, m: rows, n: columns, k: width)
    return [
      Kernel(
        name: operation.name, .matrixMultiply, .attention(shape), flops: 2 * shape.flops,
        bytesRead: operation.inputBytes(target), bytesWritten: heads * rows * width * target.precision.bytesPerElement,
        arithmetic: target.arithmetic(of: .attention))
    ]
  }
}
