import Profiles
import Workloads

/// Convolutions, with the kernels that cuDNN launches around them.
extension Lowering {
  func convolution(_ operation: Operator) -> [Kernel] {
    guard var shape = convolutionShape(operation) else { return pointwise(operation) }
    shape.workspace = target.convolutionWorkspace
    var arithmetic = target.arithmetic(of: .convolution)
    let element = target.precision.bytesPerElement
    let input = operation.inputElements(0) * element
    let weight = operation.inputElements(1) * element
    let outputElements =
      operation.outputs.isEmpty
      ? shape.batch * shape.outputChannels * shape.outputPositions : operation.outputElements
    let output = outputElements * element
    // Tensors in another layout are workspace. Where that is too small, the vector units take them as they are.
    if needsChannelsLast(shape, arithmetic), input + weight + output > shape.workspace { arithmetic = .fp32 }
    let product = Kernel(
      name: operation.name, .convolution, .convolution(shape), flops: shape.flops, bytesRead: input + weight,
      bytesWritten: output, arithmetic: arithmetic)

    var kernels: [Kernel] = []
    let converts = needsChannelsLast(shape, arithmetic)
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
    guard !target.isHost, target.hasMatrixUnits(for: arithmetic), !shape.isDepthwise else { return false }
    guard aligned(shape.inputChannels / shape.groups), aligned(shape.outputChannels / shape.groups) else {
      return false
    }
    return !(shape.isPointwise && shape.outputPositions.truncatingRemainder(dividingBy: 8) == 0)
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

  /// The geometry of a convolution, from its operands and attributes.
  func convolutionShape(_ operation: Operator) -> ConvolutionShape? {
    guard operation.inputs.count >= 2, operation.inputs[0].rank >= 3 else { return nil }
    let input = operation.inputs[0]
    let weight = operation.inputs[1]
    let spatial = input.rank - 2
    guard weight.rank == input.rank, spatial >= 1 else { return nil }
    let window = (0..<spatial).map { weight[2 + $0] }
    let strides = spread(operation.attribute("stride"), spatial, default: 1)
    let groups = operation.attribute("groups")?.first ?? 1
    let isTransposed =
      (operation.attribute("transposed")?.first ?? 0) != 0
      || OperatorKind.baseName(operation.name).hasPrefix("conv_transpose")
    let result: [Int64]
    if let output = operation.outputs.first, output.rank == input.rank {
      result = (0..<spatial).map { output[2 + $0] }
    } else {
      guard !isTransposed else { return nil }
      let padding = spread(operation.attribute("padding"), spatial, default: 0)
      let dilation = spread(operation.attribute("dilation"), spatial, default: 1)
      result = (0..<spatial).map { axis in
        let reach = dilation[axis] * (window[axis] - 1) + 1
        return max(0, (input[2 + axis] + 2 * padding[axis] - reach) / strides[axis] + 1)
      }
    }
    let operand = (0..<spatial).map { input[2 + $0] }
    return ConvolutionShape(
      batch: Double(input[0]), inputChannels: Double(input[1]),
      outputChannels: Double(isTransposed ? weight[1] * groups : weight[0]), groups: Double(groups),
      input: operand, output: isTransposed ? operand : result, window: window, strides: strides)
  }

  func spread(_ values: [Int64]?, _ count: Int, default fallback: Int64) -> [Int64] {
    guard let values, let first = values.first else { return Array(repeating: fallback, count: count) }
    return values.count == count ? values : Array(repeating: first, count: count)
  }
}
