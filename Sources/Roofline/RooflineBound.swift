/// Which side of the ridge point a kernel lies on.
public enum RooflineBound: String, Hashable, Sendable, CaseIterable {
  /// The peak arithmetic rate limits the kernel. The ridge point itself counts here: the peak is just attained.
  case computeBound = "compute-bound"
  /// The memory bandwidth limits the kernel.
  case memoryBound = "memory-bound"
}
