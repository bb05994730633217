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

  /// The formats that a simulation can be asked for.
  public static let selectable: [Precision] = [.fp32, .tf32, .fp16, .bf16, .int8, .fp8]

  /// Bytes that one element takes in memory.
  public var bytesPerElement: Double {
    switch self {
    case .fp64: 8
    case .fp32, .tf32: 4
    case .fp16, .bf16: 2
    case .fp8, .int8: 1
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
