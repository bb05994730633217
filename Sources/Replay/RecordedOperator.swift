import Kernels
import Profiles
import Traces
import Workloads

/// An operator as a recording has it, made one that the kernel model knows, where its shapes were recorded.
struct RecordedOperator {
  /// What a recording says of an operator.
  enum Reading {
    /// An operator that the kernel model knows.
    case known(RecordedOperator)
    /// Shapes that no operator of its name can have.
    case senseless
    /// No shapes, or no rule.
    case unknown

    /// The operator, where it is known.
    var known: RecordedOperator? {
      if case .known(let operation) = self { return operation }
      return nil
    }
  }

  /// The operator with its shapes.
  let operation: Operator
  /// The format of its floating-point tensors.
  let precision: Precision

  /// What a recording says of an operator.
  ///
  /// - Parameters:
  ///   - event: The host event.
  ///   - trace: The recording, for texts.
  ///   - change: Changes the shapes of its tensors; nil from it makes the operator unknown.
  /// - Returns: The operator where it is known, or why it is not.
  static func reading(
    _ event: HostEvent, _ trace: Trace,
    changing change: ([Shape], String, OperatorRule) -> [Shape]? = { shapes, _, _ in shapes }
  ) -> Reading {
    guard let read = RecordedOperator(event, trace, change) else { return .unknown }
    return OperatorCheck.fault(in: read.operation) == nil ? .known(read) : .senseless
  }

  /// Nil where no shapes were recorded or no rule knows the operator.
  private init?(_ event: HostEvent, _ trace: Trace, _ change: ([Shape], String, OperatorRule) -> [Shape]?) {
    let name = trace.name(event.name)
    let base = OperatorRule.baseName(name)
    // Fused attention below PyTorch's own operator has its heads in another place; that operator is around it.
    guard event.inputs.haveShapes, name.hasPrefix("aten::"), !base.hasSuffix("_attention_forward"),
      let rule = OperatorRule.named(name)
    else { return nil }
    let recorded = trace.inputs(of: event)
    var inputs: [Shape] = []
    var elements: [ElementType] = []
    var precision: Precision?
    for (index, tensors) in recorded.shapes.enumerated() {
      let type = index < recorded.types.count ? recorded.types[index] : ""
      guard !Self.typesOfNoTensor.contains(type) || recorded.types.isEmpty else { continue }
      for dimensions in tensors {
        guard let shape = Shape(checking: dimensions) else { return nil }
        inputs.append(shape)
        elements.append(Self.elementType(type))
      }
      if precision == nil, let own = Self.precision(type) { precision = own }
    }
    guard !inputs.isEmpty, inputs.contains(where: { $0.rank > 0 }) else { return nil }
    guard let changed = change(inputs, name, rule), changed.count == inputs.count else { return nil }
    inputs = changed
    var call = RecordedArguments(inputs: inputs, types: elements, values: recorded.values)
    guard rule.complete(&call) else { return nil }
    operation = Operator(
      name: name, inputs: call.inputs, outputs: call.outputs, inputTypes: call.types, attributes: call.attributes)
    self.precision = precision ?? .fp32
  }

  /// What PyTorch's profiler calls inputs that are no tensors; an empty text is one of unknown type.
  private static let typesOfNoTensor: Set<String> = [
    "Scalar", "ScalarList", "", "GenericList", "Int", "Bool", "Double",
  ]

  static func elementType(_ type: String) -> ElementType {
    switch type {
    case "long int", "long", "double": .int64
    case "int": .int32
    case "bool", "unsigned char", "signed char", "char": .bool
    default: .float
    }
  }

  private static func precision(_ type: String) -> Precision? {
    switch type {
    case "c10::BFloat16": .bf16
    case "c10::Half": .fp16
    case "float": .fp32
    default: nil
    }
  }
}
