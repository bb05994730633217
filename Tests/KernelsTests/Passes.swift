import Kernels
import Workloads

// The passes from a program to its groups, with plain operators on both sides.

extension Fusion {
  /// The groups of a program.
  func rewrite(_ program: [Block<Operator>]) -> [Block<[Operator]>] {
    let fused = rewrite(ResolvedProgram(BoundWorkload(name: "w", program: program)))
    return fused.sequence.mapLeaves { fused.groups[$0].map(\.operation) }
  }
}

extension Decomposition {
  /// A program with operators spelled out.
  func rewrite(_ program: [Block<Operator>]) -> [Block<Operator>] {
    let nodes = rewrite(ResolvedProgram(BoundWorkload(name: "w", program: program)))
    return nodes.sequence.mapLeaves { nodes.calls[$0].operation }
  }
}
