/// The time of fused attention that keeps scores on chip: blocks of queries, each of which goes over all keys.
///
/// Dao, "FlashAttention-2: Faster Attention with Better Parallelism and Work Partitioning", ICLR 2024; Shah et al.,
/// "FlashAttention-3: Fast and Accurate Attention with Asynchrony and Low-precision", NeurIPS 2024.
struct FlashAttention: Sendable {
  /// The generation of the kernels: 2, 3 or 4.
  let generation: Double
  /// FLOP/s of one compute unit in the two products.
  let rate: Double
  /// Exponentials per second of one compute unit.
  let exponentials: Double
  /// Compute units.
  let waves: Waves
  /// Seconds of filling and draining a block.
  let block: Double
  /// Kernels that combine parts of the keys.
  let combining: Double

  /// What the arithmetic takes, and into how many parts the keys of a block are split.
  func time(of shape: AttentionShape) -> (product: ProductTime, parts: Double) {
    let tile = tile(of: shape)
    let (heads, queries) = packs(shape) ? (shape.keyHeads, shape.queries * group(shape)) : (shape.heads, shape.queries)
    let ofHead = (queries / tile.rows).rounded(.up)
    // A kernel of the second generation whose blocks are heads goes over their queries one tile after the other.
    let turns = shape.hasWholeHeads && generation < 3 ? ofHead : 1
    let blocks = shape.batch * heads * ofHead / turns
    let steps = (shape.keys / tile.columns).rounded(.up) * turns
    let parts = isDecode(shape) && shape.isSplit ? keyParts(blocks: blocks, steps: steps) : 1
    let longest = (steps / parts).rounded(.up)
    let waves = waves.count(load: waves.load(blocks * parts))
    let scores = max(waves * meanSteps(shape, tile, longest, of: steps), longest) * tile.rows * tile.columns
    return (ProductTime(arithmetic: scores * score(width: shape.width), setup: waves * block), parts)
  }

  /// Kernels beside the attention itself, each as long as a product of nothing.
  ///
  /// Parts of the keys are combined: by two kernels in the second generation, later by blocks that wait for the rest. That
  /// generation also copies queries and results of grouped heads, to take a group for a sequence.
  func furtherKernels(_ shape: AttentionShape, parts: Double) -> Double {
    var kernels = parts > 1 ? combining : 0
    let copies = group(shape) > 1 && shape.keyHeads > 1 && shape.batch > 1
    if generation < 3, isDecode(shape), copies { kernels += 2 }
    return kernels + (shape.writesCache ? 1 : 0)
  }

  /// Whether loads and stores of one block run beside the arithmetic of others: one large block on a unit hides nothing.
  func hidesTraffic(_ shape: AttentionShape) -> Bool { generation < 3 || isDecode(shape) }

  /// One new query for each sequence, or a few over a long cache: guesses that are checked, the rest of a prompt.
  private func isDecode(_ shape: AttentionShape) -> Bool { shape.isDecode }

  private func group(_ shape: AttentionShape) -> Double { shape.heads / shape.keyHeads }

  /// Whether the heads that share keys are rows of one block.
  private func packs(_ shape: AttentionShape) -> Bool { isDecode(shape) || generation >= 3 }

  /// Queries and keys of a block.
  private func tile(of shape: AttentionShape) -> TileSet.Tile {
    if isDecode(shape) { return TileSet.Tile(rows: 16, columns: 128) }
    if generation >= 4 { return TileSet.Tile(rows: 256, columns: 128) }
    if generation >= 3 { return TileSet.Tile(rows: 192, columns: 128) }
    return TileSet.Tile(rows: shape.isCausal ? 64 : 128, columns: 64)
  }

  /// Into how many parts the keys go, so that every unit has one: of two steps each at least, and one where there are none.
  private func keyParts(blocks: Double, steps: Double) -> Double {
    max(1, min((waves.computeUnits / blocks).rounded(.down), (steps / 2).rounded(.up)))
  }

  /// Steps of a block on average; causal, the first blocks have fewer than the last.
  private func meanSteps(
    _ shape: AttentionShape, _ tile: TileSet.Tile, _ longest: Double, of steps: Double
  ) -> Double {
    guard shape.isCausal, steps > 1 else { return longest }
    let diagonal = (shape.queries / tile.columns).rounded(.up) - max(1, tile.rows / tile.columns)
    return longest - max(0, diagonal) / 2
  }

  /// Seconds of a score on a unit: its part of both products, and its exponential.
  private func score(width: Double) -> Double { 4 * 16 * (width / 16).rounded(.up) / rate + 1 / exponentials }
}
