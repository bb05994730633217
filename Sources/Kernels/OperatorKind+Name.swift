import Profiles
import Workloads

extension OperatorKind {
  /// The kind of an operator by its name, or nil when there is no rule for it.
  ///
  /// `aten::` in front, an underscore behind (in place) and an overload's name do not matter.
  public init?(operatorName: String) {
    // Most names are as PyTorch writes them and are found as they are.
    guard let kind = Self.kinds[operatorName] ?? Self.kinds[Self.baseName(operatorName)] else { return nil }
    self = kind
  }

  /// The kind of an operator, or nil when there is no rule for it.
  ///
  /// `where` with a condition only lists the positions that meet it, and waits for their number as `nonzero` does.
  public init?(of operation: Operator) {
    self.init(operatorName: operation.name)
    if self == .pointwise, operation.inputs.count == 1, Self.baseName(operation.name) == "where" {
      self = .synchronization
    }
  }

  /// The name without namespace, in-place mark and overload: `aten::relu_` is `relu`.
  public static func baseName(_ operatorName: String) -> String {
    // Bytes, not characters: every operator of every workload comes by here, and finding characters costs ten times.
    var name = operatorName.utf8[...]
    if let colon = name.lastIndex(of: UInt8(ascii: ":")) { name = name[name.index(after: colon)...] }
    if let dot = name.firstIndex(of: UInt8(ascii: ".")) { name = name[..<dot] }
    let underscore = UInt8(ascii: "_")
    if name.last == underscore, name.dropLast().last != underscore { name = name.dropLast() }
    return String(Substring(name))
  }

  private static let kinds: [String: OperatorKind] = {
    var kinds: [String: OperatorKind] = [:]
    for (kind, names) in names {
      for name in names.split(separator: " ") {
        for written in ["\(name)", "aten::\(name)", "aten::\(name)_"] where kinds[written] == nil {
          kinds[written] = kind
        }
      }
    }
    return kinds
  }()

  /// The operators of PyTorch's `native_functions.yaml` that inference meets, by kind.
  private static let names: [(OperatorKind, String)] = [
    (
      .convolution,
      """
      conv1d conv2d conv3d convolution _convolution cudnn_convolution miopen_convolution conv_transpose1d \
      conv_transpose2d conv_transpose3d thnn_conv2d _conv_depthwise2d
      """
    ),
    (.batchNorm, "batch_norm native_batch_norm cudnn_batch_norm miopen_batch_norm _batch_norm_impl_index"),
    (.linear, "linear addmm mm addmv mv"),
    (.matmul, "matmul bmm baddbmm einsum dot __matmul__"),
    (.layerNorm, "layer_norm native_layer_norm group_norm native_group_norm rms_norm _fused_rms_norm instance_norm"),
    (.softmax, "softmax _softmax log_softmax _log_softmax"),
    (
      .attention,
      """
      scaled_dot_product_attention _scaled_dot_product_flash_attention _scaled_dot_product_efficient_attention \
      _scaled_dot_product_cudnn_attention _flash_attention_forward _efficient_attention_forward
      """
    ),
    (
      .pointwise,
      """
      abs add addcdiv addcmul and bitwise_and bitwise_not bitwise_or ceil clamp clamp_max clamp_min cos cumulative \
      div elu eq erf exp expm1 fill floor floor_divide fmod ge gelu glu gt hardsigmoid hardswish hardtanh le leaky_relu \
      lerp log log1p log2 logical_and logical_not logical_or logit lt masked_fill maximum minimum mish mul ne neg \
      pow prelu reciprocal relu relu6 remainder round rsqrt rsub sigmoid sign silu sin softplus sqrt square sub tanh \
      threshold tril triu true_divide where xor zero bitwise_xor fused nan_to_num __and__ __or__ __xor__ celu selu
      """
    ),
    (
      .view,
      """
      view reshape transpose permute t T mT expand expand_as slice select squeeze unsqueeze flatten unflatten chunk \
      split split_with_sizes narrow detach alias view_as reshape_as unbind as_strided movedim swapaxes swapdims \
      numpy_T dropout feature_dropout alpha_dropout _unsafe_view unsafe_chunk unsafe_split tensor_split unfold \
      broadcast_to adjoint real imag size resolve_conj resolve_neg result_type is_floating_point lift_fresh \
      diagonal ravel moveaxis native_dropout set_ resize
      """
    ),
    (
      .copy,
      """
      clone contiguous copy to _to_copy repeat tile flip type_as float half double bfloat16 int long bool cuda cpu \
      _reshape_copy view_copy expand_copy channel_shuffle pixel_shuffle native_channel_shuffle im2col
      """
    ),
    (
      .concatenate,
      "cat concat concatenate stack hstack vstack dstack pad constant_pad_nd reflection_pad2d replication_pad2d roll"
    ),
    (
      .pooling,
      """
      max_pool1d max_pool2d max_pool3d max_pool2d_with_indices avg_pool1d avg_pool2d avg_pool3d adaptive_avg_pool1d \
      adaptive_avg_pool2d _adaptive_avg_pool2d adaptive_max_pool2d adaptive_avg_pool3d interpolate \
      upsample_nearest1d upsample_nearest2d upsample_bilinear2d upsample_bicubic2d grid_sampler local_response_norm
      """
    ),
    (
      .reduction,
      """
      mean sum prod amax amin max min argmax argmin cumsum cumprod norm linalg_vector_norm var std var_mean any all \
      topk sort argsort logsumexp count_nonzero unique_consecutive unique2 histc bincount aminmax logcumsumexp
      """
    ),
    (.embedding, "embedding embedding_bag _embedding_bag"),
    (
      .gather,
      """
      gather index index_select take take_along_dim scatter scatter_add scatter_reduce index_add index_copy index_put \
      index_fill masked_select masked_scatter one_hot repeat_interleave _index_put_impl
      """
    ),
    (
      .creation,
      """
      zeros ones empty full arange zeros_like ones_like empty_like full_like new_zeros new_ones new_empty new_full \
      tensor scalar_tensor rand randn rand_like linspace eye empty_strided new_empty_strided range bernoulli multinomial
      """
    ),
    (.synchronization, "item nonzero _local_scalar_dense is_nonzero equal synchronize allclose"),
  ]
}
