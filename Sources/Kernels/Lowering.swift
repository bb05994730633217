import Profiles
import Workloads

/// What one operator becomes on a device: its kernels in the order of their launches.
public struct LoweredOperator: Sendable, Equatable {
  /// What the operator costs the host to dispatch.
  public var kind: OperatorKind
  /// The kernels it launches; none for metadata.
  public var kernels: [Kernel]
  /// Bytes copied over the host link, with their direction, for operators that are transfers.
  public var transfer: Transfer?
  /// Whether the host waits for the device afterwards.
  public var synchronizes: Bool
  /// Whether a rule stood behind it; otherwise it was treated as element-wise traffic.
  public var hasRule: Bool
}

/// A copy between host and device memory.
public struct Transfer: Sendable, Hashable {
  /// How many bytes.
  public var bytes: Double
  /// Whether they go to the device; otherwise they come from it.
  public var isToDevice: Bool
  /// Whether the host's memory is pageable, so that the host waits.
  public var isPageable: Bool
}

/// Turns operators into kernels, by rules that say what PyTorch launches for each.
///
/// The rules follow PyTorch 1.12 to 2.x with cuBLAS and cuDNN on channels-first tensors. Each rule is a function of one
/// operator and the target, so what an operator becomes does not depend on its neighbors; fusion, which does, is a
/// rewrite that runs before.
public struct Lowering: Sendable {
  /// What is lowered to.
  public let target: LoweringTarget

  /// A lowering for one target.
  public init(target: LoweringTarget) {
    self.target = target
  }

  /// The kernels of one operator.
  public func lower(_ operation: Operator) -> LoweredOperator {
    if let transfer = transfer(operation) {
      return LoweredOperator(kind: .copy, kernels: [], transfer: transfer, synchronizes: false, hasRule: true)
    }
    let known = OperatorKind(operatorName: operation.name)
    let kind = known ?? .other
    var kernels = copies(operation)
    kernels += ownKernels(operation, kind: kind)
    let isDepthwise = kind == .convolution && convolutionShape(operation)?.isDepthwise == true
    return LoweredOperator(
      kind: isDepthwise ? .depthwiseConvolution : kind, kernels: kernels, transfer: nil,
      synchronizes: kind == .synchronization, hasRule: known != nil)
  }

  private func ownKernels(_ operation: Operator, kind: OperatorKind) -> [Kernel] {
    switch kind {
    case .convolution, .depthwiseConvolution: convolution(operation)
    case .linear, .matmul: matrixMultiply(operation, kind: kind)
    case .attention: attention(operation)
    case .batchNorm: batchNorm(operation)
    case .layerNorm: reduction(operation, flopsPerElement: 8)
    case .softmax: reduction(operation, flopsPerElement: 5)
    case .reduction: reduction(operation, flopsPerElement: 1)
    case .pooling: pooling(operation)
    case .embedding, .gather: gather(operation)
    case .concatenate: concatenate(operation)
    case .pointwise, .fused, .other: pointwise(operation)
    case .creation: creation(operation)
    case .synchronization: synchronization(operation)
    case .copy: operation.copies.isEmpty ? conversion(operation) : []
    case .view: []
    }
  }
}

// MARK: - Matrix products

extension Lowering {
  private func matrixMultiply(_ operation: Operator, kind: OperatorKind) -> [Kernel] {
    guard let shape = matrixShape(operation) else { return pointwise(operation) }
    return [
      Kernel(
        name: operation.name, .matrixMultiply, .matrix(shape), flops: shape.flops,
        bytesRead: operation.inputBytes(target),
        bytesWritten: shape.batch * shape.m * shape.n * target.precision.bytesPerElement,
        arithmetic: target.arithmetic(of: kind))
    ]
  }

  /// The product that an operator computes, from the shapes of its operands.
  func matrixShape(_ operation: Operator) -> MatrixShape? {
    let name = OperatorKind.baseName(operation.name)
    if name == "einsum" { return contraction(operation) }
    let addsFirst = ["addmm", "baddbmm", "addmv"].contains(name)
    let operands = addsFirst ? Array(operation.inputs.dropFirst()) : operation.inputs
    guard operands.count >= 2, operands[0].rank >= 1, operands[1].rank >= 1 else { return nil }
    let left = operands[0]
    let right = operands[1]
    let k = Double(left[left.rank - 1])
    guard k > 0 else { return nil }
    if name == "linear" {
      let n = right.rank == 1 ? 1 : Double(right[0])
      return MatrixShape(m: Double(left.elementCount) / k, n: n, k: k)
    }
    let n = right.rank == 1 ? 1 : Double(right[right.rank - 1])
    if right.rank <= 2 { return MatrixShape(m: Double(left.elementCount) / k, n: n, k: k) }
    let rows = left.rank == 1 ? 1 : Double(left[left.rank - 2])
    return MatrixShape(batch: broadcastBatch(left, right), m: rows, n: n, k: k)
  }

  /// The product behind a sum over named dimensions, of which only the shapes are known.
  ///
  /// A dimension that both operands have may be one of the batch, be summed over, or only look alike. Of these choices
  /// that one is right for which |left| |right| / |result| is batch x k^2; m and n follow.
  private func contraction(_ operation: Operator) -> MatrixShape? {
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

  /// The number of products: the dimensions before the last two, each the larger of the two operands'.
  private func broadcastBatch(_ left: Shape, _ right: Shape) -> Double {
    let leftBatch = left.dimensions.dropLast(2)
    let rightBatch = right.dimensions.dropLast(2)
    let rank = max(leftBatch.count, rightBatch.count)
    func padded(_ batch: ArraySlice<Int64>) -> [Int64] { Array(repeating: 1, count: rank - batch.count) + batch }
    return zip(padded(leftBatch), padded(rightBatch)).reduce(1) { $0 * Double(max($1.0, $1.1)) }
  }

  /// Fused attention reads queries, keys and values once and keeps the scores on chip.
  private func attention(_ operation: Operator) -> [Kernel] {
    guard operation.inputs.count >= 3, operation.inputs[0].rank >= 3, operation.inputs[1].rank >= 2 else {
      return pointwise(operation)
    }
    let query = operation.inputs[0]
    let key = operation.inputs[1]
    let width = Double(query[query.rank - 1])
    let rows = Double(query[query.rank - 2])
    let columns = Double(key[key.rank - 2])
    let heads = Double(query.elementCount) / (rows * width)
    let shape = MatrixShape(batch: heads, m: rows, n: columns, k: width)
    return [
      Kernel(
        name: operation.name, .matrixMultiply, .attention(shape), flops: 2 * shape.flops,
        bytesRead: operation.inputBytes(target), bytesWritten: heads * rows * width * target.precision.bytesPerElement,
        arithmetic: target.arithmetic(of: .attention))
    ]
  }
}

// MARK: - Convolutions

extension Lowering {
  private func convolution(_ operation: Operator) -> [Kernel] {
    guard let shape = convolutionShape(operation) else { return pointwise(operation) }
    let arithmetic = target.arithmetic(of: .convolution)
    let element = target.precision.bytesPerElement
    let input = operation.inputElements(0) * element
    let weight = operation.inputElements(1) * element
    let outputElements =
      operation.outputs.isEmpty
      ? shape.batch * shape.outputChannels * shape.outputPositions : operation.outputElements
    let output = outputElements * element
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
      // PyTorch adds a convolution's bias in a kernel of its own, cuDNN's plain forward call has none.
      kernels.append(
        Kernel(
          name: operation.name, .elementwise, flops: output / element, bytesRead: output, bytesWritten: output,
          arithmetic: target.precision))
    }
    return kernels
  }

  /// Whether cuDNN turns the tensors to channels-last and back around the convolution, as its matrix-unit kernels
  /// need: not where the channels do not align (vector units then), and not for a product over positions that align.
  private func needsChannelsLast(_ shape: ConvolutionShape, _ arithmetic: Precision) -> Bool {
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
  private func helperCount(_ shape: ConvolutionShape, _ arithmetic: Precision) -> Int {
    if target.isHost || shape.isDepthwise { return 0 }
    let takesMatrixUnits =
      target.hasMatrixUnits(for: arithmetic) && aligned(shape.inputChannels / shape.groups)
      && aligned(shape.outputChannels / shape.groups)
    if takesMatrixUnits { return 0 }
    return shape.isThreeByThreeUnitStride ? 3 : 1
  }

  private func convolutionHelper(_ name: String) -> Kernel {
    byLibrary(
      Kernel(
        name: name, .copy, .convolutionHelper, flops: 0, bytesRead: 0, bytesWritten: 0, arithmetic: target.precision))
  }

  private func aligned(_ channels: Double) -> Bool {
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
    var outputPositions = 1.0
    if let output = operation.outputs.first, output.rank == input.rank {
      outputPositions = (0..<spatial).reduce(1) { $0 * Double(output[2 + $1]) }
    } else {
      guard !isTransposed else { return nil }
      let padding = spread(operation.attribute("padding"), spatial, default: 0)
      let dilation = spread(operation.attribute("dilation"), spatial, default: 1)
      for axis in 0..<spatial {
        let reach = dilation[axis] * (window[axis] - 1) + 1
        outputPositions *= Double(max(0, (input[2 + axis] + 2 * padding[axis] - reach) / strides[axis] + 1))
      }
    }
    let inputPositions = (0..<spatial).reduce(1.0) { $0 * Double(input[2 + $1]) }
    return ConvolutionShape(
      batch: Double(input[0]), inputChannels: Double(input[1]),
      outputChannels: Double(isTransposed ? weight[1] * groups : weight[0]), groups: Double(groups),
      outputPositions: isTransposed ? inputPositions : outputPositions, inputPositions: inputPositions,
      window: window, strides: strides)
  }

  private func spread(_ values: [Int64]?, _ count: Int, default fallback: Int64) -> [Int64] {
    guard let values, let first = values.first else { return Array(repeating: fallback, count: count) }
    return values.count == count ? values : Array(repeating: first, count: count)
  }
}

// MARK: - Passes over memory

extension Lowering {
  /// A kernel that reads some bytes and writes as many.
  private func move(_ name: String, bytes: Double) -> Kernel {
    Kernel(name: name, .copy, flops: 0, bytesRead: bytes, bytesWritten: bytes, arithmetic: target.precision)
  }

  /// A kernel that a library launches beside the one it was called for.
  private func byLibrary(_ kernel: Kernel) -> Kernel {
    var kernel = kernel
    kernel.isLaunchedByLibrary = true
    return kernel
  }

  /// The copies that an operator makes to get contiguous operands.
  private func copies(_ operation: Operator) -> [Kernel] {
    guard !target.isHost || OperatorKind(operatorName: operation.name) == .copy else { return [] }
    return operation.copies.map { shape in
      move(operation.name, bytes: Double(shape.elementCount) * target.precision.bytesPerElement)
    }
  }

  private func pointwise(_ operation: Operator) -> [Kernel] {
    let written = operation.outputs.isEmpty ? largestInputBytes(operation) : operation.outputBytes(target)
    let elements = operation.outputs.isEmpty ? largestInputElements(operation) : operation.outputElements
    guard elements > 0 else { return [] }
    return [
      Kernel(
        name: operation.name, .elementwise, flops: elements * flopsPerElement(operation.name),
        bytesRead: operation.inputBytes(target),
        bytesWritten: written, arithmetic: target.precision)
    ]
  }

  /// An exponential, logarithm or the like is a polynomial of about ten terms; anything else counts once.
  private func flopsPerElement(_ name: String) -> Double {
    let transcendental: Set<String> = [
      "gelu", "tanh", "sigmoid", "silu", "exp", "expm1", "erf", "log", "log1p", "log2", "cos", "sin", "pow", "softplus",
      "mish", "elu", "celu", "selu", "logit",
    ]
    return transcendental.contains(OperatorKind.baseName(name)) ? 10 : 1
  }

  private func largestInputBytes(_ operation: Operator) -> Double {
    zip(operation.inputs, operation.inputTypes).map { Double($0.elementCount) * target.bytes($1) }.max() ?? 0
  }

  private func largestInputElements(_ operation: Operator) -> Double {
    operation.inputs.map { Double($0.elementCount) }.max() ?? 0
  }

  private func reduction(_ operation: Operator, flopsPerElement: Double) -> [Kernel] {
    let written = operation.outputs.isEmpty ? largestInputBytes(operation) : operation.outputBytes(target)
    return [
      Kernel(
        name: operation.name, .reduction, flops: flopsPerElement * largestInputElements(operation),
        bytesRead: operation.inputBytes(target), bytesWritten: written, arithmetic: target.precision)
    ]
  }

  /// cuDNN normalizes half precision in three kernels, two of them over the channels only.
  private func batchNorm(_ operation: Operator) -> [Kernel] {
    let bytes = operation.inputElements(0) * target.precision.bytesPerElement
    let channels = operation.inputs.first.map { $0.rank > 1 ? Double($0[1]) : Double($0[0]) } ?? 0
    let main = Kernel(
      name: operation.name, .reduction, flops: 2 * operation.inputElements(0),
      bytesRead: bytes, bytesWritten: bytes, arithmetic: target.precision)
    guard target.precision == .fp16 || target.precision == .bf16, !target.isHost else {
      var kernel = main
      kernel.kernelClass = .elementwise
      return [kernel]
    }
    let small = Kernel(
      name: operation.name, .elementwise, flops: channels, bytesRead: 4 * channels, bytesWritten: 4 * channels,
      arithmetic: .fp32)
    var kernel = main
    kernel.kernelClass = .elementwise
    kernel.work = .halfBatchNorm
    return [byLibrary(small), byLibrary(small), kernel]
  }

  private func pooling(_ operation: Operator) -> [Kernel] {
    let name = OperatorKind.baseName(operation.name)
    let window = (operation.attribute("kernel_size") ?? [3, 3]).reduce(1) { $0 * Double($1) }
    let outputs = operation.outputElements
    let indices = name.hasPrefix("max_pool") && !target.isHost ? 8 * outputs : 0
    return [
      Kernel(
        name: operation.name, name.hasPrefix("adaptive") ? .reduction : .elementwise, flops: window * outputs,
        bytesRead: operation.inputElements(0) * target.precision.bytesPerElement,
        bytesWritten: operation.outputBytes(target) + indices, arithmetic: target.precision)
    ]
  }

  /// A gather reads as much as it writes, wherever in the table that lies, and its indices.
  private func gather(_ operation: Operator) -> [Kernel] {
    let written = operation.outputBytes(target)
    let indices = zip(operation.inputs, operation.inputTypes)
      .filter { $0.1 == .int64 || $0.1 == .int32 }
      .reduce(0) { $0 + Double($1.0.elementCount) * target.bytes($1.1) }
    return [
      Kernel(
        name: operation.name, .gather, flops: 0, bytesRead: written + indices, bytesWritten: written,
        arithmetic: target.precision)
    ]
  }

  private func concatenate(_ operation: Operator) -> [Kernel] {
    let read = operation.inputBytes(target)
    return [
      Kernel(
        name: operation.name, .copy, flops: 0, bytesRead: read,
        bytesWritten: operation.outputs.isEmpty ? read : operation.outputBytes(target), arithmetic: target.precision)
    ]
  }

  /// `to`, `contiguous` and the like without a recorded copy: a kernel only where something is written in another type.
  private func conversion(_ operation: Operator) -> [Kernel] {
    let changesType = !operation.outputs.isEmpty && operation.outputTypes.first != operation.inputTypes.first
    let alwaysCopies = ["clone", "repeat", "tile", "flip", "copy", "pixel_shuffle", "channel_shuffle"]
      .contains(OperatorKind.baseName(operation.name))
    return changesType || alwaysCopies ? concatenate(operation) : []
  }

  private func creation(_ operation: Operator) -> [Kernel] {
    let name = OperatorKind.baseName(operation.name)
    guard !name.contains("empty"), operation.outputElements > 0 else { return [] }
    return [
      Kernel(
        name: operation.name, .elementwise, flops: 0, bytesRead: 0, bytesWritten: operation.outputBytes(target),
        arithmetic: target.precision)
    ]
  }

  /// `nonzero` computes before it waits; `item` only waits.
  private func synchronization(_ operation: Operator) -> [Kernel] {
    OperatorKind.baseName(operation.name) == "nonzero" ? reduction(operation, flopsPerElement: 1) : []
  }

  /// Copies over the host link: `memcpy_host_to_device` and `memcpy_device_to_host`, with `pinned` as an attribute.
  private func transfer(_ operation: Operator) -> Transfer? {
    let name = OperatorKind.baseName(operation.name)
    guard name == "memcpy_host_to_device" || name == "memcpy_device_to_host" else { return nil }
    return Transfer(
      bytes: operation.inputBytes(target), isToDevice: name == "memcpy_host_to_device",
      isPageable: (operation.attribute("pinned")?.first ?? 0) == 0)
  }
}
