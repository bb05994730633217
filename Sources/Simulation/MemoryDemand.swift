import Kernels
import Profiles
import Workloads

/// How much device memory a pass needs at least: the weights, and the operands and results of its largest operator.
public struct MemoryDemand: Sendable, Equatable {
  /// Bytes of the weights.
  public let weightBytes: Double
  /// Bytes of the largest set of operands and results that live at once.
  public let activationBytes: Double
  /// Bytes of device memory; nil without an accelerator.
  public let capacityBytes: Double?

  /// Bytes in all.
  public var requiredBytes: Double { weightBytes + activationBytes }

  /// Whether the device can hold them; a processor-only system is taken to.
  public var fits: Bool { capacityBytes.map { requiredBytes <= $0 } ?? true }

  /// The demand of a workload in a precision.
  ///
  /// A lower bound: allocators round up, and frameworks keep more than one operator's tensors.
  public init(workload: BoundWorkload, precision: Precision, accelerator: AcceleratorProfile?) {
    let element = precision.bytesPerElement
    let tensors = TensorSizes(workload.program, element: element)
    weightBytes = workload.weightElements.map { Double($0) * element } ?? tensors.weights
    activationBytes = tensors.largestActivation
    capacityBytes = accelerator.map { $0.memory.capacityGB * 1e9 }
  }
}

/// Sums over the operators of a program.
private struct TensorSizes {
  var weights = 0.0
  var largestActivation = 0.0

  init(_ program: [BoundStatement], element: Double) {
    for statement in program {
      switch statement {
      case .operator(let operation): add(operation, element)
      case .repeat(let count, let body, _):
        let inner = TensorSizes(body, element: element)
        weights += Double(count) * inner.weights
        largestActivation = max(largestActivation, inner.largestActivation)
      }
    }
  }

  private mutating func add(_ operation: Operator, _ element: Double) {
    let isWeight = Self.weightOperands(OperatorKind(operatorName: operation.name))
    var activation = operation.outputs.reduce(0.0) { $0 + Double($1.elementCount) * element }
    for (index, shape) in operation.inputs.enumerated() {
      let bytes = Double(shape.elementCount) * element
      if isWeight(index) { weights += bytes } else { activation += bytes }
    }
    largestActivation = max(largestActivation, activation)
  }

  /// Which operands of a kind of operator are weights.
  private static func weightOperands(_ kind: OperatorKind?) -> (Int) -> Bool {
    switch kind {
    case .convolution, .linear, .batchNorm, .layerNorm: { $0 > 0 }
    case .embedding: { $0 == 0 }
    default: { _ in false }
    }
  }
}
