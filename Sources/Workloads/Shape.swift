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

  /// The number of dimensions.
  public let rank: Int

  /// The number of elements: the product of the dimensions, at most ``elementLimit``.
  public let elementCount: Int64

  /// The first four dimensions, 0 where there are fewer.
  ///
  /// They stand in the shape itself, since nearly all tensors have no more, and a program has hundreds of thousands of them.
  private let first: Int64
  private let second: Int64
  private let third: Int64
  private let fourth: Int64
  /// The dimensions behind them.
  private let others: [Int64]

  /// Makes a shape, or nil if a dimension is negative or the elements are more than ``elementLimit``; of an empty tensor,
  /// no dimension may be more than that either.
  public init?(checking dimensions: [Int64]) {
    self.init(rank: dimensions.count) { dimensions[$0] }
  }

  /// Makes a shape of dimensions that are asked for one by one; nil if they make none, or one of them is nil.
  @inline(__always)
  init?(rank: Int, dimension: (Int) -> Int64?) {
    var few: (Int64, Int64, Int64, Int64) = (0, 0, 0, 0)
    var others: [Int64] = []
    var size = Size()
    for index in 0..<rank {
      guard let dimension = dimension(index), size.append(dimension) else { return nil }
      switch index {
      case 0: few.0 = dimension
      case 1: few.1 = dimension
      case 2: few.2 = dimension
      case 3: few.3 = dimension
      default: others.append(dimension)
      }
    }
    guard size.isShape else { return nil }
    self.rank = rank
    elementCount = size.isEmpty ? 0 : size.elements
    (first, second, third, fourth) = few
    self.others = others
  }

  /// The elements of dimensions, as far as they are known.
  struct Size {
    private(set) var elements: Int64 = 1
    private(set) var isEmpty = false
    private var isTooLarge = false

    /// Whether they are those of a shape: not too many, unless a dimension is zero.
    var isShape: Bool { isEmpty || !isTooLarge }

    /// Multiplies by a dimension; false for one that no shape has.
    @inline(__always)
    mutating func append(_ dimension: Int64) -> Bool {
      guard dimension >= 0, dimension <= Shape.elementLimit else { return false }
      if dimension == 0 { isEmpty = true }
      let (product, overflow) = elements.multipliedReportingOverflow(by: dimension)
      if overflow || product > Shape.elementLimit {
        isTooLarge = true
        elements = 1
      } else {
        elements = product
      }
      return true
    }
  }

  /// Makes a shape of dimensions that are known to be valid: none negative, ``elementLimit`` elements at most.
  public init(_ dimensions: [Int64]) {
    guard let shape = Shape(checking: dimensions) else { preconditionFailure("\(dimensions) is no tensor's shape") }
    self = shape
  }

  /// Whether the dimensions are the same.
  @inlinable
  public static func == (left: Shape, right: Shape) -> Bool { left.isEqual(to: right) }

  @usableFromInline
  func isEqual(to other: Shape) -> Bool {
    rank == other.rank && first == other.first && second == other.second && third == other.third
      && fourth == other.fourth && (rank <= 4 || others == other.others)
  }

  /// Hashes the dimensions, of which shapes of as many elements may differ.
  public func hash(into hasher: inout Hasher) {
    for index in 0..<rank { hasher.combine(self[index]) }
  }

  /// Mixes the dimensions into a hash.
  package func add(to hash: inout QuickHash) {
    for index in 0..<rank { hash.add(self[index]) }
    hash.add(UInt64(rank))
  }

  /// The dimensions, each at least 0.
  public var dimensions: [Int64] { (0..<rank).map { self[$0] } }

  /// The innermost dimension; nil of a scalar.
  package var last: Int64? { rank > 0 ? self[rank - 1] : nil }

  /// The dimension at an index from 0 to `rank - 1`.
  public subscript(index: Int) -> Int64 {
    precondition(index >= 0 && index < rank, "a shape of \(rank) dimensions has none at \(index)")
    switch index {
    case 0: return first
    case 1: return second
    case 2: return third
    case 3: return fourth
    default: return others[index - 4]
    }
  }
}

extension Shape: ExpressibleByArrayLiteral {
  /// Makes a shape of dimensions written out in code.
  public init(arrayLiteral dimensions: Int64...) { self.init(dimensions) }
}

extension Shape: CustomStringConvertible {
  /// The dimensions as `[8, 128, 768]`.
  public var description: String { "[" + dimensions.map(String.init).joined(separator: ", ") + "]" }
}
