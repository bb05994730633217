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
    let base = OperatorKind.baseName(name)
    // Fused attention below PyTorch's own operator has its heads in another place; that operator is around it.
    guard event.shapes >= 0, name.hasPrefix("aten::"), !base.hasSuffix("_attention_forward"),
      let kind = OperatorKind(operatorName: name), kind != .view, kind != .synchronization
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
    guard
      let arguments = OperatorArguments(base, kind: kind, inputs: &inputs, types: &elements, values: values)
    else { return nil }
    operation = Operator(
      name: name, inputs: inputs, outputs: arguments.outputs, inputTypes: elements,
      attributes: arguments.attributes)
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

/// What an operator makes, and what else it is given, as far as its inputs tell.
private struct OperatorArguments {
  var outputs: [Shape] = []
  var attributes: [OperatorAttribute] = []

  init?(
    _ base: String, kind: OperatorKind, inputs: inout [Shape], types: inout [ElementType], values: [String]
  ) {
    switch kind {
    case .convolution:
      guard inputs.count >= 2, inputs[1].rank >= 3 else { return nil }
      attributes = ConvolutionArguments(base, values, inputs[0], inputs[1]).attributes
      inputs = Array(inputs.prefix(2))
      types = Array(types.prefix(2))
    case .embedding:
      guard inputs.count >= 2, let width = inputs[0].dimensions.last,
        let output = Shape(checking: inputs[1].dimensions + [width])
      else { return nil }
      outputs = [output]
    case .gather:
      guard base == "index_select", inputs.count >= 2, let width = inputs[0].dimensions.last,
        let output = Shape(checking: [inputs[1].elementCount, width])
      else { return nil }
      outputs = [output]
    case .copy:
      guard base == "copy", inputs.count >= 2 else {
        outputs = [inputs[0]]
        return
      }
      outputs = [inputs[0]]
      inputs = [inputs[1]]
      types = [types[1]]
    case .concatenate:
      var elements: Int64 = 0
      for input in inputs {
        elements += input.elementCount
        guard elements <= Shape.elementLimit else { return nil }
      }
      guard let output = Shape(checking: [elements]) else { return nil }
      outputs = [output]
    case .creation:
      outputs = [inputs[0]]
    case .pooling: return nil
    default: break
    }
  }
}

/// The arguments of a recorded convolution, which its variants have in different places.
private struct ConvolutionArguments {
  let attributes: [OperatorAttribute]

  init(_ base: String, _ values: [String], _ input: Shape, _ weights: Shape) {
    let numbers = values.map(RecordedValue.integers)
    func list(_ index: Int) -> [Int64]? {
      index >= 0 && index < numbers.count && !numbers[index].isEmpty ? numbers[index] : nil
    }
    let places = Self.places(base, hasBias: list(2) == nil)
    let isTransposed =
      base.hasPrefix("conv_transpose") || (base.hasSuffix("convolution") && values.count > 6 && values[6] == "True")
    let window = weights.dimensions.dropFirst(2)
    var attributes = [OperatorAttribute(name: "stride", values: list(places.stride) ?? window.map { _ in 1 })]
    attributes.append(
      OperatorAttribute(name: "padding", values: list(places.padding) ?? window.map { max(0, $0 - 1) / 2 }))
    if let dilation = list(places.dilation) {
      attributes.append(OperatorAttribute(name: "dilation", values: dilation))
    }
    if isTransposed { attributes.append(OperatorAttribute(name: "transposed", values: [1])) }
    let recorded = places.groups < values.count ? Int64(values[places.groups]) : nil
    let channels = input.rank == weights.rank ? input[1] : input.dimensions.first ?? 0
    let counted = !isTransposed && weights[1] > 0 ? max(1, channels / weights[1]) : 1
    attributes.append(OperatorAttribute(name: "groups", values: [recorded ?? counted]))
    self.attributes = attributes
  }

  /// Where the arguments stand, as `native_functions.yaml` lists them; -1 for one that there is not.
  private static func places(
    _ base: String, hasBias: Bool
  ) -> (stride: Int, padding: Int, dilation: Int, groups: Int) {
    switch base {
    // (input, weight, kernel_size, bias, stride, padding, dilation)
    case "thnn_conv2d", "_conv_depthwise2d": return (4, 5, 6, .max)
    // (input, weight, bias, stride, padding, output_padding, groups, dilation)
    case _ where base.hasPrefix("conv_transpose"): return (3, 4, 7, 6)
    // (input, weight, bias, stride, padding, dilation, transposed, output_padding, groups)
    case "convolution", "_convolution": return (3, 4, 5, 8)
    // (input, weight, bias, stride, padding, dilation, groups)
    case _ where base.hasPrefix("conv"): return (3, 4, 5, 6)
    // (input, weight, padding, stride, dilation, groups), with a bias before the padding in older and other libraries
    default: return hasBias ? (4, 3, 5, 6) : (3, 2, 4, 5)
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

  /// The integers of a text such as `[2, 2]`.
  static func integers(_ text: String) -> [Int64] {
    guard text.hasPrefix("[") else { return [] }
    return text.dropFirst().dropLast().split(separator: ",").compactMap { Int64($0.filter { $0 != " " }) }
  }
}
