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

  private let precision: Precision
  private let countsWeights: Bool
  /// What is declared, and what the program has made so far.
  private var known: Set<Tensor>
  private var tables: Set<Shape> = []
  private var matrices: Set<Shape> = []

  /// The tensors of a workload.
  ///
  /// - Complexity: The length of the program's text, times the depth of its repeats.
  init(_ workload: BoundWorkload, precision: Precision) {
    self.precision = precision
    countsWeights = workload.weightElements == nil
    known = Set(workload.inputs)
    inputBytes = workload.inputs.reduce(0) { $0 + Self.bytes(of: $1, precision) }
    walk(workload.program, times: 1, isLaterRound: false)
    if let elements = workload.weightElements {
      weightBytes = Double(elements) * precision.bytesPerElement
    } else {
      for shape in tables.intersection(matrices) {
        weightBytes -= Double(shape.elementCount) * precision.bytesPerElement
      }
    }
  }

  private static func bytes(of tensor: Tensor, _ precision: Precision) -> Double {
    Double(tensor.shape.elementCount) * tensor.type.bytes(in: precision)
  }

  /// Walks a program that runs so many times; of a repeat the first round, and the second for all later ones, which find
  /// what the first has made.
  private mutating func walk(_ program: [BoundStatement], times: Double, isLaterRound: Bool) {
    for statement in program {
      switch statement {
      case .operator(let operation): add(operation, times)
      case .repeat(let count, let body, _):
        if isLaterRound {
          walk(body, times: times * Double(count), isLaterRound: true)
        } else {
          walk(body, times: times, isLaterRound: false)
          if count > 1 { walk(body, times: times * Double(count - 1), isLaterRound: true) }
        }
      }
    }
  }

  private mutating func add(_ operation: Operator, _ times: Double) {
    let kind = OperatorKind(operatorName: operation.name)
    for (index, (shape, type)) in zip(operation.inputs, operation.inputTypes).enumerated() {
      let tensor = Tensor(shape: shape, type: type)
      if operation.isWeight(index, kind) {
        if countsWeights { addWeight(shape, isTable: kind == .embedding, times) }
      } else if !known.contains(tensor) {
        addInput(tensor, isCache: operation.readsCache(index, kind), times)
      }
    }
    for (shape, type) in zip(operation.outputs, operation.outputTypes) {
      known.insert(Tensor(shape: shape, type: type))
    }
  }

  private mutating func addWeight(_ shape: Shape, isTable: Bool, _ times: Double) {
    let bytes = Double(shape.elementCount) * precision.bytesPerElement
    if isTable {
      if tables.insert(shape).inserted { weightBytes += bytes }
    } else {
      if shape.rank == 2 { matrices.insert(shape) }
      weightBytes += bytes * times
    }
  }

  /// Constants of a model whose weights are counted are among them.
  private mutating func addInput(_ tensor: Tensor, isCache: Bool, _ times: Double) {
    let bytes = Self.bytes(of: tensor, precision)
    if isCache {
      inputBytes += bytes * times
    } else if countsWeights {
      inputBytes += bytes
      known.insert(tensor)
    }
  }
}
