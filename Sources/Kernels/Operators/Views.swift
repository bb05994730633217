import Profiles
import Workloads

// Another look at the same memory.

extension OperatorRule {
  /// Operators that change what is known of a tensor and not its elements, and dropout outside of training.
  static let views = [
    OperatorRule(
      """
      view reshape transpose permute t T mT expand expand_as slice select squeeze unsqueeze flatten unflatten chunk \
      split split_with_sizes narrow detach alias view_as reshape_as unbind as_strided movedim swapaxes swapdims \
      numpy_T dropout feature_dropout alpha_dropout _unsafe_view unsafe_chunk unsafe_split tensor_split unfold \
      broadcast_to adjoint real imag size resolve_conj resolve_neg result_type is_floating_point lift_fresh \
      diagonal ravel moveaxis native_dropout set_ resize
      """, .view, fusion: .view, recorded: { _ in false }, lower: { _, _ in [] })
  ]
}
