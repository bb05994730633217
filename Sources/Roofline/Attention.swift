/// Attention: scores of queries and keys, their softmax, and the sums of values that they weigh.
///
/// ```swift
/// let decode = Attention(batch: 32, heads: 32, keyHeads: 8, queries: 1, keys: 4_096, width: 128, bytesPerElement: 2)
/// decode.flops  // 4 · 32 · 32 · 1 · 4096 · 128 = 2.147 GFLOP
/// decode.bytes  // the cache once, and the queries and results: 538 MB
/// ```
///
/// The operations are those of the two products. The softmax between them is ``softmaxOperationCount``, which most counts
/// leave out, as do this one's.
public struct Attention: Work {
  /// Sequences.
  public let batch: Int
  /// Heads of queries.
  public let heads: Int
  /// Heads of keys and values, each of which serves as many of the queries' heads.
  public let keyHeads: Int
  /// Queries of a sequence.
  public let queries: Int
  /// Keys of a sequence.
  public let keys: Int
  /// The width of a head of queries and keys.
  public let width: Int
  /// The width of a head of values and results.
  public let valueWidth: Int
  /// Whether no query attends to a key behind its own: the last query to all keys, each one before it to one fewer.
  public let isCausal: Bool
  /// Bytes per element of all tensors.
  public let bytesPerElement: Double

  /// Creates attention.
  ///
  /// - Parameters:
  ///   - batch: Sequences; zero or more.
  ///   - heads: Heads of queries; a multiple of `keyHeads`.
  ///   - keyHeads: Heads of keys and values; as many as `heads` where none are given.
  ///   - queries: Queries of a sequence; zero or more.
  ///   - keys: Keys of a sequence; zero or more.
  ///   - width: The width of a head.
  ///   - valueWidth: That of values, where it is another.
  ///   - isCausal: Whether the scores are a triangle.
  ///   - bytesPerElement: The element size, finite and greater than zero.
  /// - Precondition: the values lie in these ranges.
  public init(
    batch: Int, heads: Int, keyHeads: Int? = nil, queries: Int, keys: Int, width: Int, valueWidth: Int? = nil,
    isCausal: Bool = false, bytesPerElement: Double
  ) {
    self.batch = batch
    self.heads = heads
    self.keyHeads = keyHeads ?? heads
    self.queries = queries
    self.keys = keys
    self.width = width
    self.valueWidth = valueWidth ?? width
    self.isCausal = isCausal
    self.bytesPerElement = bytesPerElement
    checkExtents(
      [batch, heads, self.keyHeads, queries, keys, width, self.valueWidth], elementSize: bytesPerElement)
    precondition(heads == 0 || self.keyHeads > 0 && heads % self.keyHeads == 0, "each head of keys serves as many")
  }

  /// The pairs of a query and a key that it attends to, of one head.
  ///
  /// Causal, with no fewer keys than queries: query i of q attends to k − q + i keys, which sum to q·k − q·(q − 1) / 2.
  /// With fewer, only the last k queries attend to any: k·(k + 1) / 2. The two meet where q is k.
  public var pairs: Int128 {
    Self.twicePairs(queries: Int128(queries), keys: Int128(keys), isCausal: isCausal) / 2
  }

  /// Twice the pairs of a head, in any sort of number: a sum of whole numbers and halves stays whole.
  @inlinable package static func twicePairs<Number: Numeric & Comparable>(
    queries: Number, keys: Number, isCausal: Bool
  ) -> Number {
    guard isCausal else { return 2 * queries * keys }
    return queries <= keys ? 2 * queries * keys - queries * (queries - 1) : keys * (keys + 1)
  }

  /// Two for each multiply-add of both products, in any sort of number.
  @inlinable package static func operations<Number: Numeric>(
    batch: Number, heads: Number, pairs: Number, width: Number, valueWidth: Number
  ) -> Number {
    2 * batch * heads * pairs * (width + valueWidth)
  }

  /// 2·batch·heads·pairs·(width + value width).
  public var operationCount: Int128 {
    Self.operations(
      batch: Int128(batch), heads: Int128(heads), pairs: pairs, width: Int128(width), valueWidth: Int128(valueWidth))
  }

  /// The softmax's operations: five for each pair, as ``Softmax`` counts them.
  public var softmaxOperationCount: Int128 {
    exactProduct([batch, heads]) * pairs * Int128(Softmax.operationsPerElement)
  }

  /// Queries, keys, values and results once, in one kernel that keeps the scores on the chip.
  public var bytes: Bytes { elementBytes(tensorElements, bytesPerElement) }

  /// The same with three kernels, between which the scores go to memory: written, read, written as weights, and read.
  ///
  /// All scores do, also those that a mask leaves out.
  public var unfusedBytes: Bytes {
    elementBytes(tensorElements + 4 * exactProduct([batch, heads, queries, keys]), bytesPerElement)
  }

  private var tensorElements: Int128 {
    exactProduct([batch, heads, queries, width]) + exactProduct([batch, keyHeads, keys, width])
      + exactProduct([batch, keyHeads, keys, valueWidth]) + exactProduct([batch, heads, queries, valueWidth])
  }
}
