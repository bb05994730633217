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
  /// What is declared, and what the program has made so far.
  private var known: Set<Tensor>
  private var tables: Set<Shape> = []
  private var matrices: Set<Shape> = []

  /// The tensors of a workload, whose program is given with its rules.
  ///
  /// - Complexity: The length of the program's text, times the depth of its repeats.
  init(_ workload: BoundWorkload, _ program: [Block<ResolvedOperator>], _ target: LoweringTarget) {
    self.target = target
    countsWeights = workload.weightElements == nil
    known = Set(workload.inputs)
    inputBytes = workload.inputs.reduce(0) { $0 + Self.bytes(of: $1, target) }
    count = Double(workload.inputs.count)
    program.forEachRound { add($0, $1) }
    // A table that is tied to a matrix was counted as both.
    count -= Double(tables.intersection(matrices).count)
    if let elements = workload.weightElements {
      weightBytes = Double(elements) * target.formats.weights.bytesPerElement
    } else {
      for shape in tables.intersection(matrices) {
        weightBytes -= Double(shape.elementCount) * target.formats.weights.bytesPerElement
      }
    }
  }

  private static func bytes(of tensor: Tensor, _ target: LoweringTarget) -> Double {
    Double(tensor.shape.elementCount) * target.bytes(tensor.type)
  }

  private mutating func add(_ call: ResolvedOperator, _ times: Double) {
    let (operation, rule) = (call.operation, call.rule)
    for (index, (shape, type)) in zip(operation.inputs, operation.inputTypes).enumerated() {
      let tensor = Tensor(shape: shape, type: type)
      if rule.isWeight(index) {
        addWeight(shape, isTable: rule.kind == .embedding, times)
      } else if !known.contains(tensor) {
        addInput(tensor, isCache: rule.isCache(index), times)
      }
    }
    for (shape, type) in zip(operation.outputs, operation.outputTypes) {
      known.insert(Tensor(shape: shape, type: type))
    }
  }

  private mutating func addWeight(_ shape: Shape, isTable: Bool, _ times: Double) {
    if shape.rank == 2, !isTable { matrices.insert(shape) }
    let tensors = !isTable ? times : tables.insert(shape).inserted ? 1 : 0
    count += tensors
    if countsWeights { weightBytes += Double(shape.elementCount) * target.formats.weights.bytesPerElement * tensors }
  }

  /// Constants of a model whose weights are counted are among them.
  private mutating func addInput(_ tensor: Tensor, isCache: Bool, _ times: Double) {
    let bytes = Self.bytes(of: tensor, target)
    if isCache {
      inputBytes += bytes * times
      count += times
    } else if countsWeights {
      inputBytes += bytes
      count += 1
      known.insert(tensor)
    }
  }
}
