import Workloads

/// What is wrong with an operator's operands or attributes, as far as its cost rule takes them for granted.
package enum OperatorFault: Error, Sendable, Equatable {
  /// A tensor that the operator is given or makes.
  package enum Operand: Sendable, Equatable {
    /// What a convolution, a linear layer, a normalization or a pool works on.
    case input
    /// The weights of a convolution or linear layer.
    case weights
    /// The left factor of a matrix product.
    case leftFactor
    /// The right factor of a matrix product.
    case rightFactor
    /// The queries of attention.
    case queries
    /// The keys of attention.
    case keys
    /// The values of attention.
    case values
    /// The first result.
    case result
  }

  /// A number of a tensor that has to fit another one.
  package enum Extent: Sendable, Equatable {
    /// The elements of all dimensions together.
    case elements(Operand)
    /// The first dimension: images.
    case batch(Operand)
    /// The dimension of channels.
    case channels(Operand)
    /// The channels of one group.
    case groupChannels(Operand)
    /// The dimension that a product sums over.
    case innerDimension(Operand)
    /// A dimension of the batch, counted from the last one before the matrices, from 1.
    case batchDimension(Operand, fromLast: Int)
    /// The dimension before the last: positions.
    case rows(Operand)
    /// The last dimension: features.
    case width(Operand)
    /// A spatial dimension, counted from 1.
    case side(Operand, axis: Int)
  }

  /// Fewer operands than the operator needs.
  case tooFewOperands(needed: Int, found: Int)
  /// An operand of too few or too many dimensions.
  case wrongRank(Operand, Shape, wanted: ClosedRange<Int>)
  /// An extent that is not what another one makes it.
  case unequal(Extent, Int64, wanted: Int64, by: Extent)
  /// A number of channels that the groups do not divide.
  case indivisible(Extent, Int64, groups: Int64)
  /// A number of heads of queries that those of the keys do not divide.
  case indivisibleHeads(Int64, keys: Int64)
  /// Weights whose window has a side of zero.
  case emptyWindow(Shape)
  /// A window that reaches over more positions than there are, padding included.
  case windowTooLarge(axis: Int, reach: Double, positions: Double)
  /// A result with another side than input, window, strides and padding make.
  case wrongResult(axis: Int, found: Int64, wanted: Double)
  /// An attribute of neither one value nor one for each axis.
  case wrongAttributeCount(name: String, found: Int, axes: Int)
  /// An attribute's value out of range.
  case attributeOutOfRange(name: String, value: Int64, range: ClosedRange<Int64>)
}
