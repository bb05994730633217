import Profiles
import Workloads

/// The tensors that a pass finds in memory and leaves there: weights and inputs, the caches of earlier tokens among them.
///
/// Both are lower bounds. Weights are those that the workload's file counts, or else those of linear, convolution,
/// normalization and embedding operators: of each round of a repeat its own, of equal embedding tables one, and of a table
/// and a linear operator's matrix of the same shape one, since they are tied. Inputs are the declared ones, and tensors
/// which the program reads before anything of their shape and type is made: where they are caches, one for each call
/// that reads them, and otherwise one for each shape.
struct ResidentTensors {
  /// Bytes of the weights.
  private(set) var weightBytes = 0.0
  /// Bytes of the inputs.
  private(set) var inputBytes = 0.0

  /// How many tensors they are.
  private(set) var count = 0.0

  private let target: LoweringTarget
  private let countsWeights: Bool
  private var operands: [Operand] = []
  /// For each call where its inputs begin among all operands, and its results, which end where the next call's inputs begin.
  private var starts: [(inputs: Int32, results: Int32)] = []
  /// By a tensor's number, whether it is declared or the program has made it.
  private var isKnown: [Bool] = []
  /// By a shape's number, whether a table has it, and a matrix.
  private var isTable: [Bool] = []
  private var isMatrix: [Bool] = []

  /// What a call reads or makes.
  private struct Operand {
    enum Role { case weight, matrix, table, cache, other }

    let role: Role
    /// The number of the tensor; of a table or matrix that of its shape, and -1 of another weight.
    let number: Int32
    let elements: Int64
    let bytes: Double
  }

  /// The tensors of a workload, whose program is given with its rules.
  ///
  /// - Complexity: The length of the program's text, times the depth of its repeats.
  init(_ workload: BoundWorkload, _ program: ResolvedProgram, _ target: LoweringTarget) {
    self.target = target
    countsWeights = workload.weightElements == nil
    inputBytes = workload.inputs.reduce(0) { $0 + Self.bytes(of: $1, target) }
    count = Double(workload.inputs.count)
    let shapes = findOperands(program.calls, workload.inputs)
    program.sequence.forEachRound { add($0, $1) }
    // A table that is tied to a matrix was counted as both.
    let tied = shapes.indices.filter { isTable[$0] && isMatrix[$0] }
    count -= Double(tied.count)
    if let elements = workload.weightElements {
      weightBytes = Double(elements) * target.formats.weights.bytesPerElement
    } else {
      for shape in tied {
        weightBytes -= Double(shapes[shape]) * target.formats.weights.bytesPerElement
      }
    }
    (operands, starts, isKnown, isTable, isMatrix) = ([], [], [], [], [])
  }

  private static func bytes(of tensor: Tensor, _ target: LoweringTarget) -> Double {
    Double(tensor.shape.elementCount) * target.bytes(tensor.type)
  }

  /// Numbers the tensors of all calls, and the shapes of tables and matrices.
  ///
  /// - Returns: For each of these shapes its elements.
  private mutating func findOperands(_ calls: DifferentCalls, _ declared: [Tensor]) -> [Int64] {
    var (tensors, shapes) = (DifferentTensors(), DifferentTensors())
    // What is tied to a table matters only where there is one.
    let hasTables = calls.rules.contains { $0.kind == .embedding }
    let given = declared.map { tensors.number(of: $0.shape, $0.type) }
    starts.reserveCapacity(calls.count + 1)
    for call in 0..<calls.count {
      let first = Int32(operands.count)
      let rule = calls.rules[call]
      let (inputs, inputTypes) = (calls.operators[call].inputs, calls.operators[call].inputTypes)
      for (index, shape) in inputs.enumerated() {
        let bytes = Double(shape.elementCount) * target.bytes(inputTypes[index])
        let role: Operand.Role =
          rule.isWeight(index)
          ? rule.kind == .embedding ? .table : hasTables && shape.rank == 2 ? .matrix : .weight
          : rule.isCache(index) ? .cache : .other
        let number: Int32 =
          switch role {
          case .weight: -1
          case .table, .matrix: shapes.number(of: shape, .float)
          case .cache, .other: tensors.number(of: shape, inputTypes[index])
          }
        operands.append(Operand(role: role, number: number, elements: shape.elementCount, bytes: bytes))
      }
      starts.append((first, Int32(operands.count)))
      let (outputs, outputTypes) = (calls.operators[call].outputs, calls.operators[call].outputTypes)
      for (index, shape) in outputs.enumerated() {
        operands.append(
          Operand(
            role: .other, number: tensors.number(of: shape, outputTypes[index]), elements: shape.elementCount, bytes: 0)
        )
      }
    }
    starts.append((Int32(operands.count), Int32(operands.count)))
    isKnown = [Bool](repeating: false, count: tensors.all.count)
    isTable = [Bool](repeating: false, count: shapes.all.count)
    isMatrix = isTable
    for tensor in given { isKnown[Int(tensor)] = true }
    return shapes.all.map(\.shape.elementCount)
  }

  private mutating func add(_ call: Int, _ times: Double) {
    let (inputs, results) = starts[call]
    for index in Int(inputs)..<Int(results) {
      let operand = operands[index]
      switch operand.role {
      case .weight, .matrix, .table: addWeight(operand, times)
      case .cache, .other: if !isKnown[Int(operand.number)] { addInput(operand, times) }
      }
    }
    for index in Int(results)..<Int(starts[call + 1].inputs) { isKnown[Int(operands[index].number)] = true }
  }

  private mutating func addWeight(_ weight: Operand, _ times: Double) {
    let shape = Int(weight.number)
    var tensors = times
    if weight.role == .table {
      tensors = isTable[shape] ? 0 : 1
      isTable[shape] = true
    } else if weight.role == .matrix {
      isMatrix[shape] = true
    }
    count += tensors
    if countsWeights {
      weightBytes += Double(weight.elements) * target.formats.weights.bytesPerElement * tensors
    }
  }

  /// Constants of a model whose weights are counted are among them.
  private mutating func addInput(_ tensor: Operand, _ times: Double) {
    if tensor.role == .cache {
      inputBytes += tensor.bytes * times
      count += times
    } else if countsWeights {
      inputBytes += tensor.bytes
      count += 1
      isKnown[Int(tensor.number)] = true
    }
  }
}

/// Tensors, each of which has a number.
private struct DifferentTensors {
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
}
