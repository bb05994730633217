/// What sort of work an operator is, as far as the framework's host cost depends on it.
///
/// The raw values are the keys of `dispatch_us` in a framework profile.
public enum OperatorKind: String, CaseIterable, Sendable, Hashable {
  /// Convolutions of any rank, also transposed ones.
  case convolution
  /// Convolutions of each channel by itself, which the framework computes without a library.
  case depthwiseConvolution = "depthwise_convolution"
  /// Batch normalization.
  case batchNorm = "batch_norm"
  /// A matrix product with weights: `linear`, `addmm`.
  case linear
  /// A matrix product of activations: `matmul`, `bmm`, `baddbmm`.
  case matmul
  /// Layer, group and root-mean-square normalization.
  case layerNorm = "layer_norm"
  /// Softmax and its logarithm.
  case softmax
  /// Fused attention.
  case attention
  /// One result for each element: arithmetic, activations, comparisons, casts.
  case pointwise
  /// Metadata only: view, transpose, expand, slice, and dropout outside of training.
  case view
  /// Concatenation, stacking, padding, rolling: data movement to a new tensor.
  case concatenate
  /// Copies to a new layout, type or device.
  case copy
  /// Pooling and interpolation windows.
  case pooling
  /// Sums, means, extrema, cumulative sums, sorting.
  case reduction
  /// Table look-ups.
  case embedding
  /// Indexing by computed positions: gather, index, scatter.
  case gather
  /// Creation of tensors: zeros, ones, arange, full.
  case creation
  /// Waits for the device: `item`, `nonzero`, synchronization.
  case synchronization
  /// What all ranks do together: all-reduce, all-gather, reduce-scatter, all-to-all.
  case collective
  /// A group of operators that a fusion rule made one kernel of.
  case fused
  /// Anything without a rule.
  case other

  /// The kind whose dispatch cost it has where a framework states none of its own; nil for the last resort.
  ///
  /// So a kind that is added here breaks no framework's file.
  public var parent: OperatorKind? {
    switch self {
    case .other: nil
    case .depthwiseConvolution: .convolution
    case .batchNorm: .layerNorm
    case .linear, .attention: .matmul
    case .layerNorm, .softmax, .pooling: .reduction
    case .concatenate: .copy
    case .embedding: .gather
    case .reduction, .copy, .gather, .creation, .fused, .view: .pointwise
    case .convolution, .matmul, .pointwise, .synchronization, .collective: .other
    }
  }
}
