/// The formats of a run's tensors, where weights and caches are kept in others than activations.
///
/// A product with weights in a low format is one of two different kernels: one that computes in that format, and takes
/// its other operand in it, or one that computes in the activations' and converts each weight as it arrives.
public struct TensorFormats: Sendable, Hashable {
  /// The format of activations.
  public var activations: Precision
  /// The format of weights.
  public var weights: Precision
  /// The format of cached keys and values.
  public var cache: Precision
  /// The format in which products with weights are computed.
  public var weightArithmetic: Precision
  /// How many weights a compute unit converts in a clock, where products are computed in another format than the weights';
  /// nil for as many as arrive.
  package var conversionsPerClock: Double?

  /// One format for all.
  public init(_ precision: Precision) {
    activations = precision
    weights = precision
    cache = precision
    weightArithmetic = precision
  }

  /// Whether products with weights convert them.
  package var convertsWeights: Bool { weights != weightArithmetic }

  /// Whether what a product with weights is given has to be brought into their format first.
  package var quantizesActivations: Bool { weightArithmetic != activations }
}
