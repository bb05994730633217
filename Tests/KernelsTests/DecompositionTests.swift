import Kernels
import Profiles
import SampleModels
import Testing
import Workloads

@Suite("A decomposition") struct DecompositionTests {
  static let x: [Int64] = [2, 16, 64]

  static let gelu = Operator.make("aten::gelu", [x], to: [x])
  static let norm = Operator.make("aten::layer_norm", [x, [64], [64]], to: [x])
  static let linear = Operator.make("aten::linear", [x, [32, 64], [32]], to: [[2, 16, 32]])

  static func names(_ operators: [Operator], _ rules: [DecompositionRule]) -> [String] {
    Decomposition(rules: rules).rewrite(operators.map { .leaf($0) }).compactMap { statement in
      guard case .leaf(let operation) = statement else { return nil }
      return OperatorRule.baseName(operation.name)
    }
  }

  @Test func `spells out only what its rules name`() {
    let all = [Self.gelu, Self.norm, Self.linear]
    #expect(Self.names(all, []) == ["gelu", "layer_norm", "linear"])
    #expect(Self.names(all, [.gelu]) == ["div", "erf", "add", "mul", "mul", "layer_norm", "linear"])
    #expect(
      Self.names(all, [.layerNorm])
        == ["gelu", "mean", "sub", "pow", "mean", "add", "sqrt", "div", "mul", "add", "linear"])
    #expect(Self.names(all, [.bias]) == ["gelu", "layer_norm", "linear", "add"])
  }

  @Test func `keeps repeats, and what a matrix has as its bias`() {
    let program: [Block<Operator>] = [.loop(count: 12, body: [.leaf(Self.gelu)])]
    guard case .loop(12, let body) = Decomposition(rules: [.gelu]).rewrite(program)[0] else {
      Issue.record("the repeat is gone")
      return
    }
    #expect(body.count == 5)
    let matrix = Operator.make("aten::linear", [[2, 64], [32, 64], [32]], to: [[2, 32]])
    #expect(Self.names([matrix], [.bias]) == ["linear"], "ONNX has Gemm for it")
  }

  @Test func `costs traffic that the operator itself has not`() throws {
    let target = try Target.plain().target
    func bytes(_ rules: [DecompositionRule]) -> Double {
      let workload = BoundWorkload(name: "w", program: [.leaf(Self.gelu)])
      return LoweredProgram(workload, target: target, rules: [], decomposition: rules).bytes
    }
    // Two tensors for the whole; five results, and six operands of the nodes.
    #expect(bytes([]) == 2 * 2048 * 4)
    #expect(bytes([.gelu]) == 11 * 2048 * 4)
  }

  @Test func `is undone by fusion, as far as traffic goes`() throws {
    let target = try Target.plain().target
    let workload = BoundWorkload(name: "w", program: [.leaf(Self.gelu)])
    let fused = LoweredProgram(workload, target: target, rules: [.pointwise], decomposition: [.gelu])
    #expect(fused.kernelCount == 1)
    #expect(LoweredProgram(workload, target: target, rules: [], decomposition: [.gelu]).kernelCount == 5)
  }
}

@Suite("Tensors in the host's memory") struct HostCopyTests {
  static let workload = BoundWorkload(
    name: "w", inputs: [Tensor(shape: [8, 100])], outputs: [Tensor(shape: [8], type: .int64)],
    program: [.leaf(.make("aten::relu", [[8, 100]], to: [[8, 100]]))])

  @Test func `are copied before and after a pass`() throws {
    let target = try Target.plain(.fp16).target
    let device = LoweredProgram(Self.workload, target: target, rules: [])
    #expect(device.operations.allSatisfy { $0.transfer == nil })
    let host = LoweredProgram(Self.workload, target: target, rules: [], inputs: .host)
    let transfers = host.statements.map { statement -> Transfer? in
      guard case .leaf(let index) = statement else { return nil }
      return host.operations[index].transfer
    }
    #expect(transfers.map { $0?.bytes } == [1600, nil, 64])
    #expect(transfers.map { $0?.isToDevice } == [true, nil, false] && transfers[0]?.isPageable == true)
    #expect(host.kernelCount == device.kernelCount && Self.workload.operatorCount == 1)
  }

  @Test func `need no copy on the host itself`() throws {
    let lowered = LoweredProgram(Self.workload, target: try Target.host().target, rules: [], inputs: .host)
    #expect(lowered.operations.allSatisfy { $0.transfer == nil })
  }
}

@Suite("A convolution's workspace") struct ConvolutionWorkspaceTests {
  static func kernels(batch: Int64, workspaceMB: Double?, _ precision: Precision) throws -> [Kernel] {
    var system = try Sample.system("Matrix")
    system.framework.convolutionWorkspaceMB = workspaceMB
    let lowering = Lowering(target: LoweringTarget(system: system, precision: precision))
    return lowering.lower(
      .make(
        "aten::conv2d", [[batch, 64, 56, 56], [64, 64, 3, 3]], to: [[batch, 64, 56, 56]],
        ["stride": [1, 1], "padding": [1, 1]])
    ).kernels
  }

  /// An image takes 0.4 MB in half precision on either side.
  @Test func `too small for another layout sends it to the vector units`() throws {
    func isOnMatrixUnits(_ batch: Int64, _ workspace: Double?) throws -> Bool {
      let kernels = try Self.kernels(batch: batch, workspaceMB: workspace, .fp16)
      return try #require(kernels.first { $0.geometry != nil }).arithmetic == .fp16
    }
    #expect(try isOnMatrixUnits(32, 32))
    #expect(try !isOnMatrixUnits(64, 32))
    #expect(try isOnMatrixUnits(64, nil))
  }

  @Test func `too small for transformed tensors leaves fused Winograd`() throws {
    let model = CalibratedModel(accelerator: try Sample.accelerator("Matrix"))
    func time(_ workspace: Double?) throws -> Double {
      let kernels = try Self.kernels(batch: 64, workspaceMB: workspace, .fp32)
      var kernel = try #require(kernels.first { $0.geometry != nil })
      kernel.arithmetic = .fp32
      return model.time(of: kernel).seconds
    }
    #expect(try time(0) >= time(nil))
    #expect(try time(1e6) == time(nil))
  }
}
