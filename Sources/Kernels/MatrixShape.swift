import Roofline

/// A batched matrix product: `batch` times (m x k) by (k x n).
public struct MatrixShape: Hashable, Sendable {
  /// Independent products.
  public var batch: Double
  /// Rows of the result.
  public var m: Double
  /// Columns of the result.
  public var n: Double
  /// Terms of each sum.
  public var k: Double
  /// Whether sums are kept in the format of the operands, as a library may be asked to; else in single precision.
  package var sumsInFormat = false

  /// A batched product.
  public init(batch: Double = 1, m: Double, n: Double, k: Double) {
    self.batch = batch
    self.m = m
    self.n = n
    self.k = k
  }

  /// Two for each multiply-add.
  public var flops: Double { MatrixMultiply.operations(batch: batch, rows: m, columns: n, inner: k) }
}
