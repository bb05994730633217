/// How a pass over memory goes about it, beside the bytes that it moves.
package struct PassShape: Hashable, Sendable {
  /// Blocks of threads, each of which goes over a row of its own; none where threads share the elements evenly.
  package var blocks = 0.0
  /// How often a block waits for memory or for its own threads, one time after the other.
  package var waits = 0.0
  /// Elements whose places are computed one by one: of operands that are broadcast, permuted or indexed.
  package var placed = 0.0
  /// Elements of rows that become columns, likewise.
  package var turned = 0.0
  /// Bytes that are read again, once a block has seen its whole row.
  package var readAgain = 0.0

  /// Threads share the elements evenly, and find them in order.
  package init() {}

  /// Rows of a normalization: sums over steps of some elements, then a step more for each to scale.
  ///
  /// - Parameters:
  ///   - rows: How many.
  ///   - width: Elements of one.
  ///   - centers: Whether a mean is found beside the squares.
  ///   - step: Elements that a row's threads take at once: 512 in PyTorch's kernels, 1,024 in engines' own (vLLM gives a
  ///     row as many threads; on an RTX 4090 its rows of 4,096 take 2.5 us, LLMServingSim's profiles).
  /// - Returns: How they are gone over.
  static func normalization(rows: Double, width: Double, centers: Bool, step: Double = 512) -> PassShape {
    let steps = (width / step).rounded(.up)
    return PassShape(blocks: rows, waits: centers ? 3 * (1 + steps) : 1 + 2 * steps)
  }

  /// Rows of a softmax: up to 1,024 elements stay with the 32 threads of a row, four rows in a block; longer ones are read
  /// for the largest, for the sum, and for the results.
  static func softmax(rows: Double, width: Double, bytesRead: Double) -> PassShape {
    if width <= 1024 { return PassShape(blocks: rows / 4, waits: (width / 32).rounded(.up) / 2) }
    return PassShape(blocks: rows, waits: 3 + 3 * (width / 4096).rounded(.up), readAgain: 2 * bytesRead)
  }

  /// Rows of a sum or an extremum, four in a block; a row of more than 4,096 elements has all threads of one.
  static func reduction(rows: Double, width: Double) -> PassShape {
    PassShape(blocks: rows / 4, waits: width <= 4096 ? 2.5 + width / 350 : 4 + width / 2200)
  }

  /// Rows of which the place of an extremum is found: pairs of a value and its place are compared one after the other.
  static func place(rows: Double, width: Double) -> PassShape {
    PassShape(blocks: rows / 8, waits: width <= 4096 ? 4 + width / 75 : 5 + width / 900)
  }

  /// Rows that a compiler's kernel looks at whole: it gives a row as many threads as it has elements, up to 4,096.
  static func compiled(rows: Double, width: Double) -> PassShape {
    PassShape(blocks: rows, waits: 1 + 2 * (width / 4096).rounded(.up))
  }

  /// Rows of a table, each where an index says, which is read before.
  static func look(rows: Double) -> PassShape { PassShape(blocks: rows, waits: 2) }

  private init(blocks: Double, waits: Double, readAgain: Double = 0) {
    self.blocks = blocks
    self.waits = waits
    self.readAgain = readAgain
  }

  /// The shape between two, each of whose sizes grows as told.
  static func between(_ low: PassShape, _ high: PassShape, _ mix: (Double, Double) -> Double) -> PassShape {
    var shape = low
    shape.blocks = mix(low.blocks, high.blocks)
    shape.waits = mix(low.waits, high.waits)
    shape.placed = mix(low.placed, high.placed)
    shape.turned = mix(low.turned, high.turned)
    shape.readAgain = mix(low.readAgain, high.readAgain)
    return shape
  }
}
