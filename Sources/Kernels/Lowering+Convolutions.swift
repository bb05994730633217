import Profiles
import Workloads

/// Convolutions, with the kernels that cuDNN launches around them.
extension Lowering {
  func convolution(_ operation: Operator) -> [Kernel] {
    guard let geometry = try? ConvolutionGeometry(operation) else { return pointwise(operation) }
    var shape = geometry.shape
    shape.workspace = target.convolutionWorkspace
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
}
