/// The work of a matrix multiply, C[M×N] = A[M×K] · B[K×N], or of a batch of them, at its least memory traffic.
///
/// ```swift
/// let linear = MatrixMultiply(rows: 128, columns: 768, inner: 768, bytesPerElement: 2)
/// linear.flops         // 2 · 128 · 768 · 768 = 151 MFLOP
/// linear.bytes         // 2 · (128 · 768 + 768 · 768 + 128 · 768) = 1.573 MB
/// linear.intensity     // 96 FLOP/byte
/// ```
///
/// Each operand is read once and the result written once: what a cache large enough for all three would leave. Real
/// kernels move more, so the intensity is an upper bound.
///
/// Invariant: the extents are zero or more, and the element sizes are finite and greater than zero.
public struct MatrixMultiply: Work {
  /// How many products there are, each of operands of its own.
  public let batch: Int

  /// M: rows of the left operand and of the result.
  public let rows: Int

  /// N: columns of the right operand and of the result.
  public let columns: Int

  /// K: the extent that is summed over.
  public let inner: Int

  /// Bytes per element of the left operand and the result: 4 for fp32, 0.5 for 4-bit formats.
  public let bytesPerElement: Double

  /// Bytes per element of the right operand: of weights in a format of their own.
  public let rightBytesPerElement: Double

  /// Creates a matrix multiply from its extents.
  ///
  /// - Parameters:
  ///   - batch: How many products; zero or more.
  ///   - rows: M; zero or more.
  ///   - columns: N; zero or more.
  ///   - inner: K; zero or more.
  ///   - bytesPerElement: The element size, finite and greater than zero.
  ///   - rightBytesPerElement: That of the right operand, where it has another.
  /// - Precondition: the values lie in these ranges.
  public init(
    batch: Int = 1, rows: Int, columns: Int, inner: Int, bytesPerElement: Double, rightBytesPerElement: Double? = nil
  ) {
    checkExtents([batch, rows, columns, inner], elementSize: bytesPerElement)
    checkExtents([], elementSize: rightBytesPerElement ?? bytesPerElement)
    self.batch = batch
    self.rows = rows
    self.columns = columns
    self.inner = inner
    self.bytesPerElement = bytesPerElement
    self.rightBytesPerElement = rightBytesPerElement ?? bytesPerElement
  }

  /// Two for each multiply-add, in any sort of number.
  @inlinable package static func operations<Number: Numeric>(
    batch: Number, rows: Number, columns: Number, inner: Number
  ) -> Number {
    2 * batch * rows * columns * inner
  }

  /// 2·M·N·K for each product: a multiply and an add per element of the result and step of the sum.
  public var operationCount: Int128 {
    Self.operations(batch: Int128(batch), rows: Int128(rows), columns: Int128(columns), inner: Int128(inner))
  }

  /// M·K + K·N + M·N elements of each product: both operands read once, the result written once.
  public var bytes: Bytes {
    let own = exactProduct([batch, rows, inner]) + exactProduct([batch, rows, columns])
    let right = exactProduct([batch, inner, columns])
    if rightBytesPerElement == bytesPerElement { return elementBytes(own + right, bytesPerElement) }
    return elementBytes(own, bytesPerElement) + elementBytes(right, rightBytesPerElement)
  }

  /// ``bytes`` under the name that says what it is.
  public var minimalBytes: Bytes { bytes }
}
