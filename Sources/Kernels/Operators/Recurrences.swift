import Profiles
import Workloads

// Recurrent layers, as cuDNN runs them without its persistent kernels: the product of a layer's inputs for all steps at once,
// then for one step after the other the product of the state and a kernel of all gates.

extension OperatorRule {
  /// Layers that go through a sequence step by step.
  static let recurrences = [
    recurrence("lstm", gates: 4, states: 2), recurrence("gru", gates: 3, states: 1),
    recurrence("rnn_tanh rnn_relu", gates: 1, states: 1),
  ]

  private static func recurrence(_ names: String, gates: Int64, states: Int) -> OperatorRule {
    OperatorRule(
      names, .linear, weights: { $0 > states },
      variant: { Recurrence($0, gates: gates, states: states) == nil ? unknown : nil },
      lower: { lowering, operation in
        Recurrence(operation, gates: gates, states: states).map { lowering.recurrence(operation, $0) }
          ?? lowering.pointwise(operation)
      })
  }
}

extension OperatorRule {
  /// The layers of a call of these rules; nil for one of another rule.
  func recurrence(of operation: Operator) -> Recurrence? {
    switch names.first {
    case "lstm": Recurrence(operation, gates: 4, states: 2)
    case "gru": Recurrence(operation, gates: 3, states: 1)
    case "rnn_tanh": Recurrence(operation, gates: 1, states: 1)
    default: nil
    }
  }
}

/// The layers of a recurrent operator.
///
/// Its operands are the input, the states before the first step, and of each layer and direction the weights of the inputs
/// and of the state, with two biases or without.
struct Recurrence {
  /// Gates of a cell.
  let gates: Double
  /// States of a cell: its result, and what it keeps beside that.
  let states: Double
  /// Steps of a sequence.
  let steps: Int
  /// Sequences.
  let batch: Double
  /// The width of a state.
  let width: Double
  /// The width of the inputs of each layer and direction.
  let inputs: [Double]

  /// The most kernels that an operator is taken to launch.
  private static let kernelLimit = 1 << 20

  /// The layers of an operator; nil where its operands are not those of such layers, or of cells whose results are projected.
  init?(_ operation: Operator, gates: Int64, states: Int) {
    let operands = operation.inputs
    guard operands.count > states + 2, let width = operands[1].last, width > 0 else { return nil }
    let (input, state) = (operands[0], operands[1])
    guard (2...3).contains(input.rank), operands[1...states].allSatisfy({ $0 == state }), state.rank == input.rank
    else { return nil }
    let batch = state.rank == 3 ? state[1] : 1
    let features = input.last ?? 0
    guard batch > 0, features > 0, input.elementCount > 0, input.elementCount % (batch * features) == 0 else {
      return nil
    }
    let matrices = operands[(states + 1)...].filter { $0.rank == 2 }
    guard !matrices.isEmpty, matrices.count.isMultiple(of: 2) else { return nil }
    let pairs = stride(from: 0, to: matrices.count, by: 2).map { (matrices[$0], matrices[$0 + 1]) }
    guard
      pairs.allSatisfy({ $0.0[0] == gates * width && $0.0[1] > 0 && $0.1.dimensions == [gates * width, width] })
    else { return nil }
    let steps = input.elementCount / (batch * features)
    guard steps <= Int64(Self.kernelLimit), Int(steps) * pairs.count * 2 <= Self.kernelLimit else { return nil }
    (self.gates, self.states, self.batch, self.width) = (Double(gates), Double(states), Double(batch), Double(width))
    self.steps = Int(steps)
    inputs = pairs.map { Double($0.0[1]) }
  }

  /// Operations of all its products; a multiply-add counts two.
  var operations: Int128 {
    let columns = Int128(gates) * Int128(width) * Int128(batch) * Int128(steps)
    return inputs.reduce(0) { $0 + 2 * columns * (Int128($1) + Int128(width)) }
  }
}

extension Lowering {
  /// The kernels of all layers; the library launches all but the first.
  fileprivate func recurrence(_ operation: Operator, _ layers: Recurrence) -> [Kernel] {
    let cell = cell(operation, layers)
    var step = recurrentProduct(operation, rows: layers.batch, layers, inner: layers.width)
    // Between two steps nothing passes through the cache but the gates and the states.
    step.weightReuseBytes = step.bytes + cell.bytes
    var kernels: [Kernel] = []
    for width in layers.inputs {
      kernels.append(recurrentProduct(operation, rows: layers.batch * Double(layers.steps), layers, inner: width))
      for _ in 0..<layers.steps { kernels += [step, cell] }
    }
    return kernels.enumerated().map { $0.offset == 0 ? $0.element : byLibrary($0.element) }
  }

  /// Rows times the weights of all gates.
  private func recurrentProduct(
    _ operation: Operator, rows: Double, _ layers: Recurrence, inner: Double
  ) -> Kernel {
    let shape = MatrixShape(m: rows, n: layers.gates * layers.width, k: inner)
    let size = target.precision.bytesPerElement
    var kernel = Kernel(
      name: operation.name, .matrixMultiply, .matrix(shape), flops: shape.flops,
      bytesRead: (shape.m + shape.n) * shape.k * size, bytesWritten: shape.m * shape.n * size,
      arithmetic: target.arithmetic(of: .linear))
    kernel.readWeights(shape.n * shape.k, TensorFormats(target.precision))
    return kernel
  }

  /// The gates of a step: both products and the biases read, an exponential or the like of each, the states read and written.
  private func cell(_ operation: Operator, _ layers: Recurrence) -> Kernel {
    let size = target.precision.bytesPerElement
    let (gates, states) = (layers.gates * layers.width, layers.states * layers.width)
    return Kernel(
      name: operation.name, .elementwise, flops: 10 * gates * layers.batch,
      bytesRead: (2 * gates * layers.batch + 2 * gates + states * layers.batch) * size,
      bytesWritten: states * layers.batch * size, arithmetic: target.precision)
  }
}
