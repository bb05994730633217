/// Where the tensors are that a pass is given, and where its results are wanted.
public enum TensorPlace: String, CaseIterable, Sendable {
  /// In the accelerator's memory: bound there beforehand, as benchmarks of kernels do.
  case device
  /// In the host's pageable memory (a NumPy array): a pass copies its inputs to the accelerator and its outputs back.
  case host
}
