import JSONText

/// How a framework turns operators into launches.
public enum FrameworkMode: String, CaseIterable, Sendable {
  /// One operator after the other, from Python.
  case eager
  /// A scripted or traced program, run by an interpreter inside the framework.
  case script
  /// A session over a graph that was optimized beforehand.
  case session
  /// Every kernel of a pass captured once and launched with one call.
  case graph
}

/// A rewrite of the operator list, named in a framework profile and implemented once, in `Kernels`.
public enum FusionRule: String, CaseIterable, Sendable {
  /// Element-wise operators over one shape share a kernel.
  case pointwise
  /// Element-wise operators right before a layer normalization or softmax that may be fused are part of its kernel; others
  /// stay alone.
  case normalizationInputs = "normalization_inputs"
  /// Batch normalization joins such a group.
  case batchNorm = "batch_norm"
  /// Layer normalization joins such a group.
  case layerNorm = "layer_norm"
  /// Softmax joins such a group.
  case softmax
  /// Element-wise operators after a matrix product or convolution join its epilogue.
  case epilogue
  /// Batch normalization is folded into the weights of the convolution before it.
  case foldBatchNorm = "fold_batch_norm"
  /// Linear layers of one shape that follow one another over the same input are one product: queries, keys and values.
  case projections
  /// Products of queries and keys, softmax and the product with the values are one kernel that keeps the scores on chip.
  case attention
  /// Views, dropout outside of training and casts to the same type are removed.
  case removeViews = "remove_views"
  /// A sum or extremum over the last dimension joins such a group, and what is computed for each of its rows.
  case reduction
  /// Tensors that are put together join such a group, with what computes them.
  case concatenate
  /// Copies and conversions of a type join such a group; those that change nothing are removed.
  case copy
}

/// A framework: what it costs the host, and what it makes of the operators.
///
/// Times are microseconds on the reference host; a host of speed s takes 1/s of them.
public struct FrameworkProfile: Sendable, Equatable {
  /// Stable identifier.
  public var name = ""
  /// Further names for the same profile.
  public var aliases: [String] = []
  /// The name that people read.
  public var title = ""
  /// The version measured.
  public var version = ""
  /// How operators become launches.
  public var mode = FrameworkMode.eager
  /// Host time of one operator of each kind, without its launches.
  public var dispatchUS = DispatchTable()
  /// Host time that an operator spends in Python before its dispatch: arguments in, tensors out.
  package var pythonUS = 0.0
  /// Host time that the framework spends on each kernel that it launches, beside the driver's call.
  ///
  /// It goes into allocation, arguments and selection. What a library launches within a call costs the driver's call
  /// only.
  public var kernelUS = 0.0
  /// Host time of one call of a model's module, in Python: hooks, arguments, its forward function.
  package var moduleUS = 0.0
  /// The same of a module of Hugging Face's transformers, whose forward functions do more: keyword arguments, decorators,
  /// masks, caches, outputs.
  package var transformersModuleUS = 0.0
  /// Host time of a pass beside its operators: guards, session run, the loop around a model.
  public var passUS = 0.0
  /// Host time of a pass for each weight and each input that a compiled program checks before it runs.
  package var inputUS = 0.0
  /// The share of an operator's host time, launches aside, where the same one ran right before it: its code and its data
  /// are in the caches still.
  package var repeatedFraction = 1.0
  /// Host time for each kernel of a launched graph, beside what the driver takes.
  public var graphNodeUS = 0.0
  /// Host time between a graph and the piece of a pass before it, where a pass is not one graph.
  package var pieceUS = 0.0
  /// How much of the time between two kernels of a graph is hidden, where a kernel begins while the one before it ends:
  /// programmatic dependent launch.
  package var kernelOverlapUS = 0.0
  /// Whether a graph is one kernel that stays on the device for the whole of it, and waits for nothing between operators.
  package var isPersistent = false
  /// The batch sizes that graphs are captured for, ascending; empty where every size is.
  package var capturedBatches: [Int64] = []
  /// The kinds of operator that stay outside of graphs: a pass is captured piece by piece.
  package var eagerKinds: [OperatorKind] = []
  /// The fusion rules, on any architecture that has no list of its own.
  public var fusion: [FusionRule] = []
  /// The fusion rules on particular architectures.
  package var fusionByArchitecture: [ArchitectureFusion] = []
  /// What the framework's graph spells out in several operators, before fusion.
  public var decomposition: [DecompositionRule] = []
  /// Whether images and their features are kept channels-last, so that no convolution turns them.
  package var isChannelsLast = false
  /// Whether fused attention gives a compute unit whole heads, all queries of a sequence.
  package var attendsByHeads = false
  /// Where a pass finds its inputs and leaves its outputs.
  public var inputs = TensorPlace.device
  /// The memory that a convolution's algorithm may use beside its tensors, MB; nil for as much as it asks for.
  public var convolutionWorkspaceMB: Double?
  /// The number of positions in a multiple of which a 1x1 convolution is a product of tensors as they lie, channels-first,
  /// so that no copy turns them for the matrix units.
  package var pointwisePositions = 8.0
  /// The kinds of operator that may multiply in TF32 when single precision is asked for.
  public var tf32Kinds: [OperatorKind] = []
  /// Where the numbers come from.
  package var provenance = Provenance()

  /// An empty profile, to be filled field by field.
  public init() {}

  /// The fusion rules that apply on an architecture.
  public func fusionRules(on architecture: String) -> [FusionRule] {
    fusionByArchitecture.first { $0.architecture == architecture }?.rules ?? fusion
  }
}

/// The fusion rules of a framework on one architecture.
package struct ArchitectureFusion: Sendable, Equatable {
  /// The architecture's name.
  package let architecture: String
  /// Its rules.
  package let rules: [FusionRule]
}

/// Host time for each kind of operator, microseconds.
public struct DispatchTable: Sendable, Equatable {
  private var values = [Double?](repeating: nil, count: OperatorKind.allCases.count)

  /// Zero for every kind.
  public init() {}

  /// The host time of one operator of a kind: the one that is stated for it, or else that of its parent.
  public subscript(kind: OperatorKind) -> Double {
    get {
      var kind = kind
      while true {
        if let value = values[kind.index] { return value }
        guard let parent = kind.parent else { return 0 }
        kind = parent
      }
    }
    set { values[kind.index] = newValue }
  }

  /// The host time that is stated for a kind; nil where it is its parent's.
  subscript(stated kind: OperatorKind) -> Double? {
    get { values[kind.index] }
    set { values[kind.index] = newValue }
  }
}

extension OperatorKind {
  /// The place of the kind in tables by kind.
  public var index: Int {
    switch self {
    case .convolution: 0
    case .batchNorm: 1
    case .linear: 2
    case .matmul: 3
    case .layerNorm: 4
    case .softmax: 5
    case .attention: 6
    case .pointwise: 7
    case .view: 8
    case .concatenate: 9
    case .copy: 10
    case .pooling: 11
    case .reduction: 12
    case .embedding: 13
    case .gather: 14
    case .creation: 15
    case .synchronization: 16
    case .fused: 17
    case .depthwiseConvolution: 18
    case .other: 19
    case .collective: 20
    }
  }
}

extension FrameworkProfile: FieldDescribed {
  /// The word for such a profile in messages.
  package static let noun = "framework"

  /// Every number of the profile, with all that is known of it.
  package static let fields: [ProfileField<FrameworkProfile>] =
    OperatorKind.allCases.map(dispatch) + [
      .init(
        "python_us", \.pythonUS, leftOut: 0, .microseconds, "host time of an operator in Python, beside its dispatch",
        note: "0 if left out", affects: .host, family: .dispatch),
      .init(
        "kernel_us", \.kernelUS, .microseconds, "host time for each kernel beside the launch call",
        note: "of those that it launches itself", affects: .host, family: .dispatch),
      .init(
        "pass_us", \.passUS, .microseconds, "host time of a pass beside its operators", affects: .host,
        family: .dispatch),
      .init(
        "module_us", \.moduleUS, leftOut: 0, .microseconds, "host time of one call of a module", note: "0 if left out",
        affects: .host, family: .dispatch),
      .init(
        "transformers_module_us", \.transformersModuleUS, leftOut: 0, .microseconds,
        "host time of one call of a module of transformers", note: "0 if left out", affects: .host,
        family: .dispatch),
      .init(
        "input_us", \.inputUS, leftOut: 0, .microseconds, "host time of a pass for each weight and input",
        note: "of a compiled program's checks; 0 if left out", affects: .host, family: .dispatch),
      .init(
        "repeated_fraction", \.repeatedFraction, leftOut: 1, .ratio(0.001, 1),
        "share of an operator's host time right behind the same one", note: "launches aside; 1 if left out",
        affects: .host),
      .init(
        "graph_node_us", \.graphNodeUS, .microseconds, "host time for each node of a graph",
        note: "beside what the driver takes: the accelerator's", required: false, affects: .host),
      .init(
        "piece_us", \.pieceUS, leftOut: 0, .microseconds, "host time of a graph behind another piece of its pass",
        note: "0 if left out", affects: .host, family: .dispatch),
      .init(
        "kernel_overlap_us", \.kernelOverlapUS, leftOut: 0, .microseconds,
        "time between kernels of a graph that is hidden",
        note: "programmatic dependent launch; 0 if left out", affects: [.host, .device]),
      .init(
        "convolution_workspace_mb", \.convolutionWorkspaceMB, .megabytesOrNone,
        "memory that a convolution's algorithm may use beside its tensors", note: "unlimited if left out",
        affects: [.device, .plan]),
      .init(
        "pointwise_positions", \.pointwisePositions, leftOut: 8, .positions,
        "positions by whose multiple a 1x1 convolution needs no copies",
        note: "of tensors that are channels-first, on matrix units; 8 if left out", affects: [.device, .plan]),
    ]

  static func dispatch(_ kind: OperatorKind) -> ProfileField<FrameworkProfile> {
    .init(
      "dispatch_us.\(kind.rawValue)", .microseconds, "host time of a \(kind.rawValue) operator",
      note: kind.parent.map { "that of \($0.rawValue) if left out" } ?? "", required: kind.parent == nil,
      affects: .host, family: .dispatch, read: { $0.dispatchUS[stated: kind] },
      write: { $0.dispatchUS[stated: kind] = $1 })
  }
}
