import JSONText
import Profiles
import Roofline
import Workloads

/// What an operator does at least, whatever runs it: its arithmetic, and each of its tensors moved once.
///
/// It is what the roofline of a data sheet is asked about. Kernels that a library launches around an operator, or for a part
/// of it, move tensors more often.
package struct OperatorWork: Work {
  /// Floating-point operations, exact.
  package let operationCount: Int128
  /// Elements in the format that is asked for, read and written.
  package let elements: Int128
  /// Bytes of one.
  package let bytesPerElement: Double
  /// Bytes of integers and truth values, read and written.
  package let otherBytes: Int128

  /// All tensors once.
  package var bytes: Bytes { Bytes(roundedCount(elements) * bytesPerElement) + Bytes(roundedCount(otherBytes)) }

  /// What an operator does, all of whose results are told.
  package init(_ operation: Operator, bytesPerElement: Double) {
    let rule = OperatorRule.of(operation)
    operationCount = rule.operationCount(of: operation)
    let moved = rule.tensors(of: operation).reduce(into: TensorCount()) { $0.add($1) }
    elements = moved.elements
    otherBytes = moved.bytes
    self.bytesPerElement = bytesPerElement
  }
}

/// Elements of floating-point tensors, and bytes of all others.
private struct TensorCount {
  var elements: Int128 = 0
  var bytes: Int128 = 0

  mutating func add(_ tensor: (shape: Shape, type: ElementType)) {
    let count = Int128(tensor.shape.elementCount)
    switch tensor.type {
    case .float, .weight, .cache: elements += count
    case .int64: bytes += 8 * count
    case .int32: bytes += 4 * count
    case .bool: bytes += count
    }
  }
}

extension OperatorRule {
  /// The floating-point operations of a call: of its products alone, where it multiplies.
  ///
  /// A bias is added on the way and not counted, as PyTorch's own counter has it.
  fileprivate func operationCount(of operation: Operator) -> Int128 {
    switch kind {
    case .view, .synchronization: return self === Self.positions ? arithmetic.count(of: operation) : 0
    case .linear, .matmul:
      if let shape = productShape(of: operation) { return Self.operationCount(shape) }
      if isGrouped { return Self.groupedOperations(operation) }
      if let recurrence = recurrence(of: operation) { return recurrence.operations }
      // A sum over names that shapes do not tell: a pass over its operands.
      return product == nil ? OperatorArithmetic.perResult(1).count(of: operation) : 0
    case .convolution, .depthwiseConvolution:
      let isTransposed = names.contains("conv_transpose2d")
      let geometry = try? ConvolutionGeometry(operation, isTransposed: isTransposed)
      return geometry.map { Self.operationCount($0.shape.asMatrix) } ?? 0
    case .attention:
      let shape = Lowering.attentionShape(operation)
      return Attention.operations(
        batch: Int128(shape.batch), heads: Int128(shape.heads), pairs: Int128(shape.pairs),
        width: Int128(Self.width(operation, 0)), valueWidth: Int128(Self.width(operation, 2)))
    case .pooling:
      // Regions that cover the input look at each of its elements once.
      if Self.coversInput(operation) { return OperatorArithmetic.perInput(1).count(of: operation) }
      return Int128(Lowering.poolOperations(operation))
    case .collective: return 0
    default: return arithmetic.count(of: operation)
    }
  }

  /// Whether rows of several groups multiply with a matrix of their group each.
  var isGrouped: Bool { names.contains("grouped_mm") || names.contains("compiled_grouped_mm") }

  /// The last dimension of an operand.
  static func width(_ operation: Operator, _ index: Int) -> Int64 { operation.inputs[index].last ?? 1 }

  /// The operations of a product whose rows are of several groups: each row multiplies with the matrix of its own.
  private static func groupedOperations(_ operation: Operator) -> Int128 {
    let (rows, matrices) = (operation.inputs[0], operation.inputs[1])
    return MatrixMultiply.operations(
      batch: 1, rows: Int128(rows[0]), columns: Int128(matrices[2]), inner: Int128(matrices[1]))
  }

  /// Whether a pool's regions cover its input, however many there are.
  static func coversInput(_ operation: Operator) -> Bool { baseName(operation.name).contains("adaptive") }

  private static func operationCount(_ shape: MatrixShape) -> Int128 {
    MatrixMultiply.operations(
      batch: Int128(shape.batch), rows: Int128(shape.m), columns: Int128(shape.n), inner: Int128(shape.k))
  }

  /// The product that a call is, also of a sum over named dimensions.
  func productShape(of operation: Operator) -> MatrixShape? {
    if let product { return product.shape(of: operation) }
    return names.contains("einsum") ? Lowering.contraction(operation) : nil
  }

  /// The tensors that a call moves; one that is read and written stands here twice.
  func tensors(of operation: Operator) -> [(shape: Shape, type: ElementType)] {
    let read = Array(zip(operation.inputs, operation.inputTypes).map { (shape: $0.0, type: $0.1) })
    let written = Array(zip(operation.outputs, operation.outputTypes).map { (shape: $0.0, type: $0.1) })
    switch kind {
    case .view: return []
    case .synchronization: return self === Self.positions ? read + written : []
    // Across the link it goes once into the device's memory, or out of it.
    case .copy where transfer != nil: return read
    // Of a target and a source only the latter is read.
    case .copy where names.contains("copy") && read.count > 1: return read.dropFirst() + written
    // Another tensor only says how large the new one is.
    case .creation: return names.contains("empty") ? [] : written
    // Rows are read where they lie, and not the whole table.
    case .attention where operation.attribute("shares_values")?.first == 1:
      // Latent attention keeps one tensor, of which values are the greater part of the keys.
      return read.enumerated().filter { $0.offset != 2 }.map(\.element) + written
    case .linear where isGrouped:
      return read.enumerated().map { $0.offset == 1 ? (usedMatrices(operation), $0.element.type) : $0.element }
        + written
    case .embedding, .gather: return written + written + read.filter { $0.type == .int64 || $0.type == .int32 }
    default: return read + written
    }
  }
}

extension OperatorRule {
  /// The matrices of the groups that have rows, where there are no more rows than groups.
  private func usedMatrices(_ operation: Operator) -> Shape {
    let (rows, matrices) = (operation.inputs[0], operation.inputs[1])
    return Shape([min(rows[0], matrices[0])] + matrices.dimensions.dropFirst())
  }
}

extension Operator {
  /// Whether it runs something: not what looks at the same memory in another way, or is told to convert what is right.
  package var movesTensors: Bool {
    let rule = OperatorRule.of(self)
    if rule.kind == .view || rule.kind == .synchronization && rule !== OperatorRule.positions { return false }
    if rule.fusion == .conversion { return !copies.isEmpty || inputTypes.first != outputTypes.first }
    return true
  }

  /// Whether it is guessed, because no rule knows its name.
  package var isGuessed: Bool { OperatorRule.of(self) === OperatorRule.unknown }
}

extension OperatorArithmetic {
  /// Floating-point operations of a call whose results are told, exact.
  fileprivate func count(of operation: Operator) -> Int128 {
    switch self {
    case .perResult(let count):
      Int128(count) * operation.outputs.reduce(0) { $0 + Int128($1.elementCount) }
    case .perInput(let count): Int128(count) * Int128(operation.inputs.first?.elementCount ?? 0)
    case .perOperand(let count): Int128(count) * Int128(operation.inputs.map(\.elementCount).max() ?? 0)
    }
  }
}
