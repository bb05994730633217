import JSONText
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
  /// - Returns: The operator where it is known, or why it is not.
  static func reading(_ event: HostEvent, _ trace: Trace) -> Reading {
    guard let read = RecordedOperator(event, trace) else { return .unknown }
    return OperatorCheck.fault(in: read.operation) == nil ? .known(read) : .senseless
  }

  /// Nil where no shapes were recorded or no rule knows the operator.
  private init?(_ event: HostEvent, _ trace: Trace) {
    let name = trace.name(event.name)
    let base = OperatorRule.baseName(name)
    // Fused attention below PyTorch's own operator has its heads in another place; that operator is around it.
    guard event.shapes >= 0, name.hasPrefix("aten::"), !base.hasSuffix("_attention_forward"),
      let rule = OperatorRule.named(name)
    else { return nil }
    let shapes = RecordedValue.list(trace.name(event.shapes))
    let types = RecordedValue.list(trace.name(event.types)).map(\.text)
    let values = RecordedValue.list(trace.name(event.values)).map(\.text)
    var inputs: [Shape] = []
    var elements: [ElementType] = []
    var precision: Precision?
    for (index, value) in shapes.enumerated() {
      let type = index < types.count ? types[index] : ""
      guard !["Scalar", "ScalarList", "", "GenericList", "Int", "Bool", "Double"].contains(type) || types.isEmpty
      else { continue }
      for dimensions in value.tensors {
        guard let shape = Shape(checking: dimensions) else { return nil }
        inputs.append(shape)
        elements.append(Self.elementType(type))
      }
      if precision == nil, let own = Self.precision(type) { precision = own }
    }
    guard !inputs.isEmpty, inputs.contains(where: { $0.rank > 0 }) else { return nil }
    var call = RecordedArguments(inputs: inputs, types: elements, values: values)
    guard rule.complete(&call) else { return nil }
    operation = Operator(
      name: name, inputs: call.inputs, outputs: call.outputs, inputTypes: call.types, attributes: call.attributes)
    self.precision = precision ?? .fp32
  }

  private static func elementType(_ type: String) -> ElementType {
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

/// A value of an operator's recorded inputs: shapes, or text.
enum RecordedValue {
  case numbers([Int64])
  case list([[Int64]])
  case text(String)

  /// The text, if it is one.
  var text: String {
    if case .text(let text) = self { return text }
    return ""
  }

  /// The shapes: one tensor's, or those of a list of tensors.
  var tensors: [[Int64]] {
    switch self {
    case .numbers(let numbers): [numbers]
    case .list(let list): list
    case .text: []
    }
  }

  /// The elements of a JSON array, as far as they are of use; none if the text is something else.
  static func list(_ json: String) -> [RecordedValue] {
    var parser = JSONPullParser(Array(json.utf8), file: "")
    var values: [RecordedValue] = []
    var numbers: [Int64] = []
    var list: [[Int64]] = []
    guard let first = try? parser.next(), case .beginArray = first else { return [] }
    while let token = try? parser.next() {
      switch token {
      case .beginArray:
        numbers = []
        if parser.depth == 2 { list = [] }
      case .number(let range) where parser.depth >= 2: numbers.append(parser.integer(of: range) ?? 0)
      case .string(let range) where parser.depth == 1: values.append(.text(parser.text(of: range)))
      case .number where parser.depth == 1, .boolean where parser.depth == 1, .null where parser.depth == 1:
        values.append(.text(""))
      case .endArray:
        if parser.depth == 0 { return values }
        if parser.depth == 1 {
          values.append(list.isEmpty ? .numbers(numbers) : .list(list))
        } else if parser.depth == 2 {
          list.append(numbers)
        }
      case .end: return values
      default: break
      }
    }
    return values
  }
}
