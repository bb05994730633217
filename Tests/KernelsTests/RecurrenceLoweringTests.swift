import Kernels
import Profiles
import SampleModels
import Testing
import Workloads

/// Recurrent layers, with expectations written out.
@Suite("A recurrent operator is lowered") struct RecurrenceLoweringTests {
  /// Two layers of 64 over 10 steps of 4 sequences of 32 numbers.
  private static func operation(_ name: String, gates: Int64, states: Int, biases: Bool = true) -> Operator {
    let state: [Int64] = [2, 4, 64]
    let weights = [[gates * 64, 32], [gates * 64, 64]] + (biases ? [[gates * 64], [gates * 64]] : [])
    let deeper = [[gates * 64, 64], [gates * 64, 64]] + (biases ? [[gates * 64], [gates * 64]] : [])
    return .make(
      name, [[4, 10, 32]] + Array(repeating: state, count: states) + weights + deeper, to: [[4, 10, 64], state])
  }

  @Test(arguments: [("aten::lstm", 4, 2), ("aten::gru", 3, 1), ("aten::rnn_tanh", 1, 1)] as [(String, Int64, Int)])
  func `to a product for all steps, and two kernels for each step of each layer`(
    name: String, gates: Int64, states: Int
  ) throws {
    let lowered = try Target.plain().lower(Self.operation(name, gates: gates, states: states))
    #expect(lowered.hasRule && lowered.kernels.count == 2 * (1 + 2 * 10))
    let columns = Double(gates) * 64
    #expect(lowered.kernels[0].work == .matrix(MatrixShape(m: 40, n: columns, k: 32)))
    #expect(lowered.kernels[1].work == .matrix(MatrixShape(m: 4, n: columns, k: 64)))
    #expect(lowered.kernels[2].kernelClass == .elementwise)
    #expect(lowered.kernels[21].work == .matrix(MatrixShape(m: 40, n: columns, k: 64)))
    // The weights of both layers, and all multiply-adds.
    let products = lowered.kernels.filter { $0.kernelClass == .matrixMultiply }
    #expect(products.reduce(0) { $0 + $1.flops } == 2 * 40 * columns * (32 + 64 + 64 + 64))
    #expect(lowered.kernels[1].weightBytes == 4 * columns * 64 && lowered.kernels[0].weightBytes == 4 * columns * 32)
    #expect(lowered.kernels.map(\.isLaunchedByLibrary) == [false] + Array(repeating: true, count: 41))
    // Two products and two biases of the gates, and the states of four sequences, in four bytes.
    #expect(lowered.kernels[2].bytesRead == 4 * (2 * columns * 4 + 2 * columns + Double(states) * 64 * 4))
    let bare = try Target.plain().lower(Self.operation(name, gates: gates, states: states, biases: false))
    #expect(bare.kernels == lowered.kernels, "biases are read on the way")
  }

  @Test func `to a guess where its operands are no recurrent layer's`() throws {
    let state: [Int64] = [1, 4, 64]
    for inputs in [
      [[4, 10, 32], state, state], [[4, 10, 32], state, state, [256, 32]],
      [[4, 10, 32], state, state, [256, 32], [256, 65]], [[4, 10, 32], state, [1, 4, 128], [512, 32], [512, 64]],
      [[3, 11, 32], state, state, [256, 32], [256, 64]],
    ] as [[[Int64]]] {
      let lowered = try Target.plain().lower(.make("aten::lstm", inputs, to: [[4, 10, 64]]))
      #expect(!lowered.hasRule && lowered.kernels.count == 1, "\(inputs)")
    }
  }

  @Test func `and others to as many kernels as a profiler sees`() throws {
    func count(_ name: String, _ inputs: [[Int64]], to output: [Int64]) throws -> Int {
      try Target.plain().lower(.make(name, inputs, to: [output])).kernels.count
    }
    #expect(try count("aten::masked_fill", [[8, 64], [8, 64]], to: [8, 64]) == 2)
    #expect(try count("aten::masked_fill_", [[8, 64], [8, 64]], to: [8, 64]) == 1)
    #expect(try count("aten::cumsum", [[8]], to: [8]) == 2 && count("aten::cumsum", [[8, 8]], to: [8, 8]) == 1)
    #expect(try count("aten::multinomial", [[8]], to: [1]) == 14)
  }
}
