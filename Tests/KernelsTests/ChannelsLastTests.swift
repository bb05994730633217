import Kernels
import Profiles
import SampleModels
import Testing
import Workloads

/// Where the channels of a position lie together, or a library is timed alone.
@Suite("A convolution of channels that lie together") struct ChannelsLastTests {
  private func lowering(
    _ precision: Precision = .fp16, _ change: (inout LoweringTarget) -> Void = { _ in }
  ) throws -> Lowering {
    var target = try Target.matrix(precision).target
    change(&target)
    return Lowering(target: target)
  }

  private func convolution(_ input: [Int64], _ weight: [Int64], _ attributes: [String: [Int64]] = [:]) -> Operator {
    .make("aten::conv2d", [input, weight], attributes)
  }

  @Test func `is one kernel, where others are turned and turned back`() throws {
    let operation = convolution([1, 64, 14, 14], [64, 64, 3, 3], ["padding": [1, 1]])
    #expect(try lowering().lower(operation).kernels.count == 4, "input, weight, itself, output")
    let alone = try lowering { $0.isChannelsLast = true }.lower(operation).kernels
    #expect(alone.count == 1)
    #expect(alone.first?.weightBytes == times(2, 64, 64, 9))
  }

  /// Three colors are eight channels to the matrix units: 64 products of 8 terms and 49 positions.
  @Test func `fills channels up to what the matrix units take`() throws {
    let operation = convolution([1, 3, 224, 224], [64, 3, 7, 7], ["stride": [2, 2], "padding": [3, 3]])
    let kernel = try #require(try lowering { $0.isChannelsLast = true }.lower(operation).kernels.first)
    #expect(kernel.geometry?.inputChannels == 8 && kernel.geometry?.outputChannels == 64)
    #expect(kernel.flops == times(2, 64, 112, 112, 3, 49), "the work is what it was")
    #expect(try lowering().lower(operation).kernels.last?.geometry?.inputChannels == 3)
    var plain = try Target.plain(.fp16).target
    plain.isChannelsLast = true
    let onVectors = Lowering(target: plain).lower(operation).kernels
    #expect(onVectors.last?.geometry?.inputChannels == 3, "the vector units take any number")
  }

  /// A window of one position and steps of two look at every second row, and of positions at every fourth.
  @Test func `reads the positions that its windows look at`() throws {
    let operation = convolution([1, 64, 8, 8], [64, 64, 1, 1], ["stride": [2, 2]])
    let last = try #require(try lowering { $0.isChannelsLast = true }.lower(operation).kernels.first)
    #expect(last.unreadBytes == times(2, 64, 8, 8) * 0.75)
    #expect(last.bytesRead == times(2, 64, 8, 8) + times(2, 64, 64), "the operands are what they are")
    let first = try #require(try lowering { $0.isLibraryAlone = true }.lower(operation).kernels.first)
    #expect(first.unreadBytes == times(2, 64, 8, 8) / 2, "columns come along")
    let wide = convolution([1, 64, 8, 8], [64, 64, 3, 3], ["stride": [2, 2], "padding": [1, 1]])
    let all = try #require(try lowering { $0.isChannelsLast = true }.lower(wide).kernels.first)
    #expect(all.unreadBytes == 0)
  }

  @Test func `is a product where positions are as many as a framework asks for`() throws {
    let operation = convolution([1, 64, 14, 14], [256, 64, 1, 1])
    #expect(try lowering().lower(operation).kernels.count == 3, "196 is no multiple of 8")
    #expect(try lowering { $0.pointwisePositions = 4 }.lower(operation).kernels.count == 1)
    let odd = convolution([1, 64, 7, 7], [256, 64, 1, 1])
    #expect(try lowering { $0.pointwisePositions = 4 }.lower(odd).kernels.count == 3)
  }

  @Test func `leaves its bias to the operators behind it, where a compiler does`() {
    let operation = Operator.make(
      "aten::conv2d", [[1, 8, 4, 4], [16, 8, 1, 1], [16]], to: [[1, 16, 4, 4]], ["groups": [1]])
    func apart(_ operation: Operator) -> [Operator] {
      Decomposition(rules: [.convolutionBias]).rewrite([.leaf(operation)]).compactMap { block in
        if case .leaf(let operation) = block { operation } else { nil }
      }
    }
    let operators = apart(operation)
    #expect(operators.map(\.name) == ["aten::conv2d", "aten::add"])
    #expect(operators.first?.inputs.count == 2 && operators.first?.attribute("groups") == [1])
    #expect(operators.last?.inputs == [Shape([1, 16, 4, 4]), Shape([16])])
    let plain = Operator.make("aten::conv2d", [[1, 8, 4, 4], [16, 8, 1, 1]], to: [[1, 16, 4, 4]])
    #expect(apart(plain) == [plain])
  }
}
