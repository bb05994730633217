import Profiles
import Workloads

// Sums, extrema, sorting.

extension OperatorRule {
  /// Operators that reduce many elements to one, or look at all for each.
  static let reductions = [
    OperatorRule(
      "mean sum prod amax amin max min norm linalg_vector_norm var std", .reduction, fusion: .reduction,
      arithmetic: .perOperand(1), lower: { $0.reduction($1, .perOperand(1)) }),
    OperatorRule(
      """
      argmax argmin cumprod var_mean any all sort argsort logsumexp count_nonzero unique_consecutive unique2 histc bincount aminmax logcumsumexp
      """, .reduction, arithmetic: .perOperand(1), lower: { $0.reduction($1, .perOperand(1)) }),
    // Of a vector alone the scan has a kernel before it that prepares its blocks.
    OperatorRule(
      "cumsum", .reduction, arithmetic: .perOperand(1),
      lower: { lowering, operation in
        let scan = lowering.reduction(operation, .perOperand(1))
        guard operation.inputs.first?.rank == 1, !lowering.target.isHost else { return scan }
        return [lowering.byLibrary(lowering.move(operation.name, bytes: 1024))] + scan
      }),
    // A conversion, the checks that what it is given are probabilities, their sum, noise, and the largest quotient: fourteen
    // kernels on a few numbers, of which each is called for by itself.
    OperatorRule(
      "multinomial", .reduction, arithmetic: .perOperand(1), recorded: { call in call.resultLikeFirstOperand() },
      lower: { lowering, operation in
        let pass = lowering.reduction(operation, .perOperand(1))
        return lowering.target.isHost ? pass : Array(repeating: pass, count: 14).flatMap(\.self)
      }),
    // What it picks it sorts in a kernel of its own.
    OperatorRule(
      "topk", .reduction, arithmetic: .perOperand(1),
      lower: { lowering, operation in
        let sorted = lowering.move(operation.name, bytes: operation.resultBytes(lowering.target))
        return lowering.reduction(operation, .perOperand(1)) + [sorted]
      }),
    // Which elements are among some others: a fill, all pairs compared, whether any is alike, and its copy.
    OperatorRule(
      "isin", .reduction, arithmetic: .perOperand(1),
      lower: { lowering, operation in
        let written = lowering.creation(operation)
        let compared = lowering.pointwise(operation)
        return written + compared + lowering.reduction(operation, .perOperand(1))
          + [lowering.move(operation.name, bytes: operation.resultBytes(lowering.target))]
      }),
  ]
}

extension Lowering {
  /// A kernel that reads the operands and writes less.
  func reduction(_ operation: Operator, _ arithmetic: OperatorArithmetic) -> [Kernel] {
    reduction(operation, arithmetic, reducedShape(of: operation))
  }

  /// How a reduction goes over its elements: along rows, or down columns where the innermost dimension stays.
  ///
  /// Kernels that a compiler writes are not PyTorch's. Taken for such, sums down columns made EfficientNet-B0 compiled on an
  /// RTX 4090, which is predicted too fast, faster still (-14 to -19 % at a batch of 256).
  private func reducedShape(of operation: Operator) -> PassShape {
    guard let steps = target.rows else { return PassShape() }
    let results = max(1, operation.outputs.first.map { Double($0.elementCount) } ?? 1)
    let width = operation.largestInputElements / results
    let findsPlace = ["argmax", "argmin"].contains(OperatorRule.baseName(operation.name))
    if width > 1, !target.isCompiled, operation.keepsInnermost(isChannelsLast: target.isChannelsLast) {
      return .columns(results, depth: width, findsPlace: findsPlace)
    }
    return .rows(results, width: width, findsPlace: findsPlace, longest: steps.longRow)
  }

  /// The same of a known shape.
  func reduction(_ operation: Operator, _ arithmetic: OperatorArithmetic, _ pass: PassShape) -> [Kernel] {
    var kernel = Kernel(
      name: operation.name, .reduction, flops: arithmetic.flops(of: operation),
      bytesRead: operation.inputBytes(target), bytesWritten: operation.resultBytes(target),
      arithmetic: target.precision)
    kernel.pass = pass
    return [kernel]
  }
}
