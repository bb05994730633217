import Roofline

/// Attention in one kernel: scores of queries and keys, their softmax, and the sums of values.
public struct AttentionShape: Hashable, Sendable {
  /// Sequences.
  public var batch: Double
  /// Heads of queries.
  public var heads: Double
  /// Heads of keys and values, each of which serves a group of the queries' heads.
  public var keyHeads: Double
  /// Queries of a sequence.
  public var queries: Double
  /// Keys of a sequence.
  public var keys: Double
  /// The width of a head: the mean of that of keys and that of values, where they differ.
  public var width: Double
  /// Whether a query attends to no key behind its own: the last query to all keys, each one before to one fewer.
  public var isCausal = false
  /// Whether a kernel before it writes the new keys and values into a cache, which then counts with it.
  public var writesCache = false
  /// Whether a compute unit takes all queries of a head at once, rather than a block of them.
  package var hasWholeHeads = false
  /// Whether the keys of one query may be split among compute units; a kernel that takes a mask does not.
  package var isSplit = true

  /// Attention of every query to every key.
  public init(
    batch: Double, heads: Double, keyHeads: Double, queries: Double, keys: Double, width: Double
  ) {
    self.batch = batch
    self.heads = heads
    self.keyHeads = keyHeads
    self.queries = queries
    self.keys = keys
    self.width = width
  }

  /// Whether the keys are what there is to split: one query, or a few over many keys.
  var isDecode: Bool { queries == 1 || (queries <= 64 && keys >= 8 * queries) }

  /// Keys that a query attends to, on average.
  package var keysOfQuery: Double { queries > 0 ? pairs / queries : keys }

  /// The pairs of a query and a key that it attends to, of one head.
  var pairs: Double { Attention.twicePairs(queries: queries, keys: keys, isCausal: isCausal) / 2 }

  /// Two for each multiply-add of both products.
  package var flops: Double {
    Attention.operations(batch: batch, heads: heads, pairs: pairs, width: width, valueWidth: width)
  }

  /// The product of queries and keys.
  package var asMatrix: MatrixShape { MatrixShape(batch: batch * heads, m: queries, n: keys, k: width) }
}
