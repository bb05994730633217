import Kernels
import Profiles
import Roofline
import SampleModels
import Simulation
import Testing
import Workloads

@testable import Serving

/// What the operators of engines do at least, by the library of roofline math, and the kernels that they become.
@Suite("The least work of an engine's operators") struct EngineOperatorWorkTests {
  /// A dense model, one with experts, one with latent attention, one with windows.
  private static let decoders = ["llama-3.2-1b", "qwen3-30b-a3b", "deepseek-v3", "gpt-oss-20b"]

  /// Operators that become several kernels of their own, each with traffic.
  private static let ofSeveralKernels: Set<String> = ["one_hot", "isin", "topk", "moe_align_block_size"]

  /// What a kernel moves less of a grouped product's weights, bytes: tokens choose evenly, and do not reach all groups that
  /// their rows could.
  private static func unreached(_ operation: Operator) -> Double {
    guard operation.name.hasSuffix("grouped_mm") else { return 0 }
    let (rows, weights) = (operation.inputs[0], operation.inputs[1])
    let groups = Double(weights[0])
    let active = Double(operation.attribute("active")?.first ?? 1)
    let missed = (0..<Int(Double(rows[0]) / active)).reduce(1.0) { missed, _ in missed * (1 - active / groups) }
    let reached = groups * (1 - missed)
    return (Double(min(rows[0], weights[0])) - reached) * Double(weights[1] * weights[2]) * 2
  }

  @Test(arguments: ["vllm", "sglang", "tensorrt-llm", "gpt-fast", "huggingface"], decoders)
  func `is that of the kernels of their steps`(engine: String, decoder: String) throws {
    let served = try Shipped.served(decoder, engine: engine)
    for step in [
      EngineStep(requests: 3, queries: 1, keys: 100), EngineStep(requests: 2, queries: 64, keys: 64),
    ] {
      let scenario = try served.scenario(step, .synchronized)
      let lowering = Lowering(target: LoweringTarget(system: scenario.system, precision: .bf16))
      var checked: Set<Operator> = []
      var wrong: Set<String> = []
      scenario.workload.program.forEachLeaf { operation, _ in
        guard operation.movesTensors, operation.copies.isEmpty, checked.insert(operation).inserted,
          !Self.ofSeveralKernels.contains(OperatorRule.baseName(operation.name)),
          let whole = try? operation.completed
        else { return }
        let kernels = lowering.lower(operation).kernels.filter { !$0.isLaunchedByLibrary }
        guard !kernels.isEmpty else { return }
        let work = OperatorWork(whole, bytesPerElement: 2)
        let flops = kernels.reduce(0) { $0 + $1.flops }
        let bytes = kernels.reduce(0) { $0 + $1.bytes } + Self.unreached(operation)
        let line = "\(operation.name) \(operation.inputs)"
        if flops != work.flops.value { wrong.insert("\(line): \(flops) FLOPs, not \(work.flops.value)") }
        if abs(bytes - work.bytes.value) > 1e-9 * work.bytes.value {
          wrong.insert("\(line): \(bytes) B, not \(work.bytes.value)")
        }
      }
      #expect(checked.count > 8)
      #expect(wrong.isEmpty, "\(wrong.sorted().prefix(8))")
    }
  }
}
