import JSONText

/// What kernels reach of a device's data-sheet peaks, and the fixed costs of a kernel.
///
/// These are the constants of the calibrated kernel model. Each has a physical meaning; an architecture family has
/// defaults for all of them, and an accelerator may override any.
public struct DeviceEfficiency: Sendable, Equatable {
  /// FLOPs in a 16-bit format for which a compute unit's operand path can feed its matrix units each clock.
  ///
  /// Half as many in a format of twice the width. What the units themselves can do is the data sheet's peak.
  package var matrixFLOPsPerClock = 0.0
  /// Sustained fraction of the vector units' single-precision peak in matrix products.
  package var vector = 0.0
  /// Rate of half-precision products on devices that compute them in single precision, relative to single precision:
  /// half the operands.
  package var vectorHalf = 0.0
  /// Sustained fraction of the memory bandwidth in streaming kernels.
  package var memory = 0.0
  /// Bandwidth at which matrix products draw their operands, relative to streaming kernels.
  package var matrixMemory = 0.0
  /// The multiple of which channels and inner dimensions must be for the matrix units; 0 where there are none.
  package var matrixAlignment = 0.0
  /// Rate of the matrix units on operands that do not align but come in pairs, relative to aligned ones.
  package var matrixUnaligned = 0.0
  /// How much slower a tile of a matrix product gets with each operand more that it fetches for a result: the weight of
  /// 1/rows + 1/columns.
  package var operandCost = 0.0
  /// Time that filling and draining a tile's pipeline adds, microseconds.
  package var tileSetupUS = 0.0
  /// How much of an unfilled last wave is lost: 1 = blocks never share a compute unit, 0 = they share perfectly.
  package var waveQuantization = 0.0
  /// Time of a kernel that does nothing, microseconds.
  package var kernelFixedUS = 0.0
  /// Rate of an implicit-GEMM convolution relative to a matrix product of the same shape.
  package var convolution = 0.0
  /// Fraction of the vector peak that a fused Winograd convolution reaches, after its savings.
  package var winograd = 0.0
  /// Fraction of the vector peak that a depthwise convolution reaches.
  package var depthwise = 0.0
  /// Bandwidth of reductions and normalizations relative to streaming kernels.
  package var reduction = 0.0
  /// What an architecture says of kernels that load operands ahead, and of the power that they draw.
  package var pipeline = PipelineEfficiency()
  /// What it says of fused attention.
  package var attention = AttentionEfficiency()
  /// What it says of passes over memory.
  package var passes = PassEfficiency()
  /// What it says of the rows that passes go over.
  package var rows = RowEfficiency()

  /// All zero, to be filled from a family's file: the code holds no constants.
  public init() {}

  private struct Field: Sendable {
    let key: String
    let keyPath: any WritableKeyPath<DeviceEfficiency, Double> & Sendable
    let domain: NumberDomain
    let meaning: String
    var note = ""
    var affects: NumberEffect = .device
    var family = NumberFamily.none
    var trend = NumberTrend.none
  }

  private static let table: [Field] = [
    Field(
      key: "matrix_flops_per_clock", keyPath: \.matrixFLOPsPerClock,
      domain: NumberDomain(.flopsPerClock, .between(1, 1_000_000)),
      meaning: "16-bit FLOPs that a unit's operands allow per clock", family: .operands,
      trend: AcceleratorProfile.operandTrend),
    Field(
      key: "vector", keyPath: \.vector, domain: .fraction(0.001, 2), meaning: "sustained fraction of the vector peak",
      note: "in fp32, in a full wave of the best tile"),
    Field(
      key: "vector_half", keyPath: \.vectorHalf, domain: .ratio(0.1, 4),
      meaning: "half-precision products computed in single, relative"),
    Field(
      key: "memory", keyPath: \.memory, domain: .fraction(0.001, 1.5), meaning: "sustained fraction of the bandwidth",
      note: "by streaming kernels"),
    Field(
      key: "matrix_memory", keyPath: \.matrixMemory, domain: .ratio(0.001, 2),
      meaning: "bandwidth of matrix products, relative", note: "to streaming kernels"),
    Field(
      key: "matrix_alignment", keyPath: \.matrixAlignment, domain: .alignment,
      meaning: "elements that the matrix units align to; 0 = none", affects: [.device, .plan]),
    Field(
      key: "matrix_unaligned", keyPath: \.matrixUnaligned, domain: .ratio(0.001, 1),
      meaning: "rate on operands that do not align, relative", note: "on even dimensions"),
    Field(
      key: "operand_cost", keyPath: \.operandCost, domain: NumberDomain(.elements, .between(0, 1000)),
      meaning: "slow-down of small tiles"),
    Field(
      key: "tile_setup_us", keyPath: \.tileSetupUS, domain: .kernelMicroseconds,
      meaning: "pipeline fill and drain of a tile"),
    Field(
      key: "wave_quantization", keyPath: \.waveQuantization, domain: .fraction(0, 1),
      meaning: "share of an unfilled wave lost"),
    Field(
      key: "kernel_fixed_us", keyPath: \.kernelFixedUS, domain: .kernelMicroseconds,
      meaning: "time of an empty kernel"),
    Field(
      key: "convolution", keyPath: \.convolution, domain: .ratio(0.001, 2),
      meaning: "convolution relative to a matrix product", note: "of its shape"),
    Field(
      key: "winograd", keyPath: \.winograd, domain: .fraction(0.001, 2),
      meaning: "fraction of the vector peak in Winograd"),
    Field(
      key: "depthwise", keyPath: \.depthwise, domain: .fraction(0.001, 2), meaning: "vector peak share, depthwise"),
    Field(
      key: "reduction", keyPath: \.reduction, domain: .ratio(0.001, 2), meaning: "bandwidth of reductions, relative",
      note: "to streaming kernels"),
  ]

  /// The constants that an architecture may leave out, but none without the others.
  package static let companions: [[String]] = [
    ["matrix_step_clocks", "split_us"],
    ["matrix_fixed_us", "cache_bytes_per_clock", "overlap", "cache_kept", "cache_lost"],
    ["energy_pj_per_flop", "narrow_energy", "arithmetic_power"], ["idle_power", "energy_pj_per_byte"],
    PassEfficiency.table.map(\.key) + RowEfficiency.table.map(\.key),
    ["exponentials_per_clock", "attention_block_us", "attention_fixed_us", "flash_attention", "attention_combining"],
  ]

  /// The group of these constants in a file.
  static let group = "efficiency"

  /// The fields of a profile that carries these constants in its member `efficiency`.
  static func fields<Profile>(
    _ base: any WritableKeyPath<Profile, DeviceEfficiency> & Sendable
  ) -> [ProfileField<Profile>] {
    table.map { field in
      ProfileField(
        "\(group).\(field.key)", field.domain, field.meaning, note: field.note, affects: field.affects,
        family: field.family, trend: field.trend, isShared: true,
        read: { $0[keyPath: base][keyPath: field.keyPath] },
        write: { $0[keyPath: base][keyPath: field.keyPath] = $1 })
    }
      + [PipelineEfficiency.table, AttentionEfficiency.table, PassEfficiency.table, RowEfficiency.table].joined().map {
        $0.field(base)
      }
  }
}

/// A constant that an architecture may leave out.
struct OptionalConstant: Sendable {
  let key: String
  let keyPath: any WritableKeyPath<DeviceEfficiency, Double?> & Sendable
  let domain: NumberDomain
  let meaning: String
  var note = ""
  var affects: NumberEffect = .device
  var family = NumberFamily.none
  var trend = NumberTrend.none

  /// The field of a profile that carries the constant among its efficiencies.
  func field<Profile>(
    _ base: any WritableKeyPath<Profile, DeviceEfficiency> & Sendable
  ) -> ProfileField<Profile> {
    let keyPath = keyPath
    return ProfileField(
      "\(DeviceEfficiency.group).\(key)", domain, meaning, note: note, required: false, affects: affects,
      family: family, trend: trend, isShared: true, read: { $0[keyPath: base][keyPath: keyPath] },
      write: { $0[keyPath: base][keyPath: keyPath] = $1 })
  }
}
