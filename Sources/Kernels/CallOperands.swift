import Profiles
import Workloads

/// The tensors that the different calls of a program read and make, for whoever goes through the program with them in mind:
/// of each what it is to the call, and which one it is.
///
/// Found once for all that ask, since a program may have hundreds of thousands of calls.
struct CallOperands {
  /// What a tensor is to a call.
  enum Role: UInt8 {
    /// A weight, and of a program with tables of embeddings, a table or a matrix that may be tied to one.
    case weight, table, matrix
    /// A cache of keys or values.
    case cache
    /// Anything else that is read, and whatever is made.
    case other

    /// Whether it is a weight.
    var isWeight: Bool { self == .weight || self == .table || self == .matrix }
  }

  /// What a call reads or makes.
  struct Operand {
    /// How many elements it has.
    let elements: Int64
    /// The number of the tensor; of a table or matrix that of its shape, and -1 of another weight.
    let number: Int32
    /// What it is to the call.
    let role: Role
  }

  /// The operands of all calls, those of one behind those of another.
  private(set) var all: [Operand] = []
  /// For each call where its inputs begin among them, and its results, which end where the next call's inputs begin.
  private var starts: [(inputs: Int32, results: Int32)] = []
  /// The different tensors.
  private(set) var tensors = DifferentTensors()
  /// The different shapes of tables and matrices.
  private(set) var shapes = DifferentTensors()

  /// The operands of calls.
  init(_ calls: DifferentCalls) {
    // What is tied to a table matters only where there is one.
    let hasTables = calls.rules.contains { $0.kind == .embedding }
    starts.reserveCapacity(calls.count + 1)
    all.reserveCapacity(4 * calls.count)
    for call in 0..<calls.count {
      let rule = calls.rules[call]
      let first = Int32(all.count)
      var results: Int32?
      calls.operators.forEachTensor(of: call) { index, shape, type in
        append(shape, type, rule.role(of: index, hasTables: hasTables))
      } outputs: { shape, type in
        if results == nil { results = Int32(all.count) }
        append(shape, type, .other)
      }
      starts.append((first, results ?? Int32(all.count)))
    }
    starts.append((Int32(all.count), Int32(all.count)))
  }

  private mutating func append(_ shape: Shape, _ type: ElementType, _ role: Role) {
    // Only matrices are looked for among tables.
    let role = role == .matrix && shape.rank != 2 ? .weight : role
    let number: Int32 =
      switch role {
      case .weight: -1
      case .table, .matrix: shapes.number(of: shape, .float)
      case .cache, .other: tensors.number(of: shape, type)
      }
    all.append(Operand(elements: shape.elementCount, number: number, role: role))
  }

  /// The places of what a call reads.
  @inline(__always)
  func inputs(of call: Int) -> Range<Int> { Int(starts[call].inputs)..<Int(starts[call].results) }

  /// The places of what a call makes.
  @inline(__always)
  func results(of call: Int) -> Range<Int> { Int(starts[call].results)..<Int(starts[call + 1].inputs) }
}

extension OperatorRule {
  /// What an operand is to a call, by its index.
  fileprivate func role(of index: Int, hasTables: Bool) -> CallOperands.Role {
    if isWeight(index) { return kind == .embedding ? .table : hasTables ? .matrix : .weight }
    return isCache(index) ? .cache : .other
  }
}

/// Tensors, each of which has a number.
struct DifferentTensors {
  /// The tensors by their numbers.
  private(set) var all: [(shape: Shape, type: ElementType)] = []
  private var places = PlaceTable()

  /// The number of a tensor; the next one of a new tensor.
  mutating func number(of shape: Shape, _ type: ElementType) -> Int32 {
    var hash = QuickHash()
    shape.add(to: &hash)
    if let known = places.place(hash: hash.value, where: { all[$0].type == type && all[$0].shape == shape }) {
      return Int32(known)
    }
    all.append((shape, type))
    places.append(hash: hash.value)
    return Int32(all.count - 1)
  }

  /// The number of a tensor; nil for one that has none.
  func known(_ shape: Shape, _ type: ElementType) -> Int32? {
    var hash = QuickHash()
    shape.add(to: &hash)
    return places.place(hash: hash.value) { all[$0].type == type && all[$0].shape == shape }.map { Int32($0) }
  }
}
