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
    let known = OperatorKind(of: operation)
    let kind = known ?? .other
    var kernels = copies(operation)
    kernels += ownKernels(operation, kind: kind)
    let isDepthwise = kind == .convolution && (try? ConvolutionGeometry(operation))?.shape.isDepthwise == true
    return LoweredOperator(
      kind: isDepthwise ? .depthwiseConvolution : kind, kernels: kernels, transfer: nil,
      synchronizes: kind == .synchronization, hasRule: known != nil)
  }

  private func ownKernels(_ operation: Operator, kind: OperatorKind) -> [Kernel] {
    // Nothing to make is nothing to launch: an expert without tokens.
    if kind != .synchronization, !operation.outputs.isEmpty, operation.outputElements == 0 { return [] }
    return switch kind {
    case .convolution, .depthwiseConvolution: convolution(operation)
    case .linear, .matmul: matrixMultiply(operation, kind: kind)
    case .attention: attention(operation)
    case .batchNorm: batchNorm(operation)
    case .layerNorm: reduction(operation, .layerNorm)
    case .softmax: reduction(operation, .softmax)
    case .reduction: reduction(operation, .reduction)
    case .pooling: pooling(operation)
    case .embedding, .gather: gather(operation)
    case .concatenate: concatenate(operation)
    case .pointwise, .fused, .collective, .other: pointwise(operation)
    case .creation: creation(operation)
    case .synchronization: synchronization(operation)
    case .copy: operation.copies.isEmpty ? conversion(operation) : []
    case .view: []
    }
  }
}
