import Kernels
import Profiles
import Workloads

/// What sort of operator was timed, and how large it is: within a class, errors have the same reasons.
package struct OperatorClass: Sendable, Hashable {
  /// The sort.
  package enum Family: String, CaseIterable, Sendable {
    /// Matrix products, with weights or without.
    case products
    /// Convolutions.
    case convolutions
    /// Fused attention.
    case attention
    /// Normalizations and softmax.
    case normalizations
    /// One result for each element, and what no rule knows.
    case elementwise = "element-wise"
    /// What ranks do together.
    case collectives
    /// Reductions, copies, gathers.
    case others
  }

  /// The size: of a product by its rows, m; of attention by what it is for.
  package enum Size: String, CaseIterable, Sendable {
    /// A product of up to 16 rows.
    case rowsTo16 = "m to 16"
    /// A product of 17 to 256 rows.
    case rowsTo256 = "m to 256"
    /// A product of 257 to 2,048 rows.
    case rowsTo2048 = "m to 2,048"
    /// A product of more rows.
    case rowsAbove2048 = "m above 2,048"
    /// Attention of several queries to all keys.
    case bidirectional = "prefill, bidirectional"
    /// Attention of several queries to the keys before each.
    case causal = "prefill, causal"
    /// Attention of one query.
    case decode
    /// A collective of two ranks.
    case ranks2 = "2 ranks"
    /// A collective of up to four.
    case ranks4 = "3 or 4 ranks"
    /// A collective of up to eight.
    case ranks8 = "5 to 8 ranks"
    /// A collective of more.
    case ranksAbove8 = "more than 8 ranks"

    fileprivate init(ranks: Int64) {
      self = ranks <= 2 ? .ranks2 : ranks <= 4 ? .ranks4 : ranks <= 8 ? .ranks8 : .ranksAbove8
    }

    fileprivate init(rows: Double) {
      self = rows <= 16 ? .rowsTo16 : rows <= 256 ? .rowsTo256 : rows <= 2048 ? .rowsTo2048 : .rowsAbove2048
    }
  }

  /// The sort.
  package let family: Family
  /// The size; nil for what is not told apart by it.
  package let size: Size?

  /// The class of a call.
  ///
  /// - Parameters:
  ///   - operation: The call.
  ///   - kernels: What it launches.
  init(_ operation: Operator, _ kernels: [Kernel]) {
    family = Family(OperatorRule.of(operation).kind)
    switch family {
    case .products:
      let rows = kernels.lazy.compactMap { if case .matrix(let shape) = $0.work { shape.m } else { nil } }.first
      size = rows.map(Size.init(rows:))
    case .attention:
      let queries = operation.inputs[0]
      let isCausal = operation.attribute("is_causal") == [1]
      size = queries[queries.rank - 2] == 1 ? .decode : isCausal ? .causal : .bidirectional
    case .collectives: size = Size(ranks: operation.attribute("ranks")?.first ?? 1)
    default: size = nil
    }
  }
}

extension OperatorClass.Family {
  fileprivate init(_ kind: OperatorKind) {
    self =
      switch kind {
      case .linear, .matmul: .products
      case .convolution, .depthwiseConvolution: .convolutions
      case .attention: .attention
      case .batchNorm, .layerNorm, .softmax: .normalizations
      case .pointwise, .other: .elementwise
      case .collective: .collectives
      default: .others
      }
  }
}
