import Profiles
import Workloads

// Data that moves unchanged: within the device, to another layout or type, and over the host link.

extension OperatorRule {
  /// Copies, conversions, concatenations and transfers.
  static let copies = [
    copy(
      "clone repeat tile flip pixel_shuffle channel_shuffle", alwaysCopies: true,
      recorded: { call in call.resultLikeFirstOperand() }),
    // (target, source): what stands in the target is not read.
    copy(
      "copy", alwaysCopies: true, hasTarget: true,
      recorded: { call in
        defer { if call.inputs.count >= 2 { (call.inputs, call.types) = ([call.inputs[1]], [call.types[1]]) } }
        return call.resultLikeFirstOperand()
      }),
    copy(
      """
      contiguous to _to_copy type_as float half double bfloat16 int long bool cuda cpu _reshape_copy view_copy \
      expand_copy native_channel_shuffle im2col
      """, alwaysCopies: false, recorded: { call in call.resultLikeFirstOperand() }),
    OperatorRule(
      "cat concat concatenate stack hstack vstack dstack pad constant_pad_nd reflection_pad2d replication_pad2d roll",
      .concatenate, fusion: .concatenate, caches: { _ in true },
      recorded: { call in
        var elements: Int64 = 0
        for input in call.inputs {
          elements += input.elementCount
          guard elements <= Shape.elementLimit else { return false }
        }
        return call.results(in: [elements])
      }, lower: { $0.concatenate($1) }),
    transfer("memcpy_host_to_device", isToDevice: true),
    transfer("memcpy_device_to_host", isToDevice: false),
  ]

  private static func copy(
    _ names: String, alwaysCopies: Bool, hasTarget: Bool = false,
    recorded: @escaping @Sendable (inout RecordedArguments) -> Bool
  ) -> OperatorRule {
    OperatorRule(
      names, .copy, fusion: alwaysCopies ? .copy : .conversion, recorded: recorded,
      lower: { lowering, operation in
        let isTold = hasTarget && operation.inputs.count > 1
        return lowering.conversion(
          operation, unread: isTold ? lowering.bytes(operation, input: 0) : 0, alwaysCopies: alwaysCopies)
      })
  }

  /// Copies over the host link, with `pinned` as an attribute.
  private static func transfer(_ name: String, isToDevice: Bool) -> OperatorRule {
    OperatorRule(
      name, .copy,
      transfer: { lowering, operation in
        Transfer(
          bytes: operation.inputBytes(lowering.target), isToDevice: isToDevice,
          isPageable: (operation.attribute("pinned")?.first ?? 0) == 0)
      }, lower: { _, _ in [] })
  }
}

extension Lowering {
  /// A kernel that reads elements in one order and writes them in another.
  func permute(_ name: String, elements: Double) -> Kernel {
    var kernel = move(name, bytes: elements * target.precision.bytesPerElement)
    kernel.pass.placed = elements
    return kernel
  }

  /// A kernel that reads some bytes and writes as many.
  func move(_ name: String, bytes: Double) -> Kernel {
    Kernel(name: name, .copy, flops: 0, bytesRead: bytes, bytesWritten: bytes, arithmetic: target.precision)
  }

  /// The bytes of an operand.
  fileprivate func bytes(_ operation: Operator, input index: Int) -> Double {
    operation.inputElements(index) * target.bytes(operation.inputTypes[index])
  }

  /// A kernel that reads the operands, all but some bytes of them, and writes them elsewhere.
  fileprivate func concatenate(_ operation: Operator, unread: Double = 0) -> [Kernel] {
    let read = operation.inputBytes(target) - unread
    var kernel = Kernel(
      name: operation.name, .copy, flops: 0, bytesRead: read,
      bytesWritten: operation.outputs.isEmpty ? read : operation.outputBytes(target), arithmetic: target.precision)
    if let order = operation.attribute("permutation"), let last = order.last {
      let keepsRows = last == Int64(order.count - 1) || last == -1
      (kernel.pass.placed, kernel.pass.turned) =
        keepsRows ? (operation.outputElements, 0) : (0, operation.outputElements)
    } else if joinsRows(operation) {
      kernel.pass.placed = operation.outputElements
    }
    return [kernel]
  }

  /// Whether tensors are joined within their rows, where each element's place is computed.
  private func joinsRows(_ operation: Operator) -> Bool {
    guard operation.inputs.count > 1, let joined = operation.outputs.first?.last,
      OperatorRule.of(operation).kind == .concatenate
    else { return false }
    return operation.inputs.contains { $0.rank == operation.outputs[0].rank && $0.last != joined }
  }

  /// `to`, `contiguous` and the like without a recorded copy: a kernel only where something is written in another type.
  fileprivate func conversion(_ operation: Operator, unread: Double, alwaysCopies: Bool) -> [Kernel] {
    guard operation.copies.isEmpty else { return [] }
    let changesType = !operation.outputs.isEmpty && operation.outputTypes.first != operation.inputTypes.first
    let isPermuted = operation.attribute("permutation") != nil
    return changesType || alwaysCopies || isPermuted ? concatenate(operation, unread: unread) : []
  }
}
