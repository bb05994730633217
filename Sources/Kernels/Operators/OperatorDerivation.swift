import JSONText
import Profiles
import Roofline
import Workloads

/// How an operator's operations and bytes come about, in words and numbers.
package enum OperatorDerivation {
  /// What its operations are.
  package static func arithmetic(of operation: Operator) -> String {
    let rule = OperatorRule.of(operation)
    switch rule.kind {
    case .linear, .matmul:
      return products(of: operation, rule)
    case .convolution, .depthwiseConvolution:
      let isTransposed = rule.names.contains("conv_transpose2d")
      guard let shape = try? ConvolutionGeometry(operation, isTransposed: isTransposed).shape else { break }
      let factors = [
        shape.batch, shape.outputChannels, shape.outputPositions, shape.inputChannels / shape.groups,
        shape.windowPositions,
      ]
      return "2 x " + product(factors) + ", batch, channels, positions, channels of a group, window"
    case .attention:
      let shape = Lowering.attentionShape(operation)
      let widths = "(\(OperatorRule.width(operation, 0)) + \(OperatorRule.width(operation, 2)))"
      return "2 x " + product([shape.batch, shape.heads].filter { $0 != 1 })
        + " x \(whole(shape.pairs)) pairs of a query and a key x "
        + widths + ", both products"
    case .pooling where OperatorRule.coversInput(operation):
      return "\(whole(operation.inputElements(0))), one for each element of the input"
    case .pooling: return "\(whole(Lowering.poolOperations(operation))), one for each element of each window"
    case .view: return "none: nothing is computed"
    case .synchronization where rule !== OperatorRule.positions: return "none: nothing is computed"
    default: break
    }
    switch rule.arithmetic {
    case .perResult(0): return "none: nothing is computed"
    case .perResult(let count): return "\(whole(count)) x \(whole(operation.outputElements)) results"
    case .perInput(let count): return "\(whole(count)) x \(whole(operation.inputElements(0))) elements of the input"
    case .perOperand(let count):
      return "\(whole(count)) x \(whole(operation.largestInputElements)) elements of the largest operand"
    }
  }

  /// What the operations of products are.
  private static func products(of operation: Operator, _ rule: OperatorRule) -> String {
    if let shape = rule.productShape(of: operation) {
      return "2 x " + product([shape.batch, shape.m, shape.n, shape.k].filter { $0 != 1 }) + ", two for a multiply-add"
    }
    if rule.isGrouped {
      let (rows, matrices) = (operation.inputs[0], operation.inputs[1])
      return "2 x " + product([rows[0], matrices[2], matrices[1]].map(Double.init))
        + ", each row with the matrix of its group"
    }
    if let layers = rule.recurrence(of: operation) {
      let cells = "2 x " + product([layers.gates, layers.width, layers.batch, Double(layers.steps)])
      let sums = layers.inputs.map { "\(cells) x (\(whole($0)) + \(whole(layers.width)))" }
      return sums.joined(separator: " + ") + ", all gates of the inputs and of the state"
    }
    return "1 x \(whole(operation.outputElements)) results"
  }

  /// What its bytes are: its tensors with the bytes of an element.
  package static func traffic(of operation: Operator, bytesPerElement: Double) -> String {
    let tensors = OperatorRule.of(operation).tensors(of: operation)
    if tensors.isEmpty { return "none: nothing is moved" }
    let words = tensors.map { tensor in
      let size = tensor.type.bytes(of: bytesPerElement)
      return "\(whole(size)) x " + product(tensor.shape.dimensions.map(Double.init))
    }
    return words.joined(separator: " + ") + ", each tensor once"
  }

  private static func product(_ factors: [Double]) -> String {
    factors.isEmpty ? "1" : factors.map(whole).joined(separator: " x ")
  }

  /// A whole number without the `.0` of a `Double`.
  private static func whole(_ number: Double) -> String { Int64(exactly: number).map { String($0) } ?? "\(number)" }
}

extension ElementType {
  /// Bytes of one element, of a floating-point number as many as are given.
  fileprivate func bytes(of float: Double) -> Double {
    switch self {
    case .float, .weight, .cache: float
    case .int64: 8
    case .int32: 4
    case .bool: 1
    }
  }
}
