/// A family of matrix multiplies that share their weights, B[K×N], while a batch supplies the rows of A.
///
/// ```swift
/// let linear = BatchedMatrixMultiply(rowsPerBatch: 1, columns: 4_096, inner: 4_096, bytesPerElement: 2)
/// let a100 = Roofline(peak: FLOPsPerSecond(teraflops: 312), bandwidth: BytesPerSecond(gigabytesPerSecond: 2_039))
/// linear.ridgeCrossing(on: a100)  // 166: at a batch of 166, no longer 165, the multiply is compute-bound
/// ```
///
/// With M = batch · `rowsPerBatch`, the intensity `2MNK / (e(MK + KN + MN))` grows with the batch toward
/// `2NK / (e(K + N))` and meets a ridge point R at
///
///     M = R·e·K·N / (2·N·K − R·e·(K + N))
///
/// where that limit is above R, and nowhere otherwise (solve the intensity for M; e is the element size in bytes).
///
/// Invariant: all extents are greater than zero, and the element size is finite and greater than zero.
public struct BatchedMatrixMultiply: Hashable, Sendable {
  /// Rows of A that one batch entry supplies: 1 for a decoder's single token, the sequence length for an encoder.
  public let rowsPerBatch: Int

  /// N: columns of the weights.
  public let columns: Int

  /// K: the extent that is summed over.
  public let inner: Int

  /// Bytes per element of all three matrices.
  public let bytesPerElement: Double

  /// Creates a family of matrix multiplies.
  ///
  /// - Parameters:
  ///   - rowsPerBatch: Rows that one batch entry supplies; greater than zero.
  ///   - columns: N; greater than zero.
  ///   - inner: K; greater than zero.
  ///   - bytesPerElement: The element size, finite and greater than zero.
  /// - Precondition: the values lie in these ranges.
  public init(rowsPerBatch: Int = 1, columns: Int, inner: Int, bytesPerElement: Double) {
    precondition(rowsPerBatch > 0 && columns > 0 && inner > 0, "a batched matrix multiply has no empty extent")
    precondition(bytesPerElement > 0 && bytesPerElement.isFinite, "an element has a size greater than zero")
    self.rowsPerBatch = rowsPerBatch
    self.columns = columns
    self.inner = inner
    self.bytesPerElement = bytesPerElement
  }

  /// The most rows at which a crossing is looked for.
  ///
  /// A crossing farther out lies so close to the limit intensity that a `Double` cannot tell neighboring batches apart.
  public static let rowLimit = 1 << 31

  /// The matrix multiply at one batch size.
  ///
  /// - Precondition: `batch` is zero or more, and `batch · rowsPerBatch` fits an `Int`.
  public func at(batch: Int) -> MatrixMultiply {
    MatrixMultiply(
      rows: batch * rowsPerBatch, columns: columns, inner: inner, bytesPerElement: bytesPerElement)
  }

  /// What the intensity approaches, and never reaches, as the batch grows: `2NK / (e(K + N))`.
  public var limitIntensity: ArithmeticIntensity {
    let (n, k) = (Double(columns), Double(inner))
    return ArithmeticIntensity(2 * n * k / (bytesPerElement * (k + n)))
  }

  /// The number of rows, in general not a whole number, at which the intensity equals the ridge point.
  ///
  /// - Returns: The closed form above; `nil` where the intensity stays below the ridge point at every batch.
  public func ridgeCrossingRows(on roofline: Roofline) -> Double? {
    let (n, k) = (Double(columns), Double(inner))
    let ridgeBytes = roofline.ridgePoint.value * bytesPerElement
    let margin = 2 * n * k - ridgeBytes * (k + n)
    return margin > 0 ? ridgeBytes * k * n / margin : nil
  }

  /// The smallest batch at which the matrix multiply is compute-bound.
  ///
  /// The closed form is rounded up and then compared with its neighbors by the roofline's own verdict, so that the
  /// answer is exact: `bound(at:)` says `.computeBound` at it and `.memoryBound` one below.
  ///
  /// - Returns: The batch, 1 or more; `nil` where no batch of at most `rowLimit` rows is compute-bound.
  /// - Complexity: O(1) but where the intensity is nearly flat at the crossing; there at most O(log `rowLimit`).
  public func ridgeCrossing(on roofline: Roofline) -> Int? {
    let largest = Self.rowLimit / rowsPerBatch
    guard let rows = ridgeCrossingRows(on: roofline), rows <= Double(Self.rowLimit), largest > 0 else { return nil }
    let estimate = min(largest, max(1, Int((rows / Double(rowsPerBatch)).rounded(.up))))
    let crosses = { (batch: Int) in roofline.bound(at: at(batch: batch).intensity) == .computeBound }
    return firstIndex(near: estimate, limit: largest, where: crosses)
  }
}

/// The least index from 1 to `limit` at which a condition that never turns false again holds.
///
/// The search widens from the estimate by doubling steps until it holds the change, then halves: a right estimate costs
/// two evaluations.
private func firstIndex(near estimate: Int, limit: Int, where holds: (Int) -> Bool) -> Int? {
  var (below, found, step) = (estimate - 1, estimate, 1)
  while found <= limit, !holds(found) { (below, found, step) = (found, found + step, step * 2) }
  if found > limit {
    guard below < limit, holds(limit) else { return nil }
    found = limit
  }
  step = 1
  while below > 0, holds(below) { (found, below, step) = (below, max(0, below - step), step * 2) }
  while found - below > 1 {
    let middle = below + (found - below) / 2
    if holds(middle) { found = middle } else { below = middle }
  }
  return found
}
