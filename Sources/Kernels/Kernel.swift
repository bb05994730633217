import Profiles
import Roofline

/// What sort of device work a kernel is.
public enum KernelClass: String, CaseIterable, Sendable, Hashable {
  /// A matrix product, batched or not.
  case matrixMultiply = "matrix multiply"
  /// A convolution by any algorithm.
  case convolution
  /// One result for each element.
  case elementwise = "element-wise"
  /// Sums, extrema, normalizations, softmax.
  case reduction
  /// Reads at computed positions.
  case gather
  /// Moves data unchanged.
  case copy
  /// What ranks do together.
  case collective
}

/// A batched matrix product: `batch` times (m x k) by (k x n).
public struct MatrixShape: Hashable, Sendable {
  /// Independent products.
  public var batch: Double
  /// Rows of the result.
  public var m: Double
  /// Columns of the result.
  public var n: Double
  /// Terms of each sum.
  public var k: Double
  /// Whether sums are kept in the format of the operands, as a library may be asked to; else in single precision.
  package var sumsInFormat = false

  /// A batched product.
  public init(batch: Double = 1, m: Double, n: Double, k: Double) {
    self.batch = batch
    self.m = m
    self.n = n
    self.k = k
  }

  /// Two for each multiply-add.
  public var flops: Double { MatrixMultiply.operations(batch: batch, rows: m, columns: n, inner: k) }
}

/// A convolution, of one, two or three spatial dimensions.
public struct ConvolutionShape: Hashable, Sendable {
  /// Images.
  public var batch: Double
  /// Channels of the input, all groups together.
  public var inputChannels: Double
  /// Channels of the output, all groups together.
  public var outputChannels: Double
  /// Independent groups of channels.
  public var groups: Double
  /// Sides of one input channel of one image.
  public var input: [Int64]
  /// Sides of one output channel of one image.
  public var output: [Int64]
  /// Sides of the window.
  public var window: [Int64]
  /// Steps between windows.
  public var strides: [Int64]
  /// The bytes that an algorithm may use beside the tensors.
  public var workspace = Double.infinity
  /// Whether sums are kept in the format of the tensors, as a library may be asked to; else in single precision.
  package var sumsInFormat = false

  /// A convolution.
  public init(
    batch: Double, inputChannels: Double, outputChannels: Double, groups: Double, input: [Int64], output: [Int64],
    window: [Int64], strides: [Int64]
  ) {
    self.batch = batch
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.groups = groups
    self.input = input
    self.output = output
    self.window = window
    self.strides = strides
  }

  /// Positions of one input channel of one image.
  package var inputPositions: Double { input.reduce(1) { $0 * Double($1) } }

  /// Positions of one output channel of one image.
  package var outputPositions: Double { output.reduce(1) { $0 * Double($1) } }

  /// Positions of the window.
  package var windowPositions: Double { window.reduce(1) { $0 * Double($1) } }

  /// Input and output channels of a group.
  var channelsOfGroup: [Double] { [inputChannels / groups, outputChannels / groups] }

  /// Whether every channel is a group of its own.
  package var isDepthwise: Bool { groups > 1 && groups == inputChannels }

  /// Whether the window is three by three and moves one step at a time, which Winograd's algorithm needs.
  package var isThreeByThreeUnitStride: Bool { window == [3, 3] && strides.allSatisfy { $0 == 1 } && groups == 1 }

  /// The side of a square window of unit stride for which a Winograd algorithm with transformed tensors exists.
  var winogradWindow: Double? {
    guard groups == 1, strides.allSatisfy({ $0 == 1 }) else { return nil }
    return window == [3, 3] ? 3 : window == [5, 5] ? 5 : nil
  }

  /// How many square tiles of outputs cover one output channel of one image.
  func outputTiles(side: Double) -> Double { output.reduce(1) { $0 * (Double($1) / side).rounded(.up) } }

  /// Whether the convolution is a plain matrix product over positions.
  package var isPointwise: Bool { window.allSatisfy { $0 == 1 } && strides.allSatisfy { $0 == 1 } }

  /// The share of the input's positions that windows look at: fewer than all where they are narrower than their steps.
  ///
  /// - Parameter skipsColumns: Whether a position between columns is left out as well; what lies side by side in a row comes
  ///   along with its neighbors.
  /// - Returns: The share, above 0 and up to 1.
  func readFraction(skipsColumns: Bool) -> Double {
    zip(window, strides).enumerated().reduce(1) { fraction, axis in
      let (place, (side, step)) = axis
      guard side < step, skipsColumns || place < window.count - 1 else { return fraction }
      return fraction * Double(side) / Double(step)
    }
  }

  /// Fills the channels up to a multiple.
  mutating func fillChannels(to multiple: Double) {
    guard multiple > 1 else { return }
    inputChannels = (inputChannels / multiple).rounded(.up) * multiple
    outputChannels = (outputChannels / multiple).rounded(.up) * multiple
  }

  /// The matrix product of each group that an implicit-GEMM algorithm computes.
  package var asMatrix: MatrixShape {
    MatrixShape(
      batch: groups, m: batch * outputPositions, n: outputChannels / groups,
      k: inputChannels / groups * windowPositions)
  }

  /// The product that F(2x2,3x3) makes of it: for 2 x 2 outputs a sum over channels for each of 16 points.
  var asFusedWinograd: MatrixShape {
    MatrixShape(m: 4 * batch * outputTiles(side: 2), n: outputChannels, k: 4 * inputChannels)
  }

  /// Two for each multiply-add.
  public var flops: Double {
    Convolution.operations(
      batch: batch, outputChannels: outputChannels, positions: outputPositions, groupChannels: inputChannels / groups,
      window: windowPositions)
  }
}

/// Attention in one kernel: scores of queries and keys, their softmax, and the sums of values.
public struct AttentionShape: Hashable, Sendable {
  /// Sequences.
  public var batch: Double
  /// Heads of queries.
  public var heads: Double
  /// Heads of keys and values, each of which serves a group of the queries' heads.
  public var keyHeads: Double
  /// Queries of a sequence.
  public var queries: Double
  /// Keys of a sequence.
  public var keys: Double
  /// The width of a head: the mean of that of keys and that of values, where they differ.
  public var width: Double
  /// Whether a query attends to no key behind its own: the last query to all keys, each one before to one fewer.
  public var isCausal = false
  /// Whether a kernel before it writes the new keys and values into a cache, which then counts with it.
  public var writesCache = false
  /// Whether a compute unit takes all queries of a head at once, rather than a block of them.
  package var hasWholeHeads = false
  /// Whether the keys of one query may be split among compute units; a kernel that takes a mask does not.
  package var isSplit = true

  /// Attention of every query to every key.
  public init(
    batch: Double, heads: Double, keyHeads: Double, queries: Double, keys: Double, width: Double
  ) {
    self.batch = batch
    self.heads = heads
    self.keyHeads = keyHeads
    self.queries = queries
    self.keys = keys
    self.width = width
  }

  /// Whether the keys are what there is to split: one query, or a few over many keys.
  var isDecode: Bool { queries == 1 || (queries <= 64 && keys >= 8 * queries) }

  /// Keys that a query attends to, on average.
  package var keysOfQuery: Double { queries > 0 ? pairs / queries : keys }

  /// The pairs of a query and a key that it attends to, of one head.
  var pairs: Double { Attention.twicePairs(queries: queries, keys: keys, isCausal: isCausal) / 2 }

  /// Two for each multiply-add of both products.
  package var flops: Double {
    Attention.operations(batch: batch, heads: heads, pairs: pairs, width: width, valueWidth: width)
  }

  /// The product of queries and keys.
  package var asMatrix: MatrixShape { MatrixShape(batch: batch * heads, m: queries, n: keys, k: width) }
}

/// What ranks do together, each with a tensor of its own.
public struct CollectiveShape: Hashable, Sendable {
  /// What they do.
  package var kind: CollectiveKind
  /// How many.
  public var ranks: Double
  /// Bytes that a rank gives.
  public var bytes: Double

  /// A collective.
  package init(_ kind: CollectiveKind, ranks: Double, bytes: Double) {
    self.kind = kind
    self.ranks = ranks
    self.bytes = bytes
  }
}

/// One unit of device work.
public struct Kernel: Hashable, Sendable {
  /// What the arithmetic looks like, for kernels whose time depends on it.
  public enum Work: Hashable, Sendable {
    /// A matrix product.
    case matrix(MatrixShape)
    /// A convolution; in a place of its own, since its arrays would make every kernel large.
    indirect case convolution(ConvolutionShape)
    /// Fused attention: the two products of all heads, and what is between them; in a place of its own as well.
    indirect case attention(AttentionShape)
    /// A small kernel by which a library prepares or completes a convolution: offsets, transformed filters.
    case convolutionHelper
    /// A product with one row as a compiler writes it: a sum of weights for each result, each weight read once.
    case weightedSum
    /// A pass over memory.
    case stream
    /// A pass over memory that looks at each element several times: a window that slides.
    case pooling
    /// What ranks do together, over what connects them.
    case collective(CollectiveShape)

    /// Whether it multiplies matrices, and nothing else: what the matrix units and a processor's library take.
    var isProduct: Bool {
      switch self {
      case .matrix, .attention: true
      case .convolution, .convolutionHelper, .weightedSum, .stream, .pooling, .collective: false
      }
    }

    /// Whether the memory decides the time, but for some arithmetic on each element.
    public var isPassOverMemory: Bool { self == .stream || self == .pooling }
  }

  /// What it is called in reports: the operator that it belongs to.
  public var name: String
  /// What the arithmetic looks like, or how a pass over memory goes about it.
  private var form: Form
  // Small ones side by side: in any other order a kernel would be a fifth larger.
  /// What sort of work it is.
  public var kernelClass: KernelClass
  /// The format of the arithmetic.
  public var arithmetic: Precision
  /// Whether a library launches it within a call that launches another kernel: it costs the host the driver's call and
  /// nothing of the framework.
  public var isLaunchedByLibrary = false
  /// Whether nothing of what it reads and writes is in the last-level cache, however small it is.
  package var isCold = false
  /// Floating-point operations; a multiply-add counts two.
  public var flops: Double
  /// Bytes that come from memory at least.
  public var bytesRead: Double
  /// Bytes that go to memory at least.
  public var bytesWritten: Double
  /// Bytes of what it reads that are weights: nothing has touched them since they were last read.
  public var weightBytes = 0.0
  /// What few kernels have.
  private var rare = Rarely.usual

  /// A kernel.
  public init(
    name: String, _ kernelClass: KernelClass, _ work: Work = .stream, flops: Double, bytesRead: Double,
    bytesWritten: Double, arithmetic: Precision
  ) {
    self.name = name
    self.kernelClass = kernelClass
    form = Form(work, PassShape())
    self.flops = flops
    self.bytesRead = bytesRead
    self.bytesWritten = bytesWritten
    self.arithmetic = arithmetic
  }

  /// Hashes what tells most kernels apart; equality decides.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(flops)
    hasher.combine(bytesRead)
  }

  /// All memory traffic, bytes.
  public var bytes: Double { bytesRead + bytesWritten }
}

// MARK: What it does

extension Kernel {
  /// A kernel's work, and if it is a pass over memory, how it goes about it.
  ///
  /// A product goes about nothing and a pass multiplies nothing, so that the two share a place; what is neither stands
  /// elsewhere.
  fileprivate enum Form: Hashable, Sendable {
    case matrix(MatrixShape)
    case pass(PassShape, isPooling: Bool)
    indirect case other(Work, PassShape)

    init(_ work: Work, _ pass: PassShape) {
      switch work {
      case .matrix(let shape) where pass == PassShape(): self = .matrix(shape)
      case .stream: self = .pass(pass, isPooling: false)
      case .pooling: self = .pass(pass, isPooling: true)
      default: self = .other(work, pass)
      }
    }
  }

  /// What the arithmetic looks like.
  public var work: Work {
    get {
      switch form {
      case .matrix(let shape): .matrix(shape)
      case .pass(_, let isPooling): isPooling ? .pooling : .stream
      case .other(let work, _): work
      }
    }
    set { form = Form(newValue, pass) }
  }

  /// How a pass over memory goes about it.
  package var pass: PassShape {
    get {
      switch form {
      case .matrix: PassShape()
      case .pass(let pass, _), .other(_, let pass): pass
      }
    }
    set { form = Form(work, newValue) }
  }
}

// MARK: What few kernels have

extension Kernel {
  /// Numbers that nearly all kernels have alike: in a place of their own, since they would be half of each.
  fileprivate struct Details: Hashable, Sendable {
    var unreadBytes = 0.0
    var conversions = 0.0
    var conversionsPerClock = Double.infinity
    var weightReuseBytes = Double.infinity
    var quantized = 0.0
    var groups = GroupedProductTiles()
  }

  /// These numbers, or that they are as usual.
  fileprivate enum Rarely: Hashable, Sendable {
    case usual
    indirect case other(Details)
  }

  private var details: Details {
    get { if case .other(let details) = rare { details } else { Details() } }
    set { rare = newValue == Details() ? .usual : .other(newValue) }
  }

  /// Bytes of its operands that it does not look at, of those that it reads: positions between a convolution's windows.
  package var unreadBytes: Double {
    get { details.unreadBytes }
    set { details.unreadBytes = newValue }
  }

  /// How many of the weights are converted to the format of the arithmetic as they arrive.
  package var conversions: Double {
    get { details.conversions }
    set { details.conversions = newValue }
  }

  /// How many of them a compute unit converts in a clock.
  package var conversionsPerClock: Double {
    get { details.conversionsPerClock }
    set { details.conversionsPerClock = newValue }
  }

  /// Bytes that pass through the last-level cache from one reading of the weights to the next.
  ///
  /// Infinite in a pass, where those of all other layers come between. A benchmark that takes a few copies in turn has
  /// those of the copies.
  package var weightReuseBytes: Double {
    get { details.weightReuseBytes }
    set { details.weightReuseBytes = newValue }
  }

  /// Elements that are brought into a narrower format before a product, by a scale that is found first.
  package var quantized: Double {
    get { details.quantized }
    set { details.quantized = newValue }
  }

  /// How a product of several groups is cut into blocks, where it is an engine's own kernel.
  package var groups: GroupedProductTiles {
    get { details.groups }
    set { details.groups = newValue }
  }
}
