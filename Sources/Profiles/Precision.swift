/// A number format in which tensors are stored and multiplied.
public enum Precision: String, CaseIterable, Sendable, Hashable, Comparable {
  /// IEEE double precision.
  case fp64
  /// IEEE single precision.
  case fp32
  /// Stored as single precision, multiplied with a 10-bit mantissa (NVIDIA, from Ampere).
  case tf32
  /// IEEE half precision.
  case fp16
  /// Half the bits of single precision, with its range.
  case bf16
  /// Eight-bit floating point (E4M3 or E5M2).
  case fp8
  /// Eight-bit integers.
  case int8
  /// Four-bit integers with a scale and a zero for each group of 64.
  case int4
  /// Four-bit floating point (E2M1) with an eight-bit scale for each 16 (NVIDIA, from Blackwell).
  case nvfp4
  /// The same with a scale for each 32 (OCP Microscaling Formats, version 1.0).
  case mxfp4

  /// The formats that a simulation can be asked for.
  public static let selectable: [Precision] = [.fp32, .tf32, .fp16, .bf16, .int8, .fp8]

  /// The formats that weights alone may have.
  package static let ofWeights: [Precision] = [.fp16, .bf16, .fp8, .int8, .int4, .nvfp4, .mxfp4]

  /// The formats that a cache of keys and values may have.
  package static let ofCaches: [Precision] = [.fp16, .bf16, .fp8, .int8]

  /// Bytes that one element takes in memory, its share of the scales included.
  public var bytesPerElement: Double {
    switch self {
    case .fp64: 8
    case .fp32, .tf32: 4
    case .fp16, .bf16: 2
    case .fp8, .int8: 1
    case .int4, .nvfp4: 0.5 + 0.0625
    case .mxfp4: 0.5 + 0.03125
    }
  }

  /// The formats that can carry this one's arithmetic, this one first: what a device without units for it computes in.
  public var widenings: [Precision] {
    switch self {
    case .fp64: [.fp64]
    case .fp32: [.fp32]
    case .tf32: [.tf32, .fp32]
    case .fp16: [.fp16, .fp32]
    case .bf16: [.bf16, .tf32, .fp32]
    case .fp8: [.fp8, .bf16, .fp16, .fp32]
    case .int8: [.int8, .bf16, .fp16, .fp32]
    case .int4: [.int4, .bf16, .fp16, .fp32]
    case .nvfp4: [.nvfp4, .fp8, .bf16, .fp16, .fp32]
    case .mxfp4: [.mxfp4, .nvfp4, .fp8, .bf16, .fp16, .fp32]
    }
  }

  /// Orders precisions as `allCases` does, widest first.
  public static func < (left: Precision, right: Precision) -> Bool {
    left.rank < right.rank
  }

  private var rank: Int {
    Precision.allCases.firstIndex(of: self) ?? 0
  }
}
