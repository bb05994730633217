/// The dimensions of a tensor, outermost first.
///
///     let shape: Shape = [8, 128, 768]
///     shape.elementCount  // 786432
///
/// A shape without dimensions is a scalar and has one element; a dimension of zero makes a tensor empty.
public struct Shape: Sendable, Hashable {
  /// The most elements that a tensor may have, 2^50: a petabyte of the smallest, beyond any accelerator, and few enough
  /// that bytes and floating-point operations stay far from the end of `Int64`.
  public static let elementLimit: Int64 = 1 << 50

  /// The dimensions, each at least 0.
  public let dimensions: [Int64]

  /// The number of elements: the product of the dimensions, at most ``elementLimit``.
  public let elementCount: Int64

  /// Makes a shape, or nil if a dimension is negative or the elements are more than ``elementLimit``; of an empty tensor,
  /// no dimension may be more than that either.
  public init?(checking dimensions: [Int64]) {
    guard dimensions.allSatisfy({ $0 >= 0 && $0 <= Shape.elementLimit }) else { return nil }
    var count: Int64 = dimensions.contains(0) ? 0 : 1
    for dimension in dimensions where count > 0 {
      guard dimension <= Shape.elementLimit / count else { return nil }
      count *= dimension
    }
    self.dimensions = dimensions
    elementCount = count
  }

  /// Makes a shape of dimensions that are known to be valid: none negative, ``elementLimit`` elements at most.
  public init(_ dimensions: [Int64]) {
    guard let shape = Shape(checking: dimensions) else { preconditionFailure("\(dimensions) is no tensor's shape") }
    self = shape
  }

  /// Hashes the dimensions, of which shapes of as many elements may differ.
  public func hash(into hasher: inout Hasher) {
    for dimension in dimensions { hasher.combine(dimension) }
  }

  /// Mixes the dimensions into a hash.
  package func add(to hash: inout QuickHash) {
    for dimension in dimensions { hash.add(dimension) }
    hash.add(UInt64(dimensions.count))
  }

  /// The number of dimensions.
  public var rank: Int { dimensions.count }

  /// The dimension at an index from 0 to `rank - 1`.
  public subscript(index: Int) -> Int64 { dimensions[index] }
}

extension Shape: ExpressibleByArrayLiteral {
  /// Makes a shape of dimensions written out in code.
  public init(arrayLiteral dimensions: Int64...) { self.init(dimensions) }
}

extension Shape: CustomStringConvertible {
  /// The dimensions as `[8, 128, 768]`.
  public var description: String { "[" + dimensions.map(String.init).joined(separator: ", ") + "]" }
}
