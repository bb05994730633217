import JSONText

/// A parametric program of operators, read from JSON: one file serves every batch size.
///
///     let workload = try Workload(path: "bert-base-uncased.json")
///     let bound = try workload.bind(["batch": 8])
///     bound.operatorCount
///
/// A workload has been checked as far as it can be without the parameters' values; `bind(_:check:)` checks the rest.
public struct Workload: Sendable {
  /// The workload's stable name: `bert-base-uncased`.
  public let name: String

  /// The name for people to read, if it has another.
  public let title: String?

  /// Where the program comes from, in words.
  public let source: String?

  /// What a reader of the file should know, in words.
  public let notes: String?

  /// The parameters in the file's order.
  public let parameters: [WorkloadParameter]

  /// How many elements the model's weights have, if the file says so.
  package let weightElements: SymbolicInteger?

  /// What the workload does, in order.
  let program: [WorkloadStatement]

  /// The different operators of it.
  let operators: OperatorTexts

  /// Whose modules it calls.
  package let library: ModuleLibrary

  /// How many modules the program calls beside those of its repeats, if the file says so.
  let modules: SymbolicInteger?

  /// The tensors that a pass is given; empty where the file does not say.
  let inputs: [TensorTemplate]

  /// The tensors that a pass gives back; empty where the file does not say.
  let outputs: [TensorTemplate]

  /// The text it was read from, for the faults of binding.
  let json: JSONSource

  /// The name of the file it was read from: with ``name``, which workload it is.
  package var file: String { json.file }
}

/// A number that a workload leaves open, such as `batch`.
public struct WorkloadParameter: Sendable, Hashable {
  /// The name that formulas have for it.
  public let name: String

  /// The value where none is given; at least 1, or 0 for one that may be 0.
  public let defaultValue: Int64

  /// The least value that it may be given.
  var minimum: Int64 { min(1, defaultValue) }
}

/// One entry of a workload's program.
enum WorkloadStatement: Sendable {
  /// One call.
  case `operator`(OperatorStatement)
  /// Several entries, over and over.
  indirect case `repeat`(RepeatTemplate)

  /// Whether it is a call.
  var isOperator: Bool { if case .operator = self { true } else { false } }
}

/// A call: which operator, and where.
struct OperatorStatement: Sendable {
  /// The operator, by its place among the different ones.
  let number: Int32

  /// Where in the file it stands.
  let byteOffset: Int32
}

/// An operator whose dimensions may depend on the parameters.
struct OperatorTemplate: Sendable {
  /// The framework's name of the operator: `aten::linear`.
  let name: String

  let inputs: [ShapeTemplate]
  let outputs: [ShapeTemplate]
  let inputTypes: [ElementType]
  let outputTypes: [ElementType]
  let attributes: [AttributeTemplate]
  let copies: [CopyTemplate]
  let stream: Int
  let waitsForStreams: [Int]

  /// Where in the file the operator stands.
  let byteOffset: Int
}

/// Entries that are repeated, such as the layers of a model.
struct RepeatTemplate: Sendable {
  /// The word for one repetition, such as `layer`, if it has one.
  let name: String?

  /// How often the program runs.
  let count: SymbolicInteger

  /// What is repeated; never empty.
  let program: [WorkloadStatement]

  /// How many modules one repetition calls beside those of the repeats in it, if the file says so.
  let modules: SymbolicInteger?
}

/// A shape whose dimensions may depend on the parameters.
struct ShapeTemplate: Sendable {
  let dimensions: [SymbolicInteger]
  let byteOffset: Int
}

/// A tensor whose dimensions may depend on the parameters.
struct TensorTemplate: Sendable {
  let shape: ShapeTemplate
  let type: ElementType
}

/// An attribute whose values may depend on the parameters.
struct AttributeTemplate: Sendable {
  let name: String
  let values: [SymbolicInteger]
}

/// A copy that a call makes, unless the parameters have certain values.
struct CopyTemplate: Sendable {
  let shape: ShapeTemplate

  /// The values, by parameter index, with which the copy falls away: all of them together; empty for never.
  let unless: [(parameter: Int, value: Int64)]
}
