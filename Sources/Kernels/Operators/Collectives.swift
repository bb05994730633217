import Profiles
import Roofline
import Workloads

// Operations of all ranks together.

extension OperatorRule {
  /// What ranks do together, as PyTorch and engines call it.
  static let collectives =
    [
      collective("allreduce allreduce_coalesced all_reduce outplace_all_reduce", .allReduce),
      collective(
        "allgather _allgather_base allgather_into_tensor_coalesced all_gather all_gather_into_tensor", .allGather),
      collective(
        "reduce_scatter _reduce_scatter_base reduce_scatter_tensor_coalesced reduce_scatter_tensor", .reduceScatter),
      collective("alltoall alltoall_base all_to_all_single", .allToAll),
      collective("broadcast", .broadcast),
      collective("send recv", .sendReceive),
      // What waits for one of them launches nothing.
      OperatorRule("wait_tensor", .view, recorded: { _ in false }, lower: { _, _ in [] }),
    ]

  private static func collective(_ names: String, _ kind: CollectiveKind) -> OperatorRule {
    OperatorRule(
      names, .collective, collective: kind, recorded: { _ in false },
      check: { operation throws(OperatorFault) in
        if operation.inputs.isEmpty { throw .tooFewOperands(needed: 1, found: 0) }
        try OperatorCheck.checkValues("ranks", operation.attribute("ranks") ?? [], 1...Parallelism.limit)
      }, lower: { $0.collective($1, kind) })
  }
}

extension Lowering {
  /// One kernel of every rank that takes part: those that an operator names, or else those that share its products.
  ///
  /// A rank alone has nothing to say.
  fileprivate func collective(_ operation: Operator, _ kind: CollectiveKind) -> [Kernel] {
    let ranks = operation.attribute("ranks")?.first ?? (kind == .sendReceive ? 2 : target.ranks)
    let bytes = operation.inputBytes(target)
    guard ranks > 1, bytes > 0 else { return [] }
    let shape = CollectiveShape(kind, ranks: Double(ranks), bytes: bytes)
    return [
      Kernel(
        name: operation.name, .collective, .collective(shape), flops: 0, bytesRead: bytes,
        bytesWritten: kind == .allGather ? bytes * shape.ranks : kind == .reduceScatter ? bytes / shape.ranks : bytes,
        arithmetic: target.precision)
    ]
  }
}
