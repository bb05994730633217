/// How much memory the tensors of a pass take at least, bytes.
public struct TensorDemand: Sendable, Equatable {
  /// The weights.
  public var weights: Double
  /// What a pass is given: declared inputs, and caches that the program reads before it makes anything like them.
  public var inputs: Double
  /// The most that is alive at once of what a pass makes.
  public var activations: Double

  /// All of them.
  public var total: Double { weights + inputs + activations }

  /// A demand from its parts.
  public init(weights: Double, inputs: Double, activations: Double) {
    self.weights = weights
    self.inputs = inputs
    self.activations = activations
  }
}
