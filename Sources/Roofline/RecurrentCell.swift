/// One step of a recurrent cell: the products of its gates, as one.
///
/// What the gates do to each element between the products is not counted; ``PassOverMemory`` counts it.
public struct RecurrentCell: Work {
  /// What sort of cell.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// One gate.
    case plain
    /// Three: reset, update, candidate.
    case gru
    /// Four: input, forget, candidate, output; and a second state.
    case lstm

    /// How many products it has of each sort.
    public var gates: Int {
      switch self {
      case .plain: 1
      case .gru: 3
      case .lstm: 4
      }
    }

    /// How many states it carries from step to step.
    public var states: Int { self == .lstm ? 2 : 1 }
  }

  /// What sort of cell.
  public let kind: Kind
  /// Sequences.
  public let batch: Int
  /// The width of the input.
  public let inputs: Int
  /// The width of a state.
  public let hidden: Int
  /// Bytes per element of all tensors.
  public let bytesPerElement: Double

  /// Creates a cell.
  ///
  /// - Precondition: extents are zero or more, the element size is finite and greater than zero.
  public init(_ kind: Kind, batch: Int, inputs: Int, hidden: Int, bytesPerElement: Double) {
    checkExtents([batch, inputs, hidden], elementSize: bytesPerElement)
    self.kind = kind
    self.batch = batch
    self.inputs = inputs
    self.hidden = hidden
    self.bytesPerElement = bytesPerElement
  }

  /// 2·batch·gates·hidden·(inputs + hidden).
  public var operationCount: Int128 {
    MatrixMultiply.operations(
      batch: Int128(kind.gates), rows: Int128(batch), columns: Int128(hidden), inner: Int128(inputs) + Int128(hidden))
  }

  /// The weights and the input read once, each state read and written once.
  public var bytes: Bytes {
    let weights = Int128(kind.gates) * Int128(hidden) * (Int128(inputs) + Int128(hidden))
    let states = 2 * Int128(kind.states) * exactProduct([batch, hidden])
    return elementBytes(weights + exactProduct([batch, inputs]) + states, bytesPerElement)
  }
}
