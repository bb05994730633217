import JSONText

/// What is fitted of fused attention.
///
/// An architecture has all of it but the rate, or its fused attention takes the equation of a product.
package struct AttentionEfficiency: Sendable, Equatable {
  /// FLOPs in a 16-bit format that a compute unit does in a clock in the products of attention; nil for its peak.
  package var flopsPerClock: Double?
  /// Exponentials that a compute unit does in a clock.
  package var exponentialsPerClock: Double?
  /// Time of filling and draining a block of queries, microseconds.
  package var blockUS: Double?
  /// Time of the kernel beside arithmetic and traffic, microseconds.
  package var fixedUS: Double?
  /// The generation of the kernels that libraries have: FlashAttention 2, 3 or 4.
  package var flashAttention: Double?
  /// Combining the results of a sequence's parts of the keys, in kernels as long as a product of nothing.
  package var combining: Double?

  /// None of them.
  package init() {}

  static let table: [OptionalConstant] = [
    OptionalConstant(
      key: "attention_flops_per_clock", keyPath: \.attention.flopsPerClock,
      domain: NumberDomain(.flopsPerClock, .between(1, 1_000_000)), meaning: "16-bit FLOPs per clock in attention",
      note: "of a unit, in the products; left out where that is the peak", family: .operands,
      trend: AcceleratorProfile.operandTrend),
    OptionalConstant(
      key: "exponentials_per_clock", keyPath: \.attention.exponentialsPerClock,
      domain: NumberDomain(.resultsPerClock, .between(0.01, 1e6)), meaning: "exponentials of a unit per clock",
      family: .operands),
    OptionalConstant(
      key: "attention_block_us", keyPath: \.attention.blockUS, domain: .kernelMicroseconds,
      meaning: "fill and drain of a block of queries"),
    OptionalConstant(
      key: "attention_fixed_us", keyPath: \.attention.fixedUS, domain: .kernelMicroseconds,
      meaning: "time of attention beside arithmetic and traffic", note: "without the gap to the next kernel"),
    OptionalConstant(
      key: "flash_attention", keyPath: \.attention.flashAttention,
      domain: NumberDomain(.count, .wholeBetween(2, 4), .threshold), meaning: "FlashAttention's generation",
      note: "of the kernels that libraries have"),
    OptionalConstant(
      key: "attention_combining", keyPath: \.attention.combining, domain: NumberDomain(.count, .between(0, 100)),
      meaning: "kernels that combine parts of the keys", note: "each as long as a product of nothing"),
  ]
}

extension AttentionEfficiency {
  /// The constants without which there is no such equation.
  package struct Fitted: Sendable, Equatable {
    /// Exponentials that a compute unit does in a clock.
    package let exponentialsPerClock: Double
    /// Time of filling and draining a block of queries, seconds.
    package let block: Double
    /// Time of the kernel beside arithmetic and traffic, seconds.
    package let fixed: Double
    /// The generation of the kernels.
    package let generation: Double
    /// Kernels that combine parts of the keys.
    package let combining: Double
  }

  /// These constants; nil where one of them is missing.
  package var fitted: Fitted? {
    guard let exponentialsPerClock, let blockUS, let fixedUS, let flashAttention, let combining else { return nil }
    return Fitted(
      exponentialsPerClock: exponentialsPerClock, block: blockUS * 1e-6, fixed: fixedUS * 1e-6,
      generation: flashAttention, combining: combining)
  }
}
