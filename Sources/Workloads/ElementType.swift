/// The type of a tensor's elements, as far as a workload knows it.
public enum ElementType: String, Sendable, Hashable, CaseIterable {
  /// A floating-point number, in the precision that a run is simulated at.
  case float
  /// A floating-point number of a weight, which may be kept in a format of its own.
  case weight
  /// A floating-point number of a cached key or value, likewise.
  case cache
  /// A 64-bit integer, such as a token's index.
  case int64
  /// A 32-bit integer.
  case int32
  /// A truth value, in one byte.
  case bool
}

extension ElementType {
  /// Types of tensors that all hold floating-point numbers: for a few tensors the same array each time.
  static func floats(_ count: Int) -> [ElementType] {
    count < fewFloats.count ? fewFloats[count] : Array(repeating: .float, count: count)
  }

  private static let fewFloats = (0...8).map { Array(repeating: ElementType.float, count: $0) }
}
