import Kernels
import Profiles
import SampleModels
import Testing
import Workloads

@Suite("A convolution is lowered") struct ConvolutionLoweringTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let operation: Operator
    let flops: Double
    let outputs: Double

    init(
      _ what: String, _ name: String, _ inputs: [[Int64]], to outputs: [[Int64]] = [],
      _ attributes: [String: [Int64]] = [:], flops: Double, writes: Double
    ) {
      testDescription = what
      operation = .make(name, inputs, to: outputs, attributes)
      self.flops = flops
      self.outputs = writes
    }
  }

  /// FLOPs: two for each output element, input channel of its group and position of the window.
  static let cases = [
    Case(
      "ResNet's stem, its output given", "aten::conv2d", [[1, 3, 224, 224], [64, 3, 7, 7]], to: [[1, 64, 112, 112]],
      ["stride": [2, 2], "padding": [3, 3]], flops: times(2, 64, 112, 112, 3, 49), writes: times(64, 112, 112)),
    Case(
      "the same, its output computed: (224 + 2*3 - 7) / 2 + 1 = 112", "aten::conv2d",
      [[1, 3, 224, 224], [64, 3, 7, 7]], ["stride": [2, 2], "padding": [3, 3]], flops: times(2, 64, 112, 112, 3, 49),
      writes: times(64, 112, 112)),
    Case(
      "one stride for all axes", "aten::conv2d", [[2, 8, 10, 10], [16, 8, 3, 3]], ["stride": [3]],
      flops: times(2, 2, 16, 9, 8, 9), writes: times(2, 16, 9)),
    Case(
      "no attributes: (10 - 3) + 1 = 8", "aten::conv2d", [[1, 4, 10, 10], [4, 4, 3, 3]],
      flops: times(2, 4, 64, 4, 9), writes: 4 * 64),
    Case(
      "dilated: a reach of 2 * (3 - 1) + 1 = 5 leaves 6", "aten::conv2d", [[1, 4, 10, 10], [4, 4, 3, 3]],
      ["dilation": [2, 2]], flops: times(2, 4, 36, 4, 9), writes: 4 * 36),
    Case(
      "grouped: each output sees 64 / 4 channels", "aten::conv2d", [[1, 64, 14, 14], [128, 16, 3, 3]],
      ["padding": [1, 1], "groups": [4]], flops: times(2, 128, 196, 16, 9), writes: 128 * 196),
    Case(
      "depthwise", "aten::conv2d", [[1, 32, 14, 14], [32, 1, 3, 3]], ["padding": [1, 1], "groups": [32]],
      flops: times(2, 32, 196, 9), writes: 32 * 196),
    Case(
      "of one dimension, as SqueezeBERT's", "aten::conv1d", [[1, 768, 128], [768, 192, 1]], ["groups": [4]],
      flops: times(2, 768, 128, 192), writes: 768 * 128),
    Case(
      "of three dimensions", "aten::conv3d", [[1, 2, 4, 4, 4], [3, 2, 3, 3, 3]], ["padding": [1]],
      flops: times(2, 3, 64, 2, 27), writes: 3 * 64),
    Case(
      "transposed: each input reaches every position of the window", "aten::conv_transpose2d",
      [[1, 16, 7, 7], [16, 8, 2, 2]], to: [[1, 8, 14, 14]], ["stride": [2, 2]], flops: times(2, 16, 49, 8, 4),
      writes: 8 * 196),
  ]

  @Test(arguments: cases) func `to what it computes and writes`(_ testCase: Case) throws {
    let lowered = try Target.plain().lower(testCase.operation)
    let others = lowered.withoutHelpers
    #expect(lowered.hasRule && others.count == 1, "no bias, no matrix units: one kernel beside the library's helpers")
    let kernel = try #require(others.first)
    #expect(kernel.kernelClass == .convolution)
    #expect(kernel.flops == testCase.flops)
    #expect(kernel.geometry?.flops == testCase.flops)
    let operands = testCase.operation.inputs.reduce(0) { $0 + 4 * Double($1.elementCount) }
    #expect(kernel.bytesRead == operands)
    #expect(kernel.bytesWritten == 4 * testCase.outputs)
  }

  @Test func `with its bias in a kernel of its own, but not on a host`() throws {
    let operation = Operator.make("aten::conv2d", [[1, 4, 10, 10], [4, 4, 3, 3], [4]])
    let kernels = try Target.plain().lower(operation).withoutHelpers
    #expect(kernels.map(\.kernelClass) == [.convolution, .elementwise])
    #expect(kernels[1].bytes == times(2, 4, 256), "reads and writes the result")
    #expect(kernels[1].isLaunchedByLibrary, "its dispatch is part of the convolution's")
    #expect(try Target.host().lower(operation).kernels.count == 1)
  }

  /// cuDNN's kernels for matrix units want channels last; PyTorch's tensors have them first.
  @Test func `with its tensors turned around, where matrix units take it`() throws {
    let operation = Operator.make("aten::conv2d", [[1, 64, 56, 56], [64, 64, 3, 3]], ["padding": [1, 1]])
    let kernels = try Target.matrix().lower(operation).kernels
    #expect(kernels.map(\.kernelClass) == [.copy, .copy, .convolution, .copy], "input, weight, product, output")
    let input = times(2, 64, 56, 56)
    let weight = times(2, 64, 64, 9)
    #expect(kernels.map(\.bytesWritten) == [input, weight, input, input])
    #expect(kernels.map(\.isLaunchedByLibrary) == [true, true, false, true], "the library's, but for the product")
    #expect(try Target.plain(.fp16).lower(operation).withoutHelpers.count == 1, "no units, no turning")
  }

  @Test(arguments: [
    ("channels that do not align", Operator.make("aten::conv2d", [[1, 3, 56, 56], [64, 3, 3, 3]]), 1),
    ("results that do not align", .make("aten::conv2d", [[1, 64, 56, 56], [10, 64, 3, 3]]), 1),
    ("a product over positions that align", .make("aten::conv2d", [[1, 64, 56, 56], [64, 64, 1, 1]]), 1),
    ("a product over positions that do not", .make("aten::conv2d", [[1, 64, 7, 7], [64, 64, 1, 1]]), 3),
    (
      "a window of one that steps",
      .make("aten::conv2d", [[1, 64, 56, 56], [64, 64, 1, 1]], ["stride": [2, 2]]), 3
    ),
    (
      "channels that a group has too few of",
      .make("aten::conv2d", [[1, 64, 56, 56], [64, 4, 3, 3]], ["groups": [16]]), 1
    ),
    (
      "a depthwise one", .make("aten::conv2d", [[1, 64, 56, 56], [64, 1, 3, 3]], ["groups": [64]]), 1
    ),
  ])
  func `in so many kernels in half precision on matrix units`(what: String, operation: Operator, count: Int) throws {
    #expect(try Target.matrix(.fp16).lower(operation).withoutHelpers.count == count)
  }

  /// The helpers that cuDNN launches on the vector units: offsets, and two transforms more around Winograd's algorithm.
  @Test(arguments: [
    (Operator.make("aten::conv2d", [[1, 8, 8, 8], [8, 8, 1, 1]]), 1),
    (.make("aten::conv2d", [[1, 8, 8, 8], [8, 8, 3, 3]]), 3),
    (.make("aten::conv2d", [[1, 8, 8, 8], [8, 8, 3, 3]], ["stride": [2, 2]]), 1),
    (.make("aten::conv2d", [[1, 8, 8, 8], [8, 1, 3, 3]], ["groups": [8]]), 0),
  ])
  func `with a library's helpers on vector units only`(_ operation: Operator, _ count: Int) throws {
    let helpers = try Target.plain().lower(operation).kernels.filter { $0.work == .convolutionHelper }
    #expect(helpers.count == count && helpers.allSatisfy { $0.isLaunchedByLibrary && $0.bytes == 0 })
    let isAligned = operation.attribute("groups") == nil
    if isAligned { #expect(try !Target.matrix().lower(operation).kernels.contains { $0.work == .convolutionHelper }) }
    #expect(try !Target.host().lower(operation).kernels.contains { $0.work == .convolutionHelper })
  }

  @Test(arguments: [
    Operator.make("aten::conv2d", [[1, 3, 8, 8]]), .make("aten::conv2d", [[3, 8], [3, 3]]),
    .make("aten::conv2d", [[1, 3, 8], [4, 3, 3, 3, 3]]),
    .make("aten::conv_transpose2d", [[1, 3, 8, 8], [4, 3, 3, 3]]),
  ])
  func `to element-wise traffic where its shapes are no convolution`(_ operation: Operator) throws {
    let kernels = try Target.matrix().lower(operation).kernels
    #expect(kernels.count == 1 && kernels[0].work == .stream)
  }
}

extension LoweredOperator {
  /// The kernels that compute or move something.
  var withoutHelpers: [Kernel] { kernels.filter { $0.work != .convolutionHelper } }
}
