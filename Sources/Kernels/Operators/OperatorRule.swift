import Profiles
import Workloads

/// All that the simulator knows of an operator, or of several that are alike.
///
/// The rules of a family stand in one file of this folder: what its operators are called, what they compute, which operands
/// are weights, what they share kernels with, and what they launch. Everything else asks the rule; no name is parsed
/// elsewhere. An operator that is added is a rule in one of the files, or a file with a line in ``all``.
///
/// A class, though nothing of it ever changes: every resolved call holds its rule, and a copy of all these functions for
/// each took half of the time that a plan takes.
package final class OperatorRule: Sendable {
  /// What PyTorch calls them, without namespace, overload and in-place mark.
  package let names: [String]
  /// What a call costs the host to dispatch.
  package let kind: OperatorKind
  /// Whether the lowering is a guess: results say so of every operator that has no better one.
  package let isGuess: Bool

  /// What a call may share a kernel with.
  let fusion: FusionRole
  /// The floating-point operations of a pass over memory.
  let arithmetic: OperatorArithmetic
  /// Whether an operand, by its index, is a weight: a tensor that every pass finds as the pass before left it.
  package let isWeight: @Sendable (Int) -> Bool
  /// Whether an operand, by its index, is a tensor of its own at every call where nothing before has made it: a cache of
  /// keys or values, which a call extends, writes into or attends to.
  let isCache: @Sendable (Int) -> Bool
  /// Which operands a matrix product multiplies; nil for what is none, or a sum over named dimensions.
  let product: ProductForm?
  /// What an exported graph spells a call out as, and the rule of the framework that asks for it.
  let decomposition: (rule: DecompositionRule, nodes: @Sendable (Operator) -> [Operator])?
  /// The copy over the host link that a call is.
  let transfer: (@Sendable (Lowering, Operator) -> Transfer)?
  /// The rule of a call that its operands make another operator than its name says; nil where none do.
  let variant: (@Sendable (Operator) -> OperatorRule?)?
  /// Adds to a recorded call what a recording leaves out; false where that cannot be told.
  package let complete: @Sendable (inout RecordedArguments) -> Bool
  /// Throws what does not fit of a call's operands, as far as `lower` takes it for granted; nil where it takes nothing.
  let check: (@Sendable (Operator) throws(OperatorFault) -> Void)?
  /// What ranks do together by a call; nil for what each does for itself.
  package let collective: CollectiveKind?
  /// The kernels of a call, whose operands have passed `check`.
  let lower: @Sendable (Lowering, Operator) -> [Kernel]

  /// A rule; the names are separated by blanks.
  init(
    _ names: String, _ kind: OperatorKind, isGuess: Bool = false, fusion: FusionRole = .none,
    arithmetic: OperatorArithmetic = .none,
    collective: CollectiveKind? = nil,
    weights isWeight: @escaping @Sendable (Int) -> Bool = { _ in false },
    caches isCache: @escaping @Sendable (Int) -> Bool = { _ in false }, product: ProductForm? = nil,
    decomposition: (rule: DecompositionRule, nodes: @Sendable (Operator) -> [Operator])? = nil,
    transfer: (@Sendable (Lowering, Operator) -> Transfer)? = nil,
    variant: (@Sendable (Operator) -> OperatorRule?)? = nil,
    recorded complete: @escaping @Sendable (inout RecordedArguments) -> Bool = { _ in true },
    check: (@Sendable (Operator) throws(OperatorFault) -> Void)? = nil,
    lower: @escaping @Sendable (Lowering, Operator) -> [Kernel]
  ) {
    self.names = names.split(separator: " ").map(String.init)
    self.kind = kind
    self.isGuess = isGuess
    self.fusion = fusion
    self.arithmetic = arithmetic
    self.collective = collective
    self.isWeight = isWeight
    self.isCache = isCache
    self.product = product
    self.decomposition = decomposition
    self.transfer = transfer
    self.variant = variant
    self.complete = complete
    self.check = check
    self.lower = lower
  }

  /// The rules of all families.
  package static let all: [OperatorRule] =
    convolutions + products + recurrences + attentions + normalizations + pointwise + reductions + pools + gathers
    + copies
    + creations + views + synchronizations + collectives + engineOperators

  /// What no rule knows: guessed as one result for each element, read and written once.
  package static let unknown = OperatorRule("", .other, isGuess: true, arithmetic: .perResult(1)) { $0.pointwise($1) }
}

/// What an operator may share a kernel with, as far as fusion rules tell operators apart.
enum FusionRole: Sendable {
  /// Has an epilogue, and a batch normalization folded into its weights.
  case convolution
  /// Has an epilogue, and joins others with the same input.
  case linear
  /// Has an epilogue, and begins or ends attention.
  case matmul
  /// Scale and shift by channel.
  case batchNorm
  /// Normalizes a row.
  case layerNorm
  /// Softmax over a row.
  case softmax
  /// One result for each element.
  case pointwise
  /// Reduces rows.
  case reduction
  /// Puts tensors together.
  case concatenate
  /// Copies, always.
  case copy
  /// Copies where the result is of another type, or was recorded in another layout.
  case conversion
  /// Launches nothing.
  case view
  /// Shares no kernel.
  case none
}
