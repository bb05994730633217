import Profiles
import Workloads

/// Spells operators out as an exported graph does, before fusion puts some of them together again.
///
/// The nodes are those of ONNX up to opset 16, as PyTorch's exporter writes them. Where a session's optimizer is off, each
/// is dispatched and run by itself: what the optimizer is worth is the difference, and it can be told apart.
public struct Decomposition: Sendable {
  /// The rules that apply.
  public let rules: [DecompositionRule]

  /// A decomposition by some rules; without rules every operator stays as it is.
  public init(rules: [DecompositionRule]) {
    self.rules = rules
  }

  /// The program with operators spelled out; repeats stay repeats.
  public func rewrite(_ program: [BoundStatement]) -> [BoundStatement] {
    guard !rules.isEmpty else { return program }
    return program.flatMap { statement -> [BoundStatement] in
      switch statement {
      case .operator(let operation): nodes(of: operation).map(BoundStatement.operator)
      case .repeat(let count, let body, let name): [.repeat(count: count, program: rewrite(body), name: name)]
      }
    }
  }

  /// What an operator is spelled out as; itself where no rule applies.
  func nodes(of operation: Operator) -> [Operator] {
    switch OperatorKind.baseName(operation.name) {
    case "gelu" where rules.contains(.gelu): gelu(operation)
    case "layer_norm" where rules.contains(.layerNorm): layerNorm(operation)
    case "linear" where rules.contains(.bias): linear(operation)
    default: [operation]
    }
  }

  /// `x * (erf(x / sqrt(2)) + 1) * 0.5`.
  private func gelu(_ operation: Operator) -> [Operator] {
    guard let shape = operation.inputs.first else { return [operation] }
    return chain(
      operation, shape,
      [
        Node("div", [shape], shape), Node("erf", [shape], shape), Node("add", [shape], shape),
        Node("mul", [shape, shape], shape), Node("mul", [shape], shape),
      ])
  }

  /// `(x - mean(x)) / sqrt(mean((x - mean(x))^2) + epsilon) * weight + bias`.
  private func layerNorm(_ operation: Operator) -> [Operator] {
    guard let shape = operation.inputs.first, shape.rank > 0, operation.inputs.count >= 3 else { return [operation] }
    let normalized = operation.inputs[1]
    let kept = shape.rank - normalized.rank
    guard kept >= 0 else { return [operation] }
    let row = Shape(shape.dimensions.prefix(kept) + Array(repeating: 1, count: normalized.rank))
    return chain(
      operation, shape,
      [
        Node("mean", [shape], row), Node("sub", [shape, row], shape), Node("pow", [shape], shape),
        Node("mean", [shape], row), Node("add", [row], row), Node("sqrt", [row], row),
        Node("div", [shape, row], shape), Node("mul", [shape, normalized], shape),
        Node("add", [shape, operation.inputs[2]], shape),
      ])
  }

  /// A product and an addition; a product of two matrices has its bias in ONNX too (`Gemm`).
  private func linear(_ operation: Operator) -> [Operator] {
    guard operation.inputs.count == 3, operation.inputs[0].rank > 2, let output = operation.outputs.first else {
      return [operation]
    }
    let product = Operator(
      name: operation.name, inputs: Array(operation.inputs.prefix(2)), outputs: operation.outputs,
      inputTypes: Array(operation.inputTypes.prefix(2)), outputTypes: operation.outputTypes,
      attributes: operation.attributes, copies: operation.copies, stream: operation.stream,
      waitsForStreams: operation.waitsForStreams)
    return [
      product,
      Operator(name: "aten::add", inputs: [output, operation.inputs[2]], outputs: [output], stream: operation.stream),
    ]
  }

  /// A node of the graph: what it is called in PyTorch, what it reads and makes.
  private struct Node {
    let name: String
    let inputs: [Shape]
    let output: Shape

    init(_ name: String, _ inputs: [Shape], _ output: Shape) {
      self.name = "aten::" + name
      self.inputs = inputs
      self.output = output
    }
  }

  /// Operators for nodes; what the operator copies or waits for comes before the first.
  private func chain(_ operation: Operator, _ shape: Shape, _ nodes: [Node]) -> [Operator] {
    nodes.enumerated().map { index, node in
      Operator(
        name: node.name, inputs: node.inputs, outputs: [node.output], copies: index == 0 ? operation.copies : [],
        stream: operation.stream, waitsForStreams: index == 0 ? operation.waitsForStreams : [])
    }
  }
}
