import Profiles
import Workloads

/// The formats in which an operator's tensors are stored and multiplied, and what the device can multiply them on.
package struct LoweringTarget: Sendable, Equatable {
  /// The format that was asked for: that of every floating-point tensor.
  package var precision: Precision
  /// The formats of weights and caches, where they are told apart.
  package var formats: TensorFormats
  /// The kinds of operator that multiply in TF32 when single precision is asked for.
  package var tf32Kinds: [OperatorKind]
  /// The formats for which the device has matrix units.
  package var matrixPrecisions: [Precision]
  /// The multiple of which channels and inner dimensions must be, for the matrix units to take them.
  package var matrixAlignment: Int64
  /// How many ranks share every product, and what is summed up among them.
  package var ranks: Int64
  /// Whether operators run on the host itself.
  package var isHost: Bool
  /// The bytes that a convolution's algorithm may use beside its tensors.
  package var convolutionWorkspace: Double

  /// Whether images are kept channels-last, as matrix units take them.
  package var isChannelsLast: Bool
  /// The positions by whose multiple a 1x1 convolution is a product of tensors that are channels-first.
  package var pointwisePositions: Double
  /// Whether the framework makes a graph of a model, whose operators run in kernels of its own.
  package var isCompiled: Bool
  /// In what steps kernels go over rows; nil where it is not known what a step takes.
  package var rows: RowEfficiency.Steps?
  /// Whether fused attention gives a compute unit whole heads.
  package var attendsByHeads: Bool
  /// How the engine's own kernels for products of several groups run.
  var groupedProducts = GroupedProductTiles()
  /// Whether a library is timed alone: it finds tensors laid out as its best kernel takes them, and may keep its sums in
  /// their format.
  package var isLibraryAlone = false

  /// What a system makes of a precision.
  ///
  /// - Parameters:
  ///   - system: The system.
  ///   - precision: The format that is asked for.
  ///   - formats: Those of weights and caches; nil where they are the same.
  package init(system: System, precision: Precision, formats: TensorFormats? = nil) {
    self.precision = precision
    self.formats = formats ?? TensorFormats(precision)
    ranks = system.parallelism.tensor
    isHost = system.accelerator == nil
    isChannelsLast = system.framework.isChannelsLast
    pointwisePositions = system.framework.pointwisePositions
    attendsByHeads = system.framework.attendsByHeads
    groupedProducts = system.engine?.groupedProducts ?? GroupedProductTiles()
    isCompiled = system.framework.fusionRules(on: system.accelerator?.architecture ?? "").contains(.removeViews)
    convolutionWorkspace = system.framework.convolutionWorkspaceMB.map { $0 * 1e6 } ?? .infinity
    rows = system.accelerator?.efficiency.rows.steps
    guard let accelerator = system.accelerator, accelerator.efficiency.matrixAlignment > 0 else {
      tf32Kinds = []
      matrixPrecisions = []
      matrixAlignment = 0
      return
    }
    matrixAlignment = Int64(accelerator.efficiency.matrixAlignment)
    let candidates: [Precision] = [.tf32, .fp16, .bf16, .fp8, .int8, .nvfp4, .mxfp4]
    matrixPrecisions = candidates.filter { accelerator.peakTFLOPS[$0] != nil }
    tf32Kinds = matrixPrecisions.contains(.tf32) ? system.framework.tf32Kinds : []
  }

  /// The format in which operators of a kind multiply.
  func arithmetic(of kind: OperatorKind) -> Precision {
    precision == .fp32 && tf32Kinds.contains(kind) ? .tf32 : precision
  }

  /// Whether the device has matrix units for a format or one that can carry it.
  func hasMatrixUnits(for precision: Precision) -> Bool {
    precision.widenings.contains { matrixPrecisions.contains($0) }
  }

  /// Bytes of one element of a type.
  func bytes(_ type: ElementType) -> Double {
    switch type {
    case .float: precision.bytesPerElement
    case .weight: formats.weights.bytesPerElement
    case .cache: formats.cache.bytesPerElement
    case .int64: 8
    case .int32: 4
    case .bool: 1
    }
  }
}
