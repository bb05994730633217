/// One framework-level call with its tensor shapes: what costs the host a dispatch and may launch kernels.
public struct Operator: Sendable, Hashable {
  /// The framework's name of the operator: `aten::linear`.
  public let name: String

  /// The shapes of the tensors it reads.
  public internal(set) var inputs: [Shape]

  /// The shapes of the tensors it makes; empty where the workload does not say.
  public internal(set) var outputs: [Shape]

  /// The element types of `inputs`, one for each.
  public let inputTypes: [ElementType]

  /// The element types of `outputs`, one for each.
  public let outputTypes: [ElementType]

  /// What else the call is given, sorted by name, each name once.
  public let attributes: [OperatorAttribute]

  /// The tensors that the call copies into another layout before its own work.
  public let copies: [Shape]

  /// The stream that its kernels go to, from 0 to 31.
  public let stream: Int

  /// The streams whose earlier kernels have to end before its own start.
  public let waitsForStreams: [Int]

  /// How many of a model's modules are called right before it: each call of one costs the host, as an operator does.
  package var moduleCalls = 0

  /// Makes a call; where no types are given, every element is a ``ElementType/float``.
  public init(
    name: String, inputs: [Shape], outputs: [Shape] = [], inputTypes: [ElementType]? = nil,
    outputTypes: [ElementType]? = nil, attributes: [OperatorAttribute] = [], copies: [Shape] = [], stream: Int = 0,
    waitsForStreams: [Int] = []
  ) {
    self.name = name
    self.inputs = inputs
    self.outputs = outputs
    self.inputTypes = inputTypes ?? inputs.map { _ in .float }
    self.outputTypes = outputTypes ?? outputs.map { _ in .float }
    self.attributes = attributes.count > 1 ? attributes.sorted { $0.name < $1.name } : attributes
    self.copies = copies
    self.stream = stream
    self.waitsForStreams = waitsForStreams
    precondition(self.inputTypes.count == inputs.count, "\(name): one type for each input")
    precondition(self.outputTypes.count == outputs.count, "\(name): one type for each output")
  }

  /// Hashes what tells most operators apart; equality decides.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(name.utf8.count)
    hasher.combine(inputs.first)
    hasher.combine(inputs.last?.elementCount ?? 0)
    hasher.combine(outputs.first?.elementCount ?? 0)
  }

  /// A hash of what tells most operators apart, for tables of many.
  package var quickHash: Int {
    var hash = QuickHash()
    hash.add(UInt64(name.utf8.count))
    for shape in inputs { shape.add(to: &hash) }
    for shape in outputs { shape.add(to: &hash) }
    return hash.value
  }

  /// The same call, before which so many modules are called.
  package func calledBehind(modules count: Int) -> Operator {
    var call = self
    call.moduleCalls = count
    return call
  }

  /// The values of an attribute, or nil if the call is not given it.
  public func attribute(_ name: String) -> [Int64]? { attributes.first { $0.name == name }?.values }
}

/// An argument of an operator that is not a tensor: `stride` is 2, 2.
public struct OperatorAttribute: Sendable, Hashable {
  /// The argument's name.
  public let name: String

  /// The argument's value: one integer, or several where it is a list.
  public let values: [Int64]

  /// Names an argument and gives its value.
  public init(name: String, values: [Int64]) {
    self.name = name
    self.values = values
  }
}
