import Workloads

/// Which operands a matrix product multiplies, and what they must be.
struct ProductForm: Sendable {
  /// Whether the right factor is a weight matrix, an output in each row.
  var isLinear = false
  /// Whether the first operand is added to the product of the next two.
  var addsFirst = false
  /// The ranks that the left factor may have.
  var left: ClosedRange<Int> = 1 ... .max
  /// The ranks that the right factor may have.
  var right: ClosedRange<Int> = 1 ... .max

  /// The factors of a call, and what is not multiplied behind them.
  func factors(of operation: Operator) -> ArraySlice<Shape> { operation.inputs.dropFirst(addsFirst ? 1 : 0) }

  /// The product that a call computes; nil for one that sums over nothing.
  ///
  /// - Precondition: `operation` has passed ``check(_:)``.
  func shape(of operation: Operator) -> MatrixShape? {
    let factors = factors(of: operation)
    guard let left = factors.first, let right = factors.dropFirst().first else { return nil }
    let k = Double(left[left.rank - 1])
    let result = resultExtents(left, right)
    return k > 0 ? MatrixShape(batch: result.batch, m: result.rows, n: result.columns, k: k) : nil
  }

  /// How many results a call has whose factors fit: products, and rows and columns of each.
  func results(of operation: Operator) -> (batch: Double, rows: Double, columns: Double)? {
    let factors = factors(of: operation)
    guard let left = factors.first, let right = factors.dropFirst().first else { return nil }
    return resultExtents(left, right)
  }

  /// Checks ranks, inner dimensions, batches and the elements of the result.
  func check(_ operation: Operator) throws(OperatorFault) {
    let factors = factors(of: operation)
    guard factors.count >= 2, let left = factors.first, let right = factors.dropFirst().first else {
      throw .tooFewOperands(needed: 2 + factors.startIndex, found: operation.inputs.count)
    }
    try OperatorCheck.checkRank(left, of: isLinear ? .input : .leftFactor, self.left)
    try OperatorCheck.checkRank(right, of: isLinear ? .weights : .rightFactor, self.right)
    try checkInner(left, right)
    guard let result = operation.outputs.first else { return }
    let extents = resultExtents(left, right)
    let wanted = extents.batch * extents.rows * extents.columns
    guard Double(result.elementCount) == wanted else {
      throw .unequal(
        .elements(.result), result.elementCount, wanted: Int64(exactly: wanted) ?? .max,
        by: isLinear ? .elements(.input) : .elements(.leftFactor))
    }
  }

  private func checkInner(_ left: Shape, _ right: Shape) throws(OperatorFault) {
    let inner = left[left.rank - 1]
    if isLinear {
      let width = right[right.rank - 1]
      guard width == inner else {
        throw .unequal(.innerDimension(.weights), width, wanted: inner, by: .innerDimension(.input))
      }
    } else {
      let height = right.rank == 1 ? right[0] : right[right.rank - 2]
      guard height == inner else {
        throw .unequal(.innerDimension(.rightFactor), height, wanted: inner, by: .innerDimension(.leftFactor))
      }
      try checkBatch(left, right)
    }
  }

  /// Dimensions before the last two must be alike, or one of them 1.
  private func checkBatch(_ left: Shape, _ right: Shape) throws(OperatorFault) {
    let pairs = zip(left.dimensions.dropLast(2).reversed(), right.dimensions.dropLast(2).reversed())
    for (index, pair) in pairs.enumerated() where pair.0 != pair.1 && pair.0 != 1 && pair.1 != 1 {
      throw .unequal(
        .batchDimension(.rightFactor, fromLast: index + 1), pair.1, wanted: pair.0,
        by: .batchDimension(.leftFactor, fromLast: index + 1))
    }
  }

  /// How many results there are of factors that fit: products, and rows and columns of each.
  private func resultExtents(_ left: Shape, _ right: Shape) -> (batch: Double, rows: Double, columns: Double) {
    let columns = right.rank == 1 ? 1 : Double(isLinear ? right[0] : right[right.rank - 1])
    if isLinear || right.rank <= 2 { return (1, left.product(ofFirst: left.rank - 1), columns) }
    return (Self.broadcastBatch(left, right), left.rank == 1 ? 1 : Double(left[left.rank - 2]), columns)
  }

  /// The number of products: the dimensions before the last two, of each the one that is not 1.
  private static func broadcastBatch(_ left: Shape, _ right: Shape) -> Double {
    let leftBatch = left.dimensions.dropLast(2)
    let rightBatch = right.dimensions.dropLast(2)
    let rank = max(leftBatch.count, rightBatch.count)
    func padded(_ batch: ArraySlice<Int64>) -> [Int64] { Array(repeating: 1, count: rank - batch.count) + batch }
    return zip(padded(leftBatch), padded(rightBatch)).reduce(1) { $0 * Double($1.0 == 1 ? $1.1 : $1.0) }
  }
}
