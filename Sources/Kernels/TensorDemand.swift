/// How much memory the tensors of a pass take at least, bytes.
package struct TensorDemand: Sendable, Equatable {
  /// The weights.
  package var weights: Double
  /// What a pass is given: declared inputs, and caches that the program reads before it makes anything like them.
  package var inputs: Double
  /// The most that is alive at once of what a pass makes.
  package var activations: Double
  /// How many tensors the weights and inputs are.
  package var count: Double

  /// All of them.
  package var total: Double { weights + inputs + activations }

  /// A demand from its parts.
  package init(weights: Double, inputs: Double, activations: Double, count: Double = 0) {
    self.weights = weights
    self.inputs = inputs
    self.activations = activations
    self.count = count
  }
}
