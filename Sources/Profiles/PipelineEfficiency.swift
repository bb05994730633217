import JSONText

/// What is fitted of kernels that load their operands ahead of the arithmetic: matrix products and fused attention.
///
/// An architecture has all that ``Fitted`` needs, or its products take the equation of tiles with set-ups.
package struct PipelineEfficiency: Sendable, Equatable {
  /// Energy of a FLOP in a 16-bit format at the board's limit, picojoules; nil where power limits nothing.
  package var energyPJPerFLOP: Double?
  /// Energy of a FLOP in a format of one byte, relative to that.
  package var narrowEnergy: Double?
  /// Energy of a FLOP of single precision on the vector units at the board's limit, picojoules; nil where power limits none.
  package var vectorEnergyPJPerFLOP: Double?
  /// The share of the board's power that arithmetic may draw.
  package var arithmeticPower: Double?
  /// The share of the board's power that it draws whatever it does, also while no kernel runs.
  package var idlePower: Double?
  /// Energy of a byte that comes from memory or goes there, picojoules.
  package var energyPJPerByte: Double?
  /// Bytes of operands that a compute unit gets in a clock; nil where bulk copies keep up with the arithmetic.
  package var operandBytesPerClock: Double?
  /// Clocks of the shortest iteration of a tile's main loop, 64 terms of 16 bits: its latency over its stages.
  package var matrixStepClocks: Double?
  /// Rate of products whose operands align to pairs of elements but no further, relative; nil where that costs nothing.
  package var matrixPairs: Double?
  /// Time of bringing an operand into a narrower format by a scale that is found first, microseconds, beside its traffic.
  package var quantizationUS: Double?
  /// Bytes that this reads and writes for each element: 16 bits are read twice, once for the scale, and a byte is written; the
  /// product's own reading of it counts with the product.
  package var quantizedBytes: Double?
  /// Time that a sum in parts adds, microseconds.
  package var splitUS: Double?
  /// Time of a product beside arithmetic and traffic, microseconds: its start, its first operands, its epilogue.
  package var matrixFixedUS: Double?
  /// Bytes that a compute unit exchanges with the last-level cache in a clock.
  package var cacheBytesPerClock: Double?
  /// Bytes that a compute unit loads from memory in a clock at most; nil where memory is what limits.
  package var loadBytesPerClock: Double?
  /// The exponent by which arithmetic and traffic overlap: 1 not at all, infinity perfectly.
  package var overlap: Double?
  /// The share of the last-level cache up to which all of some data stay in it.
  package var cacheKept: Double?
  /// The share of the last-level cache from which on nothing of it stays.
  package var cacheLost: Double?

  /// None of them.
  package init() {}

  static let table: [OptionalConstant] = [
    OptionalConstant(
      key: "energy_pj_per_flop", keyPath: \.pipeline.energyPJPerFLOP,
      domain: NumberDomain(.picojoules, .between(1e-9, 1e6)),
      meaning: "energy of a 16-bit FLOP at the power limit",
      trend: .following([], over: [AcceleratorProfile.leadingPeak])),
    OptionalConstant(
      key: "narrow_energy", keyPath: \.pipeline.narrowEnergy, domain: .ratio(0.01, 4),
      meaning: "energy of a FLOP in 8 bits, relative", note: "to one in 16 bits"),
    OptionalConstant(
      key: "vector_energy_pj_per_flop", keyPath: \.pipeline.vectorEnergyPJPerFLOP,
      domain: NumberDomain(.picojoules, .between(1e-9, 1e6)),
      meaning: "energy of a vector FLOP at the power limit", note: "in fp32; left out where none is reached",
      trend: .following([], over: [AcceleratorProfile.leadingPeak])),
    OptionalConstant(
      key: "arithmetic_power", keyPath: \.pipeline.arithmeticPower, domain: .fraction(0.01, 1),
      meaning: "share of the board's power for arithmetic"),
    OptionalConstant(
      key: "idle_power", keyPath: \.pipeline.idlePower, domain: .fraction(0, 1),
      meaning: "share of the board's power that is always drawn", note: "also while no kernel runs"),
    OptionalConstant(
      key: "energy_pj_per_byte", keyPath: \.pipeline.energyPJPerByte,
      domain: NumberDomain(.picojoules, .between(0, 1e6)), meaning: "energy of a byte to or from memory"),
    OptionalConstant(
      key: "operand_bytes_per_clock", keyPath: \.pipeline.operandBytesPerClock, domain: .bytesPerClock,
      meaning: "bytes of operands that a unit gets per clock", note: "left out where bulk copies keep up",
      family: .operands, trend: AcceleratorProfile.operandTrend),
    OptionalConstant(
      key: "matrix_step_clocks", keyPath: \.pipeline.matrixStepClocks, domain: NumberDomain(.clocks, .between(0, 1e6)),
      meaning: "shortest iteration of a tile's main loop", note: "over 64 terms of 16 bits"),
    OptionalConstant(
      key: "matrix_pairs", keyPath: \.pipeline.matrixPairs, domain: .fraction(0.001, 1),
      meaning: "rate of products that align to pairs only", note: "relative; left out where pairs are enough"),
    OptionalConstant(
      key: "quantization_us", keyPath: \.pipeline.quantizationUS, domain: .kernelMicroseconds,
      meaning: "time of scaling an operand to a narrow format", note: "beside its traffic: three kernels"),
    OptionalConstant(
      key: "quantized_bytes", keyPath: \.pipeline.quantizedBytes, domain: NumberDomain(.bytes, .between(0, 1e3)),
      meaning: "traffic of scaling an operand to a narrow format", note: "of each element; 0 if left out"),
    OptionalConstant(
      key: "split_us", keyPath: \.pipeline.splitUS, domain: .kernelMicroseconds,
      meaning: "time that a sum in parts adds"),
    OptionalConstant(
      key: "matrix_fixed_us", keyPath: \.pipeline.matrixFixedUS, domain: .kernelMicroseconds,
      meaning: "time of a product beside arithmetic and traffic", note: "without the gap to the next kernel"),
    OptionalConstant(
      key: "cache_bytes_per_clock", keyPath: \.pipeline.cacheBytesPerClock, domain: .bytesPerClock,
      meaning: "bytes between a unit and the last-level cache", note: "in a clock", family: .bandwidth,
      trend: .following(["memory.bandwidth_gb_per_s"], over: ["compute_units", "clock_ghz"])),
    OptionalConstant(
      key: "load_bytes_per_clock", keyPath: \.pipeline.loadBytesPerClock, domain: .bytesPerClock,
      meaning: "bytes that a unit loads from memory per clock", note: "at most; left out where memory is slower",
      family: .bandwidth, trend: .following(["memory.bandwidth_gb_per_s"], over: ["compute_units", "clock_ghz"])),
    OptionalConstant(
      key: "overlap", keyPath: \.pipeline.overlap, domain: NumberDomain(.ratio, .between(1, 100)),
      meaning: "exponent by which arithmetic and traffic overlap", note: "1: not at all"),
    OptionalConstant(
      key: "cache_kept", keyPath: \.pipeline.cacheKept, domain: .fraction(0, 4),
      meaning: "share of the last-level cache that keeps all"),
    OptionalConstant(
      key: "cache_lost", keyPath: \.pipeline.cacheLost, domain: .fraction(0, 8),
      meaning: "share of the last-level cache that keeps nothing", note: "of data as large as that"),
  ]
}

extension PipelineEfficiency {
  /// The constants without which there is no such equation.
  package struct Fitted: Sendable, Equatable {
    /// Clocks of the shortest iteration of a tile's main loop; nil where only attention takes such an equation.
    package let matrixStepClocks: Double?
    /// Time that a sum in parts adds, seconds; likewise.
    package let split: Double?
    /// Time of a product beside arithmetic and traffic, seconds.
    package let matrixFixed: Double
    /// Bytes between a unit and the last-level cache in a clock.
    package let cacheBytesPerClock: Double
    /// The exponent by which arithmetic and traffic overlap.
    package let overlap: Double
    /// The shares of the last-level cache up to which all stays, and from which on nothing does.
    package let cacheKept, cacheLost: Double
  }

  /// These constants; nil where one of them is missing.
  package var fitted: Fitted? {
    guard let matrixFixedUS, let cacheBytesPerClock, let overlap, let cacheKept,
      let cacheLost
    else { return nil }
    return Fitted(
      matrixStepClocks: matrixStepClocks, split: splitUS.map { $0 * 1e-6 }, matrixFixed: matrixFixedUS * 1e-6,
      cacheBytesPerClock: cacheBytesPerClock, overlap: overlap, cacheKept: cacheKept, cacheLost: cacheLost)
  }
}
