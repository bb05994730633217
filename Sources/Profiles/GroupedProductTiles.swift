/// How an engine's own kernels compute products of several groups of rows with a matrix each: the experts of a layer.
///
/// Each group's rows are cut into blocks, and the last block of each is filled up. Kernels written in Triton fetch rows by
/// their index and load operands with the threads that multiply, so they reach less of the peak than a library's, and
/// neither arithmetic nor traffic hides the other whole.
package struct GroupedProductTiles: Sendable, Hashable {
  /// The share of the peak that full blocks reach; 0 where the library's kernels compute them.
  package var peakFraction = 0.0
  /// The most rows in a block; with fewer in a group, the next power of two, and 16 at least.
  package var blockRows = 64.0
  /// The exponent by which arithmetic and traffic overlap: 1 not at all, infinity perfectly.
  package var overlap = 2.0

  /// A library's kernels.
  package init() {}

  /// Whether the engine has kernels of its own.
  package var isOwn: Bool { peakFraction > 0 }

  /// Rows that are multiplied for so many in a group: half a block more in the mean, whatever the remainder.
  package func filled(_ rows: Double) -> Double {
    var block = 16.0
    while block < blockRows, block < rows { block *= 2 }
    return rows + min(block, blockRows) / 2
  }
}
