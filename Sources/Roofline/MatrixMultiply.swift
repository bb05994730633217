/// The work of one matrix multiply, C[M×N] = A[M×K] · B[K×N], at its least memory traffic.
///
/// ```swift
/// let linear = MatrixMultiply(rows: 128, columns: 768, inner: 768, bytesPerElement: 2)
/// linear.flops         // 2 · 128 · 768 · 768 = 151 MFLOP
/// linear.minimalBytes  // 2 · (128 · 768 + 768 · 768 + 128 · 768) = 1.573 MB
/// linear.intensity     // 96 FLOP/byte
/// ```
///
/// Each operand is read once and the result written once: what a cache large enough for all three would leave. Real
/// kernels move more, so the intensity is an upper bound and the crossing below a lower bound on the batch.
///
/// Invariant: the extents are zero or more, and the element size is finite and greater than zero.
public struct MatrixMultiply: Hashable, Sendable {
  /// M: rows of the left operand and of the result.
  public let rows: Int

  /// N: columns of the right operand and of the result.
  public let columns: Int

  /// K: the extent that is summed over.
  public let inner: Int

  /// Bytes per element of all three matrices: 4 for fp32, 0.5 for 4-bit formats.
  public let bytesPerElement: Double

  /// Creates a matrix multiply from its extents.
  ///
  /// - Parameters:
  ///   - rows: M; zero or more.
  ///   - columns: N; zero or more.
  ///   - inner: K; zero or more.
  ///   - bytesPerElement: The element size, finite and greater than zero.
  /// - Precondition: the values lie in these ranges.
  public init(rows: Int, columns: Int, inner: Int, bytesPerElement: Double) {
    precondition(rows >= 0 && columns >= 0 && inner >= 0, "a matrix has no negative extent")
    precondition(bytesPerElement > 0 && bytesPerElement.isFinite, "an element has a size greater than zero")
    self.rows = rows
    self.columns = columns
    self.inner = inner
    self.bytesPerElement = bytesPerElement
  }

  /// 2·M·N·K: a multiply and an add per element of the result and step of the sum.
  public var flops: FLOPs { FLOPs(2 * Double(rows) * Double(columns) * Double(inner)) }

  /// M·K + K·N + M·N elements: both operands read once, the result written once.
  public var minimalBytes: Bytes {
    let (m, n, k) = (Double(rows), Double(columns), Double(inner))
    return Bytes(bytesPerElement * (m * k + k * n + m * n))
  }

  /// FLOPs per byte at the least traffic: an upper bound on what a kernel attains.
  public var intensity: ArithmeticIntensity { flops / minimalBytes }
}
