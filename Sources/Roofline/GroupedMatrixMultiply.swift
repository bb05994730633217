/// Products of several groups of rows, each with a right operand of its own: the experts of a layer.
///
/// ```swift
/// let experts = GroupedMatrixMultiply(rowsOfGroups: [17, 0, 3], columns: 1_408, inner: 2_048, bytesPerElement: 2)
/// experts.flops  // 2 · (17 + 0 + 3) · 1408 · 2048
/// experts.bytes  // the operands of the two groups that have rows
/// ```
///
/// A group without rows reads nothing, its right operand neither.
public struct GroupedMatrixMultiply: Work {
  /// M of each group.
  public let rowsOfGroups: [Int]

  /// N: columns of every right operand.
  public let columns: Int

  /// K: the extent that is summed over.
  public let inner: Int

  /// Bytes per element of all matrices.
  public let bytesPerElement: Double

  /// Creates a grouped product.
  ///
  /// - Precondition: extents are zero or more, the element size is finite and greater than zero.
  public init(rowsOfGroups: [Int], columns: Int, inner: Int, bytesPerElement: Double) {
    checkExtents(rowsOfGroups + [columns, inner], elementSize: bytesPerElement)
    self.rowsOfGroups = rowsOfGroups
    self.columns = columns
    self.inner = inner
    self.bytesPerElement = bytesPerElement
  }

  private var rows: Int128 { rowsOfGroups.reduce(0) { $0 + Int128($1) } }

  /// 2·M·N·K over all groups.
  public var operationCount: Int128 {
    MatrixMultiply.operations(batch: 1, rows: rows, columns: Int128(columns), inner: Int128(inner))
  }

  /// Rows and results of all groups once, and the right operands of those that have rows.
  public var bytes: Bytes {
    let used = Int128(rowsOfGroups.count { $0 > 0 })
    return elementBytes(
      rows * Int128(inner) + used * exactProduct([inner, columns]) + rows * Int128(columns), bytesPerElement)
  }
}
