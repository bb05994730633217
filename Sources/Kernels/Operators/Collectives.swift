import Profiles
import Workloads

// Operations of all ranks together.

extension OperatorRule {
  /// What ranks do together, as PyTorch calls it.
  ///
  /// What they send takes time that nothing prices yet: they are guessed as traffic on the device, as what no rule knows.
  static let collectives = [
    OperatorRule(
      """
      allreduce allreduce_coalesced allgather _allgather_base allgather_into_tensor_coalesced reduce_scatter \
      _reduce_scatter_base reduce_scatter_tensor_coalesced alltoall alltoall_base broadcast all_reduce \
      all_gather_into_tensor reduce_scatter_tensor all_to_all_single wait_tensor
      """, .collective, isGuess: true, arithmetic: .perResult(1), recorded: { _ in false },
      lower: { $0.pointwise($1) })
  ]
}
