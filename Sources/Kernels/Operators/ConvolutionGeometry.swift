import Profiles
import Workloads

/// A convolution as its operands and attributes describe it, once they are known to fit together.
struct ConvolutionGeometry {
  /// What the kernel model is told.
  let shape: ConvolutionShape
  /// Positions of one output channel of one image: those of the result, or what the operands make where none is given.
  var resultPositions: Double { resultSides.reduce(1, *) }
  /// Sides of one output channel of one image.
  let resultSides: [Double]

  /// Reads the geometry of a convolution, of one, two or three spatial dimensions.
  ///
  /// The batch may be left out, as PyTorch allows: the input is then one image. A result that is given is taken at its
  /// word where no padding says what it must be.
  ///
  /// - Parameters:
  ///   - operation: The call.
  ///   - isTransposed: Whether the operator is a transposed convolution; an attribute may make another one.
  /// - Throws: What does not fit.
  init(_ operation: Operator, isTransposed: Bool) throws(OperatorFault) {
    let tensors = try ConvolutionTensors(operation, isTransposed: isTransposed)
    let windows = try ConvolutionWindows(operation, tensors.weights)
    let input = Array(tensors.image.dropFirst(2))
    let declared = tensors.result.map { Array($0.dropFirst(2)) }
    let result: [Double]
    if let declared, tensors.isTransposed || !windows.isPaddingKnown {
      result = declared.map(Double.init)
    } else if tensors.isTransposed {
      result = windows.transposedPositions(input)
    } else {
      result = try windows.positions(input)
    }
    for (axis, side) in (declared ?? []).enumerated() where Double(side) != result[axis] {
      throw .wrongResult(axis: axis + 1, found: side, wanted: result[axis])
    }
    resultSides = result
    // A transposed convolution multiplies once for each position of its input.
    shape = ConvolutionShape(
      batch: Double(tensors.image[0]), inputChannels: Double(tensors.image[1]),
      outputChannels: tensors.outputChannels, groups: Double(tensors.groups), input: input,
      output: tensors.isTransposed ? input : result.map { Int64($0) }, window: windows.sides, strides: windows.strides)
  }
}

/// The tensors of a convolution, whose batch and channels fit together.
private struct ConvolutionTensors {
  /// The input's dimensions with a batch.
  let image: [Int64]
  let weights: Shape
  /// The result's dimensions with a batch, where it is given.
  let result: [Int64]?
  let groups: Int64
  let outputChannels: Double
  let isTransposed: Bool

  init(_ operation: Operator, isTransposed: Bool) throws(OperatorFault) {
    guard operation.inputs.count >= 2 else { throw .tooFewOperands(needed: 2, found: operation.inputs.count) }
    weights = operation.inputs[1]
    try OperatorCheck.checkRank(weights, of: .weights, 3...5)
    image = try Self.batched(operation.inputs[0], .input, rank: weights.rank)
    result =
      if let result = operation.outputs.first { try Self.batched(result, .result, rank: weights.rank) } else { nil }
    self.isTransposed = isTransposed || (operation.attribute("transposed")?.first ?? 0) != 0
    groups = try OperatorCheck.values(
      "groups", of: operation, axes: 1, 1...OperatorCheck.attributeLimit, default: 1)[0]
    // Weights are [output, input / groups, window]; transposed, [input, output / groups, window].
    outputChannels = isTransposed ? Double(weights[1]) * Double(groups) : Double(weights[0])
    try checkChannels()
    if let result { try check(result) }
  }

  /// The dimensions of a tensor that may lack the batch, with one.
  private static func batched(
    _ shape: Shape, _ operand: OperatorFault.Operand, rank: Int
  ) throws(OperatorFault) -> [Int64] {
    try OperatorCheck.checkRank(shape, of: operand, (rank - 1)...rank)
    return shape.rank == rank ? shape.dimensions : [1] + shape.dimensions
  }

  private func checkChannels() throws(OperatorFault) {
    guard image[1] % groups == 0 else { throw .indivisible(.channels(.input), image[1], groups: groups) }
    if isTransposed {
      guard weights[0] == image[1] else {
        throw .unequal(.channels(.weights), weights[0], wanted: image[1], by: .channels(.input))
      }
    } else {
      guard weights[0] % groups == 0 else { throw .indivisible(.channels(.result), weights[0], groups: groups) }
      guard weights[1] == image[1] / groups else {
        throw .unequal(.groupChannels(.weights), weights[1], wanted: image[1] / groups, by: .channels(.input))
      }
    }
  }

  private func check(_ result: [Int64]) throws(OperatorFault) {
    guard result[0] == image[0] else {
      throw .unequal(.batch(.result), result[0], wanted: image[0], by: .batch(.input))
    }
    guard Double(result[1]) == outputChannels else {
      throw .unequal(
        .channels(.result), result[1], wanted: Int64(exactly: outputChannels) ?? .max, by: .channels(.weights))
    }
  }
}

/// The windows of a convolution, and how they move over the input.
private struct ConvolutionWindows {
  let sides: [Int64]
  let strides: [Int64]
  private let padding: [Int64]
  private let dilation: [Int64]
  /// Whether the padding is given; a result that is given without it may be padded in any way.
  let isPaddingKnown: Bool

  init(_ operation: Operator, _ weights: Shape) throws(OperatorFault) {
    sides = Array(weights.dimensions.dropFirst(2))
    guard sides.allSatisfy({ $0 > 0 }) else { throw .emptyWindow(weights) }
    let limit = OperatorCheck.attributeLimit
    strides = try OperatorCheck.values("stride", of: operation, axes: sides.count, 1...limit, default: 1)
    padding = try OperatorCheck.values("padding", of: operation, axes: sides.count, 0...limit, default: 0)
    dilation = try OperatorCheck.values("dilation", of: operation, axes: sides.count, 1...limit, default: 1)
    isPaddingKnown = operation.attribute("padding") != nil
  }

  /// Positions from the first to the last that a window looks at.
  private func reach(_ axis: Int) -> Double { Double(dilation[axis]) * Double(sides[axis] - 1) + 1 }

  /// The positions of a result on each axis.
  ///
  /// - Throws: ``OperatorFault/windowTooLarge(axis:reach:positions:)``.
  func positions(_ input: [Int64]) throws(OperatorFault) -> [Double] {
    var positions: [Double] = []
    for axis in input.indices {
      let padded = Double(input[axis]) + 2 * Double(padding[axis])
      guard padded >= reach(axis) else {
        throw .windowTooLarge(axis: axis + 1, reach: reach(axis), positions: padded)
      }
      positions.append(((padded - reach(axis)) / Double(strides[axis])).rounded(.down) + 1)
    }
    return positions
  }

  /// The positions of a transposed convolution's result on each axis: where its windows reach, less the padding.
  func transposedPositions(_ input: [Int64]) -> [Double] {
    input.indices.map { axis in
      let steps = Double(max(0, input[axis] - 1)) * Double(strides[axis])
      return input[axis] == 0 ? 0 : max(0, steps + reach(axis) - 2 * Double(padding[axis]))
    }
  }
}
