import Profiles

/// Where a kernel stands among others: its sort, and its shape as a point.
///
/// Kernels of one sort are comparable: what the equations get wrong of one they get wrong of another of nearly the same
/// shape. The coordinates of a point are in octaves, each scaled by how fast the errors change along it
/// (`benchmarks/studies/kernels.md`, section 6): a doubled width of a head changes more than a doubled batch.
struct KernelPlace: Hashable, Sendable {
  /// What kernels must have in common to be comparable.
  enum Sort: Hashable, Sendable {
    /// Products of matrices.
    case product(Precision)
    /// Convolutions of one window and its steps.
    case convolution(Precision, window: [Int64], strides: [Int64])
    /// Attention of every query to every key.
    case encoder(Precision)
    /// Attention of several queries to the keys before each.
    case causal(Precision)
    /// Attention of one query.
    case decode(Precision)
    /// Passes over memory of one operator.
    case stream(Precision, name: String)
    /// What so many ranks do together.
    case collective(CollectiveKind, ranks: Double)
  }

  /// What it can be compared with.
  let sort: Sort
  /// Its shape.
  let point: SIMD8<Double>

  /// The place of a kernel.
  init(_ kernel: Kernel) {
    let format = kernel.arithmetic
    switch kernel.work {
    case .matrix(let shape):
      sort = .product(format)
      point = Self.point(of: shape)
    case .convolution(let shape):
      sort = .convolution(format, window: shape.window, strides: shape.strides)
      point = Self.point(of: shape.asMatrix)
    case .attention(let shape):
      sort = shape.queries <= 1 ? .decode(format) : shape.isCausal ? .causal(format) : .encoder(format)
      point = Self.point(of: shape)
    case .collective(let shape):
      sort = .collective(shape.kind, ranks: shape.ranks)
      point = SIMD8(octaves(shape.bytes), 0, 0, 0, 0, 0, 0, 0)
    case .convolutionHelper, .weightedSum, .stream, .pooling:
      sort = .stream(format, name: kernel.name)
      point = SIMD8(octaves(kernel.bytesRead), octaves(kernel.bytesWritten), 0, 0, 0, 0, 0, 0)
    }
  }

  /// Columns decide more than rows, and rows more than terms.
  private static func point(of shape: MatrixShape) -> SIMD8<Double> {
    SIMD8(octaves(shape.m), 2 * octaves(shape.n), 0.5 * octaves(shape.k), 2 * octaves(shape.batch), 0, 0, 0, 0)
  }

  private static func point(of shape: AttentionShape) -> SIMD8<Double> {
    let group = shape.keyHeads > 0 ? shape.heads / shape.keyHeads : 1
    let context = shape.queries <= 1 ? 0 : octaves(shape.keys) - octaves(shape.queries)
    return SIMD8(
      octaves(shape.batch * shape.keyHeads), octaves(group), octaves(shape.keys), 4 * octaves(shape.width),
      0.25 * octaves(shape.batch), context, 0, 0)
  }
}

/// The logarithm to base two of a size; of nothing that of one.
private func octaves(_ size: Double) -> Double { max(1, size).binaryLogarithm }
