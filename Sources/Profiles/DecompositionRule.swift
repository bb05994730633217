/// An operator that an exported graph spells out in several, named in a framework profile and implemented once, in
/// `Kernels`.
///
/// PyTorch dispatches a GELU at once; the ONNX file that a session loads says `Div`, `Erf`, `Add`, `Mul`, `Mul`. A session
/// that does not fuse them again runs five kernels.
public enum DecompositionRule: String, CaseIterable, Sendable {
  /// A GELU becomes five element-wise operators.
  case gelu
  /// A layer normalization becomes two means and seven element-wise operators.
  case layerNorm = "layer_norm"
  /// A linear layer with a bias becomes a matrix product and an addition.
  case bias
  /// A convolution with a bias becomes one without, and an addition.
  case convolutionBias = "convolution_bias"
}
