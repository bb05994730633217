import Kernels
import Workloads

// The passes from a program to its groups, with plain operators on both sides.

extension Fusion {
  /// The groups of a program.
  func rewrite(_ program: [Block<Operator>]) -> [Block<[Operator]>] {
    let groups: [Block<[ResolvedOperator]>] = rewrite(program.resolved)
    return groups.mapLeaves { $0.map(\.operation) }
  }
}

extension Decomposition {
  /// A program with operators spelled out.
  func rewrite(_ program: [Block<Operator>]) -> [Block<Operator>] {
    let nodes: [Block<ResolvedOperator>] = rewrite(program.resolved)
    return nodes.mapLeaves(\.operation)
  }
}
