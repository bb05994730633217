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
  /// By a tensor's number, whether it is declared or the program has made it.
  private var isKnown: [Bool]
  /// By a shape's number, whether a table has it, and a matrix.
  private var isTable: [Bool]
  private var isMatrix: [Bool]

  /// The tensors of a workload.
  ///
  /// - Parameters:
  ///   - workload: The workload.
  ///   - program: Its program.
  ///   - operands: What the program's calls read and make.
  ///   - target: What it is lowered to.
  /// - Complexity: The length of the program's text, times the depth of its repeats.
  init(_ workload: BoundWorkload, _ program: ResolvedProgram, _ operands: CallOperands, _ target: LoweringTarget) {
    self.target = target
    countsWeights = workload.weightElements == nil
    inputBytes = workload.inputs.reduce(0) { $0 + Self.bytes(of: $1, target) }
    count = Double(workload.inputs.count)
    isKnown = [Bool](repeating: false, count: operands.tensors.all.count)
    isTable = [Bool](repeating: false, count: operands.shapes.all.count)
    isMatrix = isTable
    for tensor in workload.inputs {
      if let number = operands.tensors.known(tensor.shape, tensor.type) { isKnown[Int(number)] = true }
    }
    program.sequence.forEachRound { add(operands, $0, $1) }
    // A table that is tied to a matrix was counted as both.
    let tied = isTable.indices.filter { isTable[$0] && isMatrix[$0] }
    count -= Double(tied.count)
    if let elements = workload.weightElements {
      weightBytes = Double(elements) * target.formats.weights.bytesPerElement
    } else {
      for shape in tied {
        weightBytes -= Double(operands.shapes.all[shape].shape.elementCount) * target.formats.weights.bytesPerElement
      }
    }
    (isKnown, isTable, isMatrix) = ([], [], [])
  }

  private static func bytes(of tensor: Tensor, _ target: LoweringTarget) -> Double {
    Double(tensor.shape.elementCount) * target.bytes(tensor.type)
  }

  private mutating func add(_ operands: CallOperands, _ call: Int, _ times: Double) {
    for place in operands.inputs(of: call) {
      let operand = operands.all[place]
      if operand.role.isWeight {
        addWeight(operand, times)
      } else if !isKnown[Int(operand.number)] {
        addInput(operand, operands.tensors.all[Int(operand.number)].type, times)
      }
    }
    for place in operands.results(of: call) { isKnown[Int(operands.all[place].number)] = true }
  }

  private mutating func addWeight(_ weight: CallOperands.Operand, _ times: Double) {
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
  private mutating func addInput(_ tensor: CallOperands.Operand, _ type: ElementType, _ times: Double) {
    let bytes = Double(tensor.elements) * target.bytes(type)
    if tensor.role == .cache {
      inputBytes += bytes * times
      count += times
    } else if countsWeights {
      inputBytes += bytes
      count += 1
      isKnown[Int(tensor.number)] = true
    }
  }
}
