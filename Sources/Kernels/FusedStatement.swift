import Workloads

/// A workload's program after fusion: groups of operators that run as one.
public indirect enum FusedStatement: Sendable, Equatable {
  /// Operators that share one dispatch and, where they have any, their kernels; most groups have one member.
  case group([Operator])
  /// Statements that run several times.
  case loop(count: Int, body: [FusedStatement])
}
