import Profiles
import Workloads

// Matrix products, with weights and without.

extension OperatorRule {
  /// Products with weights, products of activations, and sums over named dimensions.
  static let products = [
    product(
      "linear", .linear, .init(isLinear: true, right: 1...2),
      decomposition: (rule: .bias, nodes: { biasApart($0) })),
    product("addmm", .linear, .init(addsFirst: true, left: 2...2, right: 2...2)),
    product("addmv", .linear, .init(addsFirst: true, left: 2...2, right: 1...1)),
    product("mm", .linear, .init(left: 2...2, right: 2...2)),
    product("mv", .linear, .init(left: 2...2, right: 1...1)),
    product("matmul __matmul__", .matmul, .init()),
    product("bmm", .matmul, .init(left: 3...3, right: 3...3)),
    product("baddbmm", .matmul, .init(addsFirst: true, left: 3...3, right: 3...3)),
    product("dot", .matmul, .init(left: 1...1, right: 1...1)),
    OperatorRule("einsum", .matmul, fusion: .matmul) { $0.product($1, Lowering.contraction($1), .matmul) },
  ]

  private static func product(
    _ names: String, _ kind: OperatorKind, _ form: ProductForm,
    decomposition: (rule: DecompositionRule, nodes: @Sendable (Operator) -> [Operator])? = nil
  ) -> OperatorRule {
    // What is added comes first, and the input between it and the matrix.
    let input = form.addsFirst ? 1 : 0
    return OperatorRule(
      names, kind, fusion: kind == .linear ? .linear : .matmul,
      weights: { kind == .linear && (form.addsFirst ? $0 != input : $0 > input) }, product: form,
      decomposition: decomposition, check: { operation throws(OperatorFault) in try form.check(operation) },
      lower: { $0.product($1, form.shape(of: $1), kind) })
  }

  /// A product and an addition; a product of two matrices has its bias in ONNX too (`Gemm`).
  private static func biasApart(_ operation: Operator) -> [Operator] {
    guard operation.inputs.count == 3, operation.inputs[0].rank > 2 else { return [operation] }
    return operation.biasApart
  }
}

extension Operator {
  /// The operator without the bias that is its third operand, and an addition of the bias; itself where it has none.
  var biasApart: [Operator] {
    guard inputs.count == 3, let output = outputs.first else { return [self] }
    let product = Operator(
      name: name, inputs: Array(inputs.prefix(2)), outputs: outputs, inputTypes: Array(inputTypes.prefix(2)),
      outputTypes: outputTypes, attributes: attributes, copies: copies, stream: stream, waitsForStreams: waitsForStreams
    )
    return [product, Operator(name: "aten::add", inputs: [output, inputs[2]], outputs: [output], stream: stream)]
  }
}

extension Lowering {
  /// The kernel of a product; of one that is none, a pass over its operands.
  fileprivate func product(_ operation: Operator, _ shape: MatrixShape?, _ kind: OperatorKind) -> [Kernel] {
    guard var shape else { return pointwise(operation) }
    shape.sumsInFormat = target.isLibraryAlone
    let results = shape.batch * shape.m * shape.n
    guard results > 0 else { return [] }
    var kernel = Kernel(
      name: operation.name, .matrixMultiply, .matrix(shape), flops: shape.flops,
      bytesRead: operation.inputBytes(target), bytesWritten: results * target.precision.bytesPerElement,
      arithmetic: target.arithmetic(of: kind))
    if operation.attribute("quantizes")?.first == 1 {
      // Its input comes in 16 bits, and is brought into the format of the product first.
      kernel.quantized = shape.batch * shape.m * shape.k
      kernel.bytesWritten = results * 2
    }
    if kind == .linear {
      let isOfFormat = operation.inputTypes.contains(.weight)
      kernel.readWeights(shape.batch * shape.n * shape.k, isOfFormat ? target.formats : TensorFormats(target.precision))
    }
    return [kernel]
  }

  /// The product behind a sum over named dimensions, of which only the shapes are known.
  ///
  /// A dimension that both operands have may be one of the batch, be summed over, or only look alike. Of these choices
  /// that one is right for which |left| |right| / |result| is batch x k^2; m and n follow.
  static func contraction(_ operation: Operator) -> MatrixShape? {
    guard operation.inputs.count == 2, let output = operation.outputs.first, output.elementCount > 0 else { return nil }
    var left = operation.inputs[0].dimensions
    var common: [Double] = []
    for dimension in operation.inputs[1].dimensions where dimension > 1 {
      guard let place = left.firstIndex(of: dimension) else { continue }
      left.remove(at: place)
      common.append(Double(dimension))
    }
    let (leftSize, rightSize) = (operation.inputElements(0), operation.inputElements(1))
    let ratio = leftSize * rightSize / Double(output.elementCount)
    var choices: [(batch: Double, k: Double)] = [(1, 1)]
    for dimension in common.prefix(8) {
      choices += choices.flatMap { [($0.batch * dimension, $0.k), ($0.batch, $0.k * dimension)] }
    }
    guard let right = choices.first(where: { $0.batch * $0.k * $0.k == ratio }) else { return nil }
    let products = right.batch * right.k
    return MatrixShape(batch: right.batch, m: leftSize / products, n: rightSize / products, k: right.k)
  }
}

extension Kernel {
  /// Takes some elements of what a product reads for weights in a format of theirs.
  mutating func readWeights(_ elements: Double, _ formats: TensorFormats) {
    weightBytes = min(bytesRead, elements * formats.weights.bytesPerElement)
    guard formats.weightArithmetic != formats.activations || formats.convertsWeights else { return }
    arithmetic = formats.weightArithmetic
    guard formats.convertsWeights, let rate = formats.conversionsPerClock else { return }
    conversions = elements
    conversionsPerClock = rate
  }
}
