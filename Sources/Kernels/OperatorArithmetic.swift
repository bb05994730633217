import Profiles
import Workloads

/// The floating-point operations of operators that pass over memory: the same for each of them whether it runs by itself,
/// in a group or behind a product. What fusion saves is traffic and launches.
extension Operator {
  /// Floating-point operations of an element-wise operator, a normalization or a reduction; none for any other kind.
  ///
  /// - Parameter kind: The operator's kind, which the caller has looked up.
  /// - Returns: How many there are.
  func arithmetic(_ kind: OperatorKind) -> Double {
    elementsOfArithmetic(kind) * operationsPerElement(kind)
  }

  /// How many elements an operator computes with: its results, or what it reduces.
  private func elementsOfArithmetic(_ kind: OperatorKind) -> Double {
    switch kind {
    case .pointwise, .fused, .other: outputs.isEmpty ? largestInputElements : outputElements
    case .batchNorm: inputElements(0)
    default: largestInputElements
    }
  }

  /// Floating-point operations for each of them.
  ///
  /// An exponential, logarithm or the like is a polynomial of about ten terms; anything else element by element counts
  /// once. A softmax has an extremum, a difference, an exponential and a quotient; a layer normalization two sums, then a
  /// difference, a product, and scale and shift; a batch normalization at inference scale and shift alone.
  private func operationsPerElement(_ kind: OperatorKind) -> Double {
    switch kind {
    case .pointwise, .fused, .other: Self.transcendental.contains(OperatorKind.baseName(name)) ? 10 : 1
    case .batchNorm: 2
    case .layerNorm: 8
    case .softmax: 5
    case .reduction, .synchronization: 1
    default: 0
    }
  }

  private static let transcendental: Set<String> = [
    "gelu", "tanh", "sigmoid", "silu", "exp", "expm1", "erf", "log", "log1p", "log2", "cos", "sin", "pow", "softplus",
    "mish", "elu", "celu", "selu", "logit",
  ]

  /// Elements of the largest operand.
  var largestInputElements: Double { inputs.map { Double($0.elementCount) }.max() ?? 0 }
}
