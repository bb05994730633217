import Profiles
import Workloads

/// Passes over memory.
extension Lowering {
  /// A kernel that reads some bytes and writes as many.
  func move(_ name: String, bytes: Double) -> Kernel {
    Kernel(name: name, .copy, flops: 0, bytesRead: bytes, bytesWritten: bytes, arithmetic: target.precision)
  }

  /// A kernel that a library launches beside the one it was called for.
  func byLibrary(_ kernel: Kernel) -> Kernel {
    var kernel = kernel
    kernel.isLaunchedByLibrary = true
    return kernel
  }

  /// The copies that an operator makes to get contiguous operands.
  func copies(_ operation: Operator) -> [Kernel] {
    guard !target.isHost || OperatorKind(operatorName: operation.name) == .copy else { return [] }
    return operation.copies.map { shape in
      move(operation.name, bytes: Double(shape.elementCount) * target.precision.bytesPerElement)
    }
  }

  func pointwise(_ operation: Operator) -> [Kernel] {
    let written = operation.outputs.isEmpty ? largestInputBytes(operation) : operation.outputBytes(target)
    let elements = operation.outputs.isEmpty ? operation.largestInputElements : operation.outputElements
    guard elements > 0 else { return [] }
    return [
      Kernel(
        name: operation.name, .elementwise, flops: operation.arithmetic(.pointwise),
        bytesRead: operation.inputBytes(target),
        bytesWritten: written, arithmetic: target.precision)
    ]
  }

  func largestInputBytes(_ operation: Operator) -> Double {
    zip(operation.inputs, operation.inputTypes).map { Double($0.elementCount) * target.bytes($1) }.max() ?? 0
  }

  func reduction(_ operation: Operator, _ kind: OperatorKind) -> [Kernel] {
    let written = operation.outputs.isEmpty ? largestInputBytes(operation) : operation.outputBytes(target)
    return [
      Kernel(
        name: operation.name, .reduction, flops: operation.arithmetic(kind), bytesRead: operation.inputBytes(target),
        bytesWritten: written, arithmetic: target.precision)
    ]
  }

  /// cuDNN normalizes half precision in three kernels, two of them over the channels only.
  func batchNorm(_ operation: Operator) -> [Kernel] {
    let bytes = operation.inputElements(0) * target.precision.bytesPerElement
    guard let input = operation.inputs.first, input.rank >= 2 else { return pointwise(operation) }
    let channels = Double(input[1])
    let main = Kernel(
      name: operation.name, .elementwise, flops: operation.arithmetic(.batchNorm), bytesRead: bytes,
      bytesWritten: bytes, arithmetic: target.precision)
    guard target.precision == .fp16 || target.precision == .bf16, !target.isHost else { return [main] }
    let small = Kernel(
      name: operation.name, .elementwise, flops: channels, bytesRead: 4 * channels, bytesWritten: 4 * channels,
      arithmetic: .fp32)
    return [byLibrary(small), byLibrary(small), main]
  }

  func pooling(_ operation: Operator) -> [Kernel] {
    guard OperatorCheck.fault(in: operation) == nil else { return pointwise(operation) }
    let name = OperatorKind.baseName(operation.name)
    let window = (operation.attribute("kernel_size") ?? [3, 3]).reduce(1) { $0 * Double($1) }
    let outputs = operation.outputElements
    let indices = name.hasPrefix("max_pool") && !target.isHost ? 8 * outputs : 0
    return [
      Kernel(
        name: operation.name, name.hasPrefix("adaptive") ? .reduction : .elementwise, .pooling, flops: window * outputs,
        bytesRead: operation.inputElements(0) * target.precision.bytesPerElement,
        bytesWritten: operation.outputBytes(target) + indices, arithmetic: target.precision)
    ]
  }

  /// A gather reads as much as it writes, wherever in the table that lies, and its indices.
  func gather(_ operation: Operator) -> [Kernel] {
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

  func concatenate(_ operation: Operator) -> [Kernel] {
    let read = operation.inputBytes(target)
    return [
      Kernel(
        name: operation.name, .copy, flops: 0, bytesRead: read,
        bytesWritten: operation.outputs.isEmpty ? read : operation.outputBytes(target), arithmetic: target.precision)
    ]
  }

  /// `to`, `contiguous` and the like without a recorded copy: a kernel only where something is written in another type.
  func conversion(_ operation: Operator) -> [Kernel] {
    let changesType = !operation.outputs.isEmpty && operation.outputTypes.first != operation.inputTypes.first
    let alwaysCopies = ["clone", "repeat", "tile", "flip", "copy", "pixel_shuffle", "channel_shuffle"]
      .contains(OperatorKind.baseName(operation.name))
    return changesType || alwaysCopies ? concatenate(operation) : []
  }

  func creation(_ operation: Operator) -> [Kernel] {
    let name = OperatorKind.baseName(operation.name)
    guard !name.contains("empty"), operation.outputElements > 0 else { return [] }
    return [
      Kernel(
        name: operation.name, .elementwise, flops: 0, bytesRead: 0, bytesWritten: operation.outputBytes(target),
        arithmetic: target.precision)
    ]
  }

  /// What is computed before and after a wait.
  ///
  /// `item` only waits. `nonzero` counts, waits, and writes the positions: PyTorch calls a sum and a selection of CUB's
  /// (one and two kernels) and turns flat positions into indices in a fourth.
  func synchronization(_ operation: Operator) -> [Kernel] {
    guard ["nonzero", "where"].contains(OperatorKind.baseName(operation.name)) else { return [] }
    let count = reduction(operation, .synchronization)
    return count + Array(repeating: move(operation.name, bytes: operation.inputBytes(target)), count: 3).map(byLibrary)
  }

  /// Copies over the host link: `memcpy_host_to_device` and `memcpy_device_to_host`, with `pinned` as an attribute.
  func transfer(_ operation: Operator) -> Transfer? {
    let name = OperatorKind.baseName(operation.name)
    guard name == "memcpy_host_to_device" || name == "memcpy_device_to_host" else { return nil }
    return Transfer(
      bytes: operation.inputBytes(target), isToDevice: name == "memcpy_host_to_device",
      isPageable: (operation.attribute("pinned")?.first ?? 0) == 0)
  }
}
