import SampleModels
import Testing
import Workloads

@testable import Kernels

/// Fused attention, counted by hand: a unit computes 10^9 FLOP/s in its products and as many exponentials.
@Suite("Fused attention") struct FlashAttentionTests {
  private func attention(_ generation: Double, units: Double = 4, block: Double = 0) -> FlashAttention {
    FlashAttention(
      generation: generation, rate: 1e9, exponentials: 1e9, waves: Waves(computeUnits: units, quantization: 0.5),
      block: block, combining: generation >= 3 ? 0.5 : 2)
  }

  private func shape(
    batch: Double = 1, heads: Double = 2, keyHeads: Double = 2, queries: Double, keys: Double, causal: Bool = false
  ) -> AttentionShape {
    var shape = AttentionShape(
      batch: batch, heads: heads, keyHeads: keyHeads, queries: queries, keys: keys, width: 60)
    shape.isCausal = causal
    return shape
  }

  /// A score: 4 x 64 FLOP, since widths are filled up to 16s, and an exponential.
  private let score = 257e-9

  private func isClose(_ left: Double, _ right: Double) -> Bool { abs(left - right) <= 1e-12 * abs(right) }

  @Test(arguments: [2.0, 3, 4], [1.0, 300]) func `to no keys computes nothing`(generation: Double, queries: Double) {
    let (product, parts) = attention(generation).time(of: shape(queries: queries, keys: 0))
    #expect(product.arithmetic == 0 && product.setup == 0 && parts == 1)
  }

  @Test func `goes in blocks of queries over all keys`() {
    // Two heads of two blocks of 128 queries: a wave of four; four steps of 64 keys.
    let time = attention(2, block: 1e-6).time(of: shape(queries: 256, keys: 256))
    #expect(isClose(time.product.arithmetic, 4 * 128 * 64 * score) && isClose(time.product.setup, 1e-6))
    #expect(time.parts == 1)
    // Six blocks are a wave and a half, and half of what its second lacks.
    let more = attention(2, block: 1e-6).time(of: shape(heads: 3, keyHeads: 3, queries: 256, keys: 256))
    #expect(isClose(more.product.setup, 1.75e-6) && isClose(more.product.arithmetic, 1.75 * 4 * 128 * 64 * score))
  }

  @Test func `gives a unit whole heads where an engine's kernels do, and never in later generations`() {
    var whole = shape(queries: 256, keys: 256)
    whole.hasWholeHeads = true
    // Two heads on four units: each goes over two tiles of queries, one after the other, and is filled once.
    let time = attention(2, block: 1e-6).time(of: whole)
    #expect(isClose(time.product.arithmetic, 2 * 4 * 128 * 64 * score) && isClose(time.product.setup, 1e-6))
    #expect(attention(3).time(of: whole).product == attention(3).time(of: shape(queries: 256, keys: 256)).product)
    whole.queries = 128
    #expect(attention(2).time(of: whole).product == attention(2).time(of: shape(queries: 128, keys: 256)).product)
  }

  @Test func `leaves out the keys that no query of a causal block sees`() {
    // Blocks of 64 queries: four of each head have 1, 2, 3 and 4 steps: two waves of 2.5.
    let causal = attention(2).time(of: shape(queries: 256, keys: 256, causal: true))
    #expect(isClose(causal.product.arithmetic, 2 * 2.5 * 64 * 64 * score))
    // Alone on its unit, the longest decides.
    let idle = attention(2, units: 100).time(of: shape(queries: 256, keys: 256, causal: true))
    #expect(isClose(idle.product.arithmetic, 4 * 64 * 64 * score))
    #expect(shape(queries: 4, keys: 10, causal: true).keysOfQuery == (7 + 8 + 9 + 10) / 4.0)
  }

  @Test func `splits the keys of one new query over idle units, two steps each`() {
    // Two blocks on eight units: four parts of two of eight steps.
    let decode = attention(2, units: 8).time(of: shape(queries: 1, keys: 1024))
    #expect(decode.parts == 4 && isClose(decode.product.arithmetic, 2 * 16 * 128 * score))
    let short = attention(2, units: 8).time(of: shape(queries: 1, keys: 128))
    #expect(short.parts == 1)
    let busy = attention(2, units: 8).time(of: shape(batch: 8, queries: 1, keys: 1024))
    #expect(busy.parts == 1)
  }

  @Test func `takes the heads of a group for rows of one block from the third generation on, and in decoding`() {
    let grouped = shape(heads: 8, keyHeads: 2, queries: 48, keys: 128)
    #expect(isClose(attention(3).time(of: grouped).product.arithmetic, 192 * 128 * score), "two blocks of 4 x 48 rows")
    #expect(isClose(attention(2).time(of: grouped).product.arithmetic, 2 * 2 * 128 * 64 * score), "eight of 48")
    let decode = shape(heads: 8, keyHeads: 2, queries: 1, keys: 128)
    #expect(isClose(attention(2).time(of: decode).product.arithmetic, 16 * 128 * score), "two of four rows")
  }

  @Test func `launches kernels beside itself`() {
    var decode = shape(batch: 2, heads: 8, keyHeads: 2, queries: 1, keys: 1024)
    #expect(attention(2).furtherKernels(decode, parts: 1) == 2, "copies of the grouped heads")
    #expect(attention(2).furtherKernels(decode, parts: 2) == 4 && attention(3).furtherKernels(decode, parts: 2) == 0.5)
    decode.writesCache = true
    #expect(attention(4).furtherKernels(decode, parts: 1) == 1)
    #expect(attention(2).furtherKernels(shape(queries: 1, keys: 1024), parts: 1) == 0)
    #expect(attention(2).hidesTraffic(shape(queries: 9, keys: 9)) && attention(3).hidesTraffic(decode))
    #expect(!attention(3).hidesTraffic(shape(queries: 9, keys: 9)))
  }

  // MARK: From operators

  @Test func `has the heads of keys that its operands have, and what its attributes say`() throws {
    func lowered(_ query: [Int64], _ key: [Int64], _ attributes: [String: Int64] = [:]) throws -> Kernel {
      let operation = Operator.make(
        "aten::scaled_dot_product_attention", [query, key, key], attributes.mapValues { [$0] })
      return try #require(Target.matrix().lower(operation).kernels.first)
    }
    var expected = AttentionShape(batch: 2, heads: 8, keyHeads: 2, queries: 4, keys: 10, width: 64)
    #expect(try lowered([2, 8, 4, 64], [2, 2, 10, 64]).work == .attention(expected))
    expected.isCausal = true
    expected.writesCache = true
    let causal = try lowered([2, 8, 4, 64], [2, 2, 10, 64], ["is_causal": 1, "writes_cache": 1])
    #expect(causal.work == .attention(expected) && causal.flops == 4 * 2 * 8 * 64 * 4 * 8.5)
    #expect(
      try lowered([8, 4, 64], [8, 10, 64]).work
        == .attention(AttentionShape(batch: 1, heads: 8, keyHeads: 8, queries: 4, keys: 10, width: 64)))
    #expect(
      try lowered([4, 64], [10, 64]).work
        == .attention(AttentionShape(batch: 1, heads: 1, keyHeads: 1, queries: 4, keys: 10, width: 64)))
  }
}
