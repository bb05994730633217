/// The different operators of a bound workload, in the order in which they first come.
///
/// Nearly all of a long program are kept as its text has them, in some fifty bytes, and made when they are asked for: made
/// ones take six times as many, and most are looked at twice. Whoever looks at one often keeps it.
package struct BoundOperators: Sendable, RandomAccessCollection {
  /// What plain operators are made of; nil where there are none.
  private let binding: PlainBinding?
  /// Where each stands: a plain one from 0 on among those of the text, one that is kept as it is from -1 down in ``made``.
  private var places: [Int32] = []
  private var made: [Operator] = []

  /// None yet.
  init(_ binding: PlainBinding? = nil) { self.binding = binding }

  /// Operators as they are.
  package init(_ operators: [Operator]) {
    binding = nil
    made = operators
    places = operators.indices.map { Self.place($0) }
  }

  @inline(__always)
  private static func place(_ made: Int) -> Int32 { ~Int32(made) }

  /// The first index.
  package var startIndex: Int { 0 }

  /// How many there are.
  package var endIndex: Int { places.count }

  /// The operator at an index.
  package subscript(index: Int) -> Operator {
    let place = places[index]
    guard place >= 0, let binding else { return made[Int(~place)] }
    return binding.known(place)
  }

  /// The same, each kept as it is: for whoever looks at them often.
  package var kept: BoundOperators { binding == nil ? self : BoundOperators(Array(self)) }

  /// The same with others behind them.
  package func appending(_ others: [Operator]) -> BoundOperators {
    var all = self
    for other in others { all.append(other) }
    return all
  }

  // MARK: Without making any

  /// The names of plain operators, by their numbers.
  package var plainNames: [String] { binding?.texts.names ?? [] }

  /// The number of an operator's name; nil where it is not plain.
  package func plainName(of index: Int) -> Int? {
    let place = places[index]
    guard place >= 0, let binding else { return nil }
    return Int(binding.texts.plain[Int(place)].name)
  }

  /// For each operator what its name says.
  package func flags(_ flag: (String) -> Bool) -> [Bool] {
    let byName = plainNames.map(flag)
    return indices.map { index in
      plainName(of: index).map { byName[$0] } ?? flag(made[Int(~places[index])].name)
    }
  }

  /// How many modules are called right before an operator.
  package func moduleCalls(before index: Int) -> Int {
    places[index] >= 0 && binding != nil ? 0 : made[Int(~places[index])].moduleCalls
  }

  /// The plain operator at an index, and what it is made of; nil for one that is kept as it is.
  @inline(__always)
  func plain(at index: Int) -> (PlainBinding, Int32)? {
    let place = places[index]
    guard place >= 0, let binding else { return nil }
    return (binding, place)
  }

  /// Calls back with the tensors that an operator reads, with the index of each, and with those that it makes.
  package func forEachTensor(
    of index: Int, inputs: (Int, Shape, ElementType) -> Void, outputs: (Shape, ElementType) -> Void
  ) {
    let place = places[index]
    if place >= 0, let binding { return binding.forEachTensor(of: place, inputs: inputs, outputs: outputs) }
    let operation = made[Int(~place)]
    for index in operation.inputs.indices { inputs(index, operation.inputs[index], operation.inputTypes[index]) }
    for index in operation.outputs.indices { outputs(operation.outputs[index], operation.outputTypes[index]) }
  }

  /// Whether modules are called before any.
  package var callsModules: Bool { made.contains { $0.moduleCalls > 0 } }

  // MARK: Building

  mutating func reserveCapacity(_ count: Int) { places.reserveCapacity(count) }

  mutating func append(_ operation: Operator) {
    places.append(Self.place(made.count))
    made.append(operation)
  }

  /// Appends a plain operator, which has been bound before.
  mutating func append(plain number: Int32) { places.append(number) }

  /// Whether a plain operator is the one at an index.
  func isEqual(_ index: Int, plain number: Int32) -> Bool {
    guard let binding else { return false }
    let place = places[index]
    return place >= 0 ? binding.areEqual(place, number) : made[Int(~place)] == binding.known(number)
  }
}
