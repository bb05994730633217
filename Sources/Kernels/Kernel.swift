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
  private var rare = Rarely<Details>()

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
  fileprivate struct Details: HasUsualValue, Hashable {
    var unreadBytes = 0.0
    var conversions = 0.0
    var conversionsPerClock = Double.infinity
    var weightReuseBytes = Double.infinity
    var quantized = 0.0
    var groups = GroupedProductTiles()
  }

  private var details: Details {
    get { rare.value }
    set { rare.value = newValue }
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
