import Kernels
import Profiles
import SampleModels
import Testing
import Workloads

/// Each rule by itself: which operators share a group with it, and not without it.
@Suite("A fusion rule") struct FusionRuleTests {
  static let shape: [Int64] = [1, 8, 4, 4]

  static func op(_ name: String, _ shape: [Int64] = shape) -> Operator {
    switch OperatorRule.named(name)?.kind {
    case .convolution: .make(name, [shape, [8, 8, 1, 1]], to: [shape])
    case .linear: .make(name, [shape, [4, 4]], to: [shape])
    default: .make(name, [shape], to: [shape])
    }
  }

  /// The names in each group.
  static func groups(_ operators: [Operator], _ rules: [FusionRule]) -> [[String]] {
    Fusion(rules: rules).rewrite(operators.map { .leaf($0) }).map { statement in
      guard case .leaf(let members) = statement else { return ["loop"] }
      return members.map(\.name)
    }
  }

  static func groups(_ names: [String], _ rules: [FusionRule]) -> [[String]] {
    groups(names.map { op($0) }, rules)
  }

  @Test func `none at all leaves every operator alone`() {
    let names = ["conv2d", "batch_norm", "relu", "view", "add", "linear", "softmax"]
    #expect(Self.groups(names, []) == names.map { [$0] })
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let rules: [FusionRule]
    let names: [String]
    let groups: [[String]]
    var testDescription: String { "\(rules.map(\.rawValue)): \(names)" }

    init(_ rules: [FusionRule], _ names: [String], _ groups: [[String]]) {
      self.rules = rules
      self.names = names
      self.groups = groups
    }
  }

  @Test(arguments: [
    Case([.pointwise], ["add", "relu", "mul"], [["add", "relu", "mul"]]),
    Case([.pointwise], ["add", "batch_norm", "relu"], [["add"], ["batch_norm"], ["relu"]]),
    Case([.pointwise], ["conv2d", "relu", "add"], [["conv2d"], ["relu", "add"]]),
    Case([.pointwise, .batchNorm], ["batch_norm", "relu"], [["batch_norm", "relu"]]),
    Case([.batchNorm], ["batch_norm", "relu", "batch_norm"], [["batch_norm"], ["relu"], ["batch_norm"]]),
    Case([.pointwise, .layerNorm], ["add", "layer_norm", "mul"], [["add", "layer_norm", "mul"]]),
    Case([.pointwise, .softmax], ["div", "softmax"], [["div", "softmax"]]),
    Case([.normalizationInputs, .softmax], ["div", "add", "softmax", "mul"], [["div", "add", "softmax"], ["mul"]]),
    Case([.normalizationInputs, .layerNorm], ["add", "relu", "linear"], [["add"], ["relu"], ["linear"]]),
    Case([.pointwise], ["div", "softmax"], [["div"], ["softmax"]]),
    Case([.epilogue], ["conv2d", "relu", "add"], [["conv2d", "relu", "add"]]),
    Case([.epilogue], ["linear", "gelu"], [["linear", "gelu"]]),
    Case([.epilogue], ["add", "relu"], [["add"], ["relu"]]),
    Case([.epilogue], ["conv2d", "batch_norm", "relu"], [["conv2d"], ["batch_norm"], ["relu"]]),
    Case([.foldBatchNorm], ["conv2d", "batch_norm", "relu"], [["conv2d", "batch_norm"], ["relu"]]),
    Case(
      [.foldBatchNorm, .epilogue], ["conv2d", "batch_norm", "relu"], [["conv2d", "batch_norm", "relu"]]),
    Case(
      [.foldBatchNorm, .epilogue], ["conv2d", "relu", "batch_norm"], [["conv2d", "relu"], ["batch_norm"]]),
    Case([.foldBatchNorm], ["linear", "batch_norm"], [["linear"], ["batch_norm"]]),
    Case([.removeViews], ["add", "view", "dropout", "relu"], [["add"], ["relu"]]),
    // A view stands aside: it is dispatched, and does not part its neighbors.
    Case([.pointwise], ["add", "view", "relu"], [["view"], ["add", "relu"]]),
    Case([.pointwise, .removeViews], ["add", "view", "relu"], [["add", "relu"]]),
    Case([.pointwise], ["add", "mean", "relu"], [["add"], ["mean"], ["relu"]]),
    Case([.pointwise], ["add", "custom::x", "relu"], [["add"], ["custom::x"], ["relu"]]),
  ])
  func `groups what it names`(_ testCase: Case) {
    #expect(Self.groups(testCase.names, testCase.rules) == testCase.groups)
  }

  @Test func `keeps shapes apart`() {
    let operators = [Self.op("add"), Self.op("relu", [1, 8, 2, 2]), Self.op("mul", [1, 8, 2, 2])]
    #expect(Self.groups(operators, [.pointwise]) == [["add"], ["relu", "mul"]])
  }

  @Test func `leaves other streams and waits alone`() {
    let shape = Shape(Self.shape)
    let aside = Operator(name: "relu", inputs: [shape], outputs: [shape], stream: 1)
    let waiting = Operator(name: "relu", inputs: [shape], outputs: [shape], waitsForStreams: [1])
    #expect(
      Self.groups([Self.op("add"), aside, Self.op("mul"), waiting, Self.op("exp")], [.pointwise])
        == [["add"], ["relu"], ["mul"], ["relu"], ["exp"]])
  }

  @Test func `keeps a view that copies`() {
    let copying = Operator.make("reshape", [Self.shape], to: [Self.shape], copies: [Self.shape])
    #expect(Self.groups([Self.op("add"), copying, Self.op("mul")], [.pointwise, .removeViews]).contains(["reshape"]))
  }

  @Test func `of epilogues joins what has the product's shape`() {
    for anchor in ["conv2d", "linear", "matmul"] {
      let groups = { (shape: [Int64]) in Self.groups([Self.op(anchor), Self.op("relu", shape)], [.epilogue]) }
      #expect(groups(Self.shape) == [[anchor, "relu"]])
      #expect(groups([1, 8, 4, 2]) == [[anchor], ["relu"]])
    }
  }

  // MARK: What a group becomes

  @Test func `in one kernel reads what comes from outside and writes the last result`() throws {
    let group = [
      Operator.make("aten::add", [[100], [100]], to: [[100]]), .make("aten::relu", [[100]], to: [[100]]),
      .make("aten::mul", [[100], [100]], to: [[100]]),
    ]
    let lowered = try Target.plain().lower(group: group)
    #expect(lowered.kernels.count == 1)
    #expect(lowered.kernels[0].bytesRead == 4 * 300, "two operands of the first, one more of the last")
    #expect(lowered.kernels[0].bytesWritten == 4 * 100)
    #expect(lowered.kernels[0].flops == 300)
    #expect(lowered.kernels[0].kernelClass == .elementwise)
    let apart = try group.flatMap { try Target.plain().lower($0).kernels }.reduce(0) { $0 + $1.bytes }
    #expect(lowered.kernels[0].bytes < apart)
  }

  @Test func `with a reduction in it is one`() throws {
    let group = [
      Operator.make("aten::div", [[8, 8]], to: [[8, 8]]), .make("aten::softmax", [[8, 8]], to: [[8, 8]]),
    ]
    #expect(try Target.plain().lower(group: group).kernels.map(\.kernelClass) == [.reduction])
  }

  @Test func `in an epilogue has no kernel of its own, and neither has a bias`() throws {
    let group = [
      Operator.make("aten::conv2d", [[1, 8, 4, 4], [8, 8, 1, 1], [8]], to: [[1, 8, 4, 4]]),
      .make("aten::batch_norm", [[1, 8, 4, 4], [8], [8], [8], [8]], to: [[1, 8, 4, 4]]),
      .make("aten::add", [[1, 8, 4, 4], [1, 8, 4, 4]], to: [[1, 8, 4, 4]]),
      .make("aten::relu", [[1, 8, 4, 4]], to: [[1, 8, 4, 4]]),
    ]
    let alone = try #require(try Target.plain().lower(group[0]).withoutHelpers.first)
    let lowered = try Target.plain().lower(group: group)
    #expect(lowered.withoutHelpers.count == 1 && lowered.kind == .convolution)
    let kernel = lowered.withoutHelpers[0]
    #expect(kernel.work == alone.work)
    #expect(kernel.bytesRead == alone.bytesRead + 4 * 128, "the other summand")
    #expect(kernel.bytesWritten == alone.bytesWritten)
    #expect(kernel.flops == alone.flops + 2 * 128, "the sum and the activation; the folded normalization is free")
  }

  @Test func `of one member or none is no group`() throws {
    let operation = Self.op("relu")
    #expect(try Target.plain().lower(group: [operation]) == Target.plain().lower(operation))
    #expect(try Target.plain().lower(group: []).kernels.isEmpty)
  }
}
