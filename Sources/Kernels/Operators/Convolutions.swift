import Profiles
import Workloads

// Convolutions, with the kernels that cuDNN launches around them.

extension OperatorRule {
  /// Convolutions of any rank; one with a group for each channel runs without a library.
  static let convolutions = [
    convolution("conv1d conv2d conv3d", .init(stride: 3, padding: 4, dilation: 5, groups: 6)),
    convolution("convolution _convolution", .init(stride: 3, padding: 4, dilation: 5, groups: 8, transposed: 6)),
    convolution("cudnn_convolution miopen_convolution", .library),
    convolution(
      "conv_transpose1d conv_transpose2d conv_transpose3d", .init(stride: 3, padding: 4, dilation: 7, groups: 6),
      isTransposed: true),
    convolution("thnn_conv2d _conv_depthwise2d", .init(stride: 4, padding: 5, dilation: 6)),
  ]

  private static func convolution(
    _ names: String, _ places: ConvolutionArguments, isTransposed: Bool = false
  ) -> OperatorRule {
    func rule(_ kind: OperatorKind, variant: @escaping @Sendable (Operator) -> OperatorRule?) -> OperatorRule {
      OperatorRule(
        names, kind, fusion: .convolution, weights: { $0 > 0 },
        decomposition: (rule: .convolutionBias, nodes: { $0.biasApart }), variant: variant,
        recorded: { places.complete(&$0, isTransposed: isTransposed) },
        check: { operation throws(OperatorFault) in
          _ = try ConvolutionGeometry(operation, isTransposed: isTransposed)
        },
        lower: { $0.convolution($1, isTransposed: isTransposed) })
    }
    let depthwise = rule(.depthwiseConvolution) { _ in nil }
    return rule(.convolution) { operation in
      guard (operation.attribute("groups")?.first ?? 1) > 1 else { return nil }
      let geometry = try? ConvolutionGeometry(operation, isTransposed: isTransposed)
      return geometry?.shape.isDepthwise == true ? depthwise : nil
    }
  }
}

/// Where a recorded convolution has its arguments, as `native_functions.yaml` lists them; nil for one that there is not.
private struct ConvolutionArguments: Sendable {
  var stride: Int
  var padding: Int
  var dilation: Int
  var groups: Int?
  var transposed: Int?
  /// Whether a bias may stand between the weights and the rest, as in older libraries.
  var mayHaveBias = false

  /// (input, weight, padding, stride, dilation, groups), with a bias before the padding in older and other libraries.
  static let library = ConvolutionArguments(
    stride: 3, padding: 2, dilation: 4, groups: 5, transposed: 6, mayHaveBias: true)

  /// Keeps input and weights, and names the other arguments.
  func complete(_ call: inout RecordedArguments, isTransposed: Bool) -> Bool {
    guard call.inputs.count >= 2, call.inputs[1].rank >= 3 else { return false }
    call.inputs = Array(call.inputs.prefix(2))
    call.types = Array(call.types.prefix(2))
    let (input, weights) = (call.inputs[0], call.inputs[1])
    let shift = mayHaveBias && call.integers(2) == nil ? 1 : 0
    let isTransposed = isTransposed || transposed.map { $0 < call.values.count && call.values[$0] == "True" } == true
    let window = weights.dimensions.dropFirst(2)
    call.attributes = [
      OperatorAttribute(name: "stride", values: call.integers(stride + shift) ?? window.map { _ in 1 }),
      OperatorAttribute(
        name: "padding", values: call.integers(padding + shift) ?? window.map { max(0, $0 - 1) / 2 }),
    ]
    if let dilation = call.integers(dilation + shift) {
      call.attributes.append(OperatorAttribute(name: "dilation", values: dilation))
    }
    if isTransposed { call.attributes.append(OperatorAttribute(name: "transposed", values: [1])) }
    let recorded = groups.flatMap { $0 + shift < call.values.count ? Int64(call.values[$0 + shift]) : nil }
    let channels = input.rank == weights.rank ? input[1] : input.dimensions.first ?? 0
    let counted = !isTransposed && weights[1] > 0 ? max(1, channels / weights[1]) : 1
    call.attributes.append(OperatorAttribute(name: "groups", values: [recorded ?? counted]))
    return true
  }
}

extension Lowering {
  fileprivate func convolution(_ operation: Operator, isTransposed: Bool) -> [Kernel] {
    guard let geometry = try? ConvolutionGeometry(operation, isTransposed: isTransposed) else {
      return pointwise(operation)
    }
    var shape = geometry.shape
    shape.workspace = target.convolutionWorkspace
    shape.sumsInFormat = target.isLibraryAlone
    var arithmetic = target.arithmetic(of: .convolution)
    let element = target.precision.bytesPerElement
    let input = operation.inputElements(0) * element
    let weight = operation.inputElements(1) * element
    let outputElements =
      operation.outputs.isEmpty
      ? shape.batch * shape.outputChannels * geometry.resultPositions : operation.outputElements
    guard outputElements > 0 else { return [] }
    let output = outputElements * element
    // Tensors in another layout are workspace. Where that is too small, the vector units take them as they are.
    if needsChannelsLast(shape, arithmetic), input + weight + output > shape.workspace { arithmetic = .fp32 }
    let flops = shape.flops
    if takesChannelsLast(shape, arithmetic) { shape.fillChannels(to: Double(target.matrixAlignment)) }
    let converts = needsChannelsLast(shape, arithmetic)
    // Positions that no window looks at are not read: all of them where a position's channels lie together.
    let read = shape.readFraction(skipsColumns: converts || target.isChannelsLast)
    var product = Kernel(
      name: operation.name, .convolution, .convolution(shape), flops: flops, bytesRead: input + weight,
      bytesWritten: output, arithmetic: arithmetic)
    product.weightBytes = weight
    product.unreadBytes = input * (1 - read)

    var kernels: [Kernel] = []
    if converts {
      kernels.append(byLibrary(move(operation.name, bytes: input)))
      if shape.windowPositions > 1 { kernels.append(byLibrary(move(operation.name, bytes: weight))) }
    }
    kernels += Array(repeating: convolutionHelper(operation.name), count: helperCount(shape, arithmetic))
    kernels.append(product)
    if converts { kernels.append(byLibrary(move(operation.name, bytes: output))) }
    if operation.inputs.count > 2, !target.isHost {
      // PyTorch adds a convolution's bias in a kernel of its own, cuDNN's plain forward call has none. It is launched
      // within the call, by an in-place addition that the dispatcher does not see.
      kernels.append(
        byLibrary(
          Kernel(
            name: operation.name, .elementwise, flops: output / element, bytesRead: output, bytesWritten: output,
            arithmetic: target.precision)))
    }
    return kernels
  }

  /// Whether cuDNN turns the tensors to channels-last and back around the convolution, as its matrix-unit kernels
  /// need: not where the channels do not align (vector units then), and not for a product over positions that align.
  func needsChannelsLast(_ shape: ConvolutionShape, _ arithmetic: Precision) -> Bool {
    guard !target.isHost, !keepsChannelsLast, target.hasMatrixUnits(for: arithmetic), !shape.isDepthwise else {
      return false
    }
    guard aligned(shape.inputChannels / shape.groups), aligned(shape.outputChannels / shape.groups) else {
      return false
    }
    return !(shape.isPointwise && shape.outputPositions.truncatingRemainder(dividingBy: target.pointwisePositions) == 0)
  }

  /// Whether tensors lie as matrix units take them before and after a convolution.
  private var keepsChannelsLast: Bool { target.isChannelsLast || target.isLibraryAlone }

  /// Whether the matrix units compute a convolution whose tensors are channels-last already: channels that do not align
  /// are filled up then, as three colors are, where nothing is grouped.
  private func takesChannelsLast(_ shape: ConvolutionShape, _ arithmetic: Precision) -> Bool {
    !target.isHost && keepsChannelsLast && shape.groups == 1 && target.hasMatrixUnits(for: arithmetic)
      && arithmetic != .fp32
  }

  /// How many small kernels cuDNN launches beside a convolution on the vector units: one that computes its offsets, or
  /// three around Winograd's algorithm (filters, input, output).
  ///
  /// Counted in the traces of ResNet-50 in single precision on a Quadro RTX 8000: 248 kernels, 40 of them
  /// `computeOffsetsKernel` and 30 `winogradForward...4x4`.
  func helperCount(_ shape: ConvolutionShape, _ arithmetic: Precision) -> Int {
    if target.isHost || shape.isDepthwise { return 0 }
    let takesMatrixUnits =
      target.hasMatrixUnits(for: arithmetic) && aligned(shape.inputChannels / shape.groups)
      && aligned(shape.outputChannels / shape.groups)
    if takesMatrixUnits { return 0 }
    return shape.isThreeByThreeUnitStride ? 3 : 1
  }

  func convolutionHelper(_ name: String) -> Kernel {
    byLibrary(
      Kernel(
        name: name, .copy, .convolutionHelper, flops: 0, bytesRead: 0, bytesWritten: 0, arithmetic: target.precision))
  }

  func aligned(_ channels: Double) -> Bool {
    channels.truncatingRemainder(dividingBy: Double(target.matrixAlignment)) == 0
  }
}
