import Profiles
import Workloads

/// Spells operators out as an exported graph does, before fusion puts some of them together again.
///
/// The nodes are those of ONNX up to opset 16, as PyTorch's exporter writes them. Where a session's optimizer is off, each
/// is dispatched and run by itself: what the optimizer is worth is the difference, and it can be told apart.
package struct Decomposition: Sendable {
  /// The rules that apply.
  package let rules: [DecompositionRule]

  /// A decomposition by some rules; without rules every operator stays as it is.
  package init(rules: [DecompositionRule]) {
    self.rules = rules
  }

  /// The program with operators spelled out; repeats stay repeats.
  package func rewrite(_ program: ResolvedProgram) -> ResolvedProgram {
    rules.isEmpty ? program : program.replacingCalls { nodes(of: $0) }
  }

  /// What an operator is spelled out as; itself where no rule applies.
  func nodes(of call: ResolvedOperator) -> [Operator] {
    guard let decomposition = call.rule.decomposition, rules.contains(decomposition.rule) else {
      return [call.operation]
    }
    return decomposition.nodes(call.operation)
  }
}

/// A node of a graph: what it is called in PyTorch, what it reads and makes.
struct GraphNode {
  let name: String
  let inputs: [Shape]
  let output: Shape

  init(_ name: String, _ inputs: [Shape], _ output: Shape) {
    self.name = "aten::" + name
    self.inputs = inputs
    self.output = output
  }
}

extension Operator {
  /// Operators for nodes; what this one copies or waits for comes before the first.
  func spelledOut(_ nodes: [GraphNode]) -> [Operator] {
    nodes.enumerated().map { index, node in
      Operator(
        name: node.name, inputs: node.inputs, outputs: [node.output], copies: index == 0 ? copies : [],
        stream: stream, waitsForStreams: index == 0 ? waitsForStreams : [])
    }
  }
}
