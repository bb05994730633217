import Kernels
import Profiles
import Roofline
import SampleModels
import Testing
import Workloads

/// Operators that pass over memory, and those that launch nothing.
@Suite("A pass over memory is lowered") struct StreamLoweringTests {
  static let image: [Int64] = [2, 64, 56, 56]
  static let elements = times(2, 64, 56, 56)

  @Test func `element by element`() throws {
    let kernels = try Target.plain().lower(.make("aten::add", [Self.image, Self.image], to: [Self.image])).kernels
    #expect(kernels.count == 1 && kernels[0].kernelClass == .elementwise)
    #expect(kernels[0].flops == Self.elements && kernels[0].bytes == 3 * 4 * Self.elements)
    let unknownOutput = try Target.plain().lower(.make("aten::mul", [Self.image, []])).kernels
    #expect(unknownOutput[0].bytesWritten == 4 * Self.elements, "the largest operand stands in")
  }

  @Test func `with the types that a workload gives`() throws {
    let kernels = try Target.plain(.fp16).lower(
      .make("aten::eq", [[100], [100]], to: [[100]], types: [.int64, .int32], outputTypes: [.bool])
    ).kernels
    #expect(kernels[0].bytesRead == 1200 && kernels[0].bytesWritten == 100)
  }

  @Test(arguments: ["aten::relu_", "aten::add.Tensor", "aten::add_.Tensor", "relu", "torch::nn::gelu"])
  func `by any of its names`(_ name: String) throws {
    let lowered = try Target.plain().lower(.make(name, [[8]], to: [[8]]))
    #expect(lowered.hasRule && lowered.kind == .pointwise && lowered.kernels.count == 1)
  }

  @Test func `as a normalization: of batches, three kernels in half precision`() throws {
    let operation = Operator.make("aten::batch_norm", [Self.image, [64], [64], [64], [64]], to: [Self.image])
    let half = try Target.matrix(.fp16).lower(operation)
    #expect(half.kind == .batchNorm && half.kernels.count == 3)
    #expect(half.kernels.map(\.isLaunchedByLibrary) == [true, true, false])
    #expect(
      half.kernels[0].bytes == times(2, 4, 64) && half.kernels[1].bytes == times(2, 4, 64), "over the channels only")
    #expect(half.kernels[2].bytes == 2 * 2 * Self.elements)
    #expect(try Target.plain(.bf16).lower(operation).kernels.count == 3)
    let single = try Target.plain(.fp32).lower(operation).kernels
    #expect(single.count == 1 && single[0].bytes == 2 * 4 * Self.elements)
    var system = try Sample.system()
    system.accelerator = nil
    let host = Lowering(target: LoweringTarget(system: system, precision: .fp16))
    #expect(host.lower(operation).kernels.count == 1, "a host has no cuDNN")
  }

  @Test(arguments: ["aten::layer_norm", "aten::softmax", "aten::_softmax", "aten::mean", "aten::sum"])
  func `as a reduction`(_ name: String) throws {
    let kernels = try Target.plain().lower(.make(name, [[8, 128, 768]], to: [[8, 128, 768]])).kernels
    #expect(kernels.count == 1 && kernels[0].kernelClass == .reduction)
    #expect(kernels[0].bytes == times(2, 4, 8, 128, 768))
  }

  @Test func `as a gather: what is written is read, and the indices`() throws {
    let operation = Operator.make(
      "aten::embedding", [[30522, 768], [4, 128]], to: [[4, 128, 768]], types: [.float, .int64])
    let kernels = try Target.plain().lower(operation).kernels
    #expect(kernels.count == 1 && kernels[0].kernelClass == .gather)
    let written = times(4, 4, 128, 768)
    #expect(kernels[0].bytesWritten == written && kernels[0].bytesRead == written + 8 * 512, "not the whole table")
  }

  @Test func `as a concatenation: each operand read, the result written`() throws {
    let operation = Operator.make("aten::cat", [[1, 64, 7, 7], [1, 32, 7, 7]], to: [[1, 96, 7, 7]])
    let kernels = try Target.plain().lower(operation).kernels
    #expect(kernels.count == 1 && kernels[0].kernelClass == .copy && kernels[0].flops == 0)
    #expect(kernels[0].bytesRead == times(4, 96, 49) && kernels[0].bytesWritten == times(4, 96, 49))
  }

  @Test func `as a pooling window`() throws {
    let operation = Operator.make(
      "aten::max_pool2d", [[1, 64, 112, 112]], to: [[1, 64, 56, 56]], ["kernel_size": [3, 3]])
    let outputs = times(64, 56, 56)
    let kernel = try #require(try Target.plain().lower(operation).kernels.first)
    #expect(kernel.flops == 9 * outputs && kernel.bytesRead == times(4, 64, 112, 112))
    #expect(kernel.bytesWritten == 12 * outputs, "values and, on a device, their indices")
    #expect(try Target.host().lower(operation).kernels.first?.bytesWritten == 4 * outputs)
    let average = Operator.make("aten::adaptive_avg_pool2d", [[1, 512, 7, 7]], to: [[1, 512, 1, 1]])
    #expect(try Target.plain().lower(average).kernels.map(\.kernelClass) == [.reduction])
  }

  @Test(arguments: [
    "aten::view", "aten::reshape", "aten::transpose", "aten::permute", "aten::expand", "aten::slice", "aten::select",
    "aten::unsqueeze", "aten::flatten", "aten::chunk", "aten::split", "aten::dropout", "aten::detach", "aten::t",
  ])
  func `to nothing where it is metadata only`(_ name: String) throws {
    let lowered = try Target.matrix().lower(.make(name, [[8, 8]], to: [[8, 8]]))
    #expect(lowered.kernels.isEmpty && lowered.hasRule && lowered.kind == .view)
  }

  @Test func `with the copies that a workload records, on a device`() throws {
    let operation = Operator.make("aten::reshape", [[2, 12, 128, 64]], to: [[2, 128, 768]], copies: [[2, 128, 768]])
    let kernels = try Target.plain().lower(operation).kernels
    #expect(kernels.count == 1 && kernels[0].kernelClass == .copy)
    #expect(kernels[0].bytes == times(2, 4, 2, 128, 768))
    #expect(try Target.host().lower(operation).kernels.isEmpty)
    let product = Operator.make("aten::matmul", [[2, 8, 8], [2, 8, 8]], copies: [[2, 8, 8], [2, 8, 8]])
    #expect(try Target.plain().lower(product).kernels.map(\.kernelClass) == [.copy, .copy, .matrixMultiply])
  }

  @Test func `as a conversion only where something is written`() throws {
    func count(_ operation: Operator) throws -> Int { try Target.plain().lower(operation).kernels.count }
    #expect(try count(.make("aten::to", [[8]], to: [[8]])) == 0, "the same type")
    #expect(try count(.make("aten::to", [[8]], to: [[8]], types: [.int64])) == 1, "another type")
    #expect(try count(.make("aten::contiguous", [[8]], to: [[8]])) == 0, "contiguous already")
    #expect(try count(.make("aten::contiguous", [[8]], to: [[8]], copies: [[8]])) == 1, "not contiguous")
    #expect(try count(.make("aten::clone", [[8]], to: [[8]])) == 1)
  }

  @Test func `as a creation: written, and never read`() throws {
    let kernels = try Target.plain().lower(.make("aten::zeros", [], to: [[4, 4]])).kernels
    #expect(kernels.count == 1 && kernels[0].bytesRead == 0 && kernels[0].bytesWritten == 64)
    #expect(try Target.plain().lower(.make("aten::empty", [], to: [[4, 4]])).kernels.isEmpty)
  }

  @Test func `as a wait for the device`() throws {
    let item = try Target.plain().lower(.make("aten::item", [[]]))
    #expect(item.synchronizes && item.kernels.isEmpty)
    let nonzero = try Target.plain().lower(.make("aten::nonzero", [[64]]))
    #expect(nonzero.synchronizes && nonzero.kernels.count == 3, "flat positions are the indices")
    #expect(try !Target.plain().lower(.make("aten::relu", [[64]])).synchronizes)
  }

  @Test func `as the positions that it finds`() throws {
    func count(_ name: String, _ shape: [Int64], to found: [[Int64]]) throws -> Int {
      try Target.plain().lower(.make(name, [shape], to: found, types: [.bool])).kernels.count
    }
    #expect(try count("aten::nonzero", [8, 4], to: [[5, 2]]) == 4)
    #expect(try count("aten::where", [8, 4], to: [[5], [5]]) == 4)
    #expect(try count("aten::where", [8, 4], to: [[0], [0]]) == 3, "none, so that no flat position becomes indices")
    #expect(try count("aten::nonzero", [32], to: [[5, 1]]) == 3, "flat ones are indices")
  }

  @Test func `to nothing where it reads or writes no position`() throws {
    func count(_ positions: Int64) throws -> Int {
      let operation = Operator.make(
        "aten::index_add_", [[4, 64], [positions], [positions, 64]], to: [[4, 64]], types: [.float, .int64, .float])
      return try Target.plain().lower(operation).kernels.count
    }
    #expect(try count(2) == 1)
    #expect(try count(0) == 0)
  }

  @Test func `as the kernels that choosing among classes takes`() throws {
    let picked = Operator.make("aten::topk", [[4, 64]], to: [[4, 8], [4, 8]], outputTypes: [.float, .int64])
    #expect(try Target.plain().lower(picked).kernels.count == 2, "picked, then sorted")
    let classes = Operator.make("aten::one_hot", [[4, 8]], to: [[4, 8, 64]], types: [.int64], outputTypes: [.int64])
    #expect(try Target.plain().lower(classes).kernels.map(\.kernelClass) == [.elementwise, .gather])
    let among = Operator.make("aten::isin", [[4], [1]], to: [[4]], types: [.int64, .int64], outputTypes: [.bool])
    #expect(try Target.plain().lower(among).kernels.count == 4)
  }

  @Test func `as a copy over the link`() throws {
    let up = try Target.plain().lower(.make("memcpy_host_to_device", [[256]]))
    #expect(up.kernels.isEmpty && up.transfer?.bytes == 1024)
    #expect(up.transfer?.isToDevice == true && up.transfer?.isPageable == true)
    let down = try Target.plain().lower(.make("memcpy_device_to_host", [[256]], ["pinned": [1]]))
    #expect(down.transfer?.isToDevice == false && down.transfer?.isPageable == false)
  }

  @Test(arguments: ["c10d::allreduce_", "c10d::_allgather_base_", "_c10d_functional::all_reduce"])
  func `as one kernel for what ranks do together, and none of a rank alone`(name: String) throws {
    let call = Operator.make(name, [[64, 64]], to: [[64, 64]], ["ranks": [4]])
    let lowered = try Target.plain().lower(call)
    #expect(lowered.kind == .collective && lowered.hasRule)
    let kind: CollectiveKind = name.contains("gather") ? .allGather : .allReduce
    #expect(lowered.kernels.map(\.work) == [.collective(CollectiveShape(kind, ranks: 4, bytes: 4 * 4096))])
    let alone = try Target.plain().lower(.make(name, [[64, 64]], to: [[64, 64]]))
    #expect(alone.kind == .collective && alone.kernels.isEmpty, "it is dispatched, and there is nobody to tell")
  }

  @Test func `as many ranks do something together as share a product`() throws {
    var target = try Target.plain().target
    target.ranks = 8
    let sum = Lowering(target: target).lower(.make("c10d::allreduce_", [[16]], to: [[16]]))
    #expect(sum.kernels.map(\.work) == [.collective(CollectiveShape(.allReduce, ranks: 8, bytes: 64))])
    let receive = Lowering(target: target).lower(.make("c10d::recv_", [[16]], to: [[16]]))
    #expect(receive.kernels.map(\.work) == [.collective(CollectiveShape(.sendReceive, ranks: 2, bytes: 64))])
    #expect(Lowering(target: target).lower(.make("_c10d_functional::wait_tensor", [[16]], to: [[16]])).kernels.isEmpty)
  }

  @Test func `as element-wise traffic without a rule, and said so`() throws {
    let lowered = try Target.plain().lower(.make("custom::swiglu", [[8, 8], [8]], to: [[8, 8]]))
    #expect(!lowered.hasRule && lowered.kind == .other && lowered.kernels.count == 1)
    #expect(lowered.kernels[0].bytes == 4 * 136 && lowered.kernels[0].kernelClass == .elementwise)
    let program: [Block<Operator>] = ["custom::swiglu", "aten::relu", "custom::other", "custom::swiglu"].map {
      .leaf(.make($0, [[8]], to: [[8]]))
    }
    let lowered2 = LoweredProgram(
      BoundWorkload(name: "w", program: program), target: try Target.plain().target, rules: [])
    #expect(lowered2.operatorsWithoutRule == ["custom::swiglu", "custom::other"], "each once, in order")
  }

  @Test func `to nothing where a tensor is empty`() throws {
    #expect(try Target.plain().lower(.make("aten::add", [[0, 8]], to: [[0, 8]])).kernels.isEmpty)
    #expect(try Target.plain().lower(.make("custom::nothing", [])).kernels.isEmpty)
  }
}
