import Profiles
import Workloads

// Reads and writes at computed positions.

extension OperatorRule {
  /// Look-ups in tables, and indexing by tensors.
  static let gathers = [
    OperatorRule(
      "embedding embedding_bag _embedding_bag", .embedding, weights: { $0 == 0 },
      recorded: { call in
        guard call.inputs.count >= 2, let width = call.inputs[0].dimensions.last else { return false }
        return call.results(in: call.inputs[1].dimensions + [width])
      }, lower: { $0.gather($1) }),
    gather(
      "index_select",
      recorded: { call in
        guard call.inputs.count >= 2, let width = call.inputs[0].dimensions.last else { return false }
        return call.results(in: [call.inputs[1].elementCount, width])
      }),
    gather("index_copy index_put _index_put_impl scatter", caches: { $0 == 0 }),
    gather(
      """
      gather index take take_along_dim scatter_add scatter_reduce index_add index_fill masked_select masked_scatter \
      repeat_interleave
      """),
    // Zeros, and ones scattered into them.
    OperatorRule(
      "one_hot", .gather, recorded: { _ in false },
      lower: { lowering, operation in lowering.creation(operation) + lowering.gather(operation) }),
  ]

  /// How many rows a gather takes is not recorded, but for a few.
  private static func gather(
    _ names: String, caches: @escaping @Sendable (Int) -> Bool = { _ in false },
    recorded: @escaping @Sendable (inout RecordedArguments) -> Bool = { _ in false }
  ) -> OperatorRule {
    OperatorRule(names, .gather, caches: caches, recorded: recorded, lower: { $0.gather($1) })
  }
}

extension Lowering {
  /// What takes rows as they are; others look up each element by itself.
  private static let wholeRows: Set<String> = ["embedding", "embedding_bag", "_embedding_bag", "index_select"]

  /// A gather reads as much as it writes, wherever in the table that lies, and its indices.
  ///
  /// Nothing is launched where there is no position to read or write.
  fileprivate func gather(_ operation: Operator) -> [Kernel] {
    let written = operation.outputBytes(target)
    let positions = zip(operation.inputs, operation.inputTypes).filter { $0.1 == .int64 || $0.1 == .int32 }
    guard positions.allSatisfy({ $0.0.elementCount > 0 }) else { return [] }
    let indices = positions.reduce(0) { $0 + Double($1.0.elementCount) * target.bytes($1.1) }
    var kernel = Kernel(
      name: operation.name, .gather, flops: 0, bytesRead: written + indices, bytesWritten: written,
      arithmetic: target.precision)
    let (results, width) = (operation.outputElements, Double(max(1, operation.outputs.first?.last ?? 1)))
    if Self.wholeRows.contains(OperatorRule.baseName(operation.name)) {
      kernel.pass = .look(rows: results / width)
    } else {
      kernel.pass.placed = results
    }
    return [kernel]
  }
}
