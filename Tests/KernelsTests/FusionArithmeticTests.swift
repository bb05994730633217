import Profiles
import TestSupport
import Testing
import Workloads

@testable import Kernels

/// Fusing changes bytes and launches, not FLOPs, but for what is folded away.
@Suite("Arithmetic under fusion", .tags(.slow)) struct FusionArithmeticTests {
  /// The operations of a group as one, and of its members each by itself but for what is folded away: the bias kernel of a
  /// convolution and a batch normalization behind it, and the kernels that prepare a half-precision one.
  private func flops(_ group: [Operator], _ lowering: Lowering) -> (fused: Double, apart: Double) {
    let fused = lowering.lower(group: group).kernels.reduce(0) { $0 + $1.flops }
    let anchor = OperatorRule.named(group[0].name)?.kind
    var apart = 0.0
    for (index, member) in group.enumerated() {
      let kind = OperatorRule.named(member.name)?.kind
      if kind == .batchNorm, anchor == .convolution { continue }
      var kernels = lowering.lower(member).kernels
      if kind == .batchNorm { kernels.removeAll { $0.isLaunchedByLibrary } }
      if kind == .convolution, index == 0 { kernels.removeAll { $0.kernelClass == .elementwise } }
      apart += kernels.reduce(0) { $0 + $1.flops }
    }
    return (fused, apart)
  }

  private func groups(_ statements: [Block<[Operator]>]) -> [[Operator]] {
    statements.flatMap { statement -> [[Operator]] in
      switch statement {
      case .leaf(let members): [members]
      case .loop(_, let body): groups(body)
      }
    }
  }

  @Test func `stays the same in every workload and framework, on a device and on the host`() throws {
    let catalog = try ShippedProfiles.catalog()
    let workloads = try ShippedProfiles.workloads()
    let systems = [try catalog.accelerator(named: "h100-sxm"), nil].map { accelerator in
      System(accelerator: accelerator, host: HostProfile(), framework: FrameworkProfile())
    }
    let lowerings = systems.map { Lowering(target: LoweringTarget(system: $0, precision: .fp16)) }
    var compared = 0
    for name in workloads.names {
      let bound = try workloads.load(name).bind()
      var seen: Set<[Operator]> = []
      for framework in catalog.frameworks {
        let rules = framework.fusionRules(on: "Hopper")
        let nodes = Decomposition(rules: framework.decomposition).rewrite(bound.program)
        for group in groups(Fusion(rules: rules).rewrite(nodes)) where group.count > 1 && seen.insert(group).inserted {
          for lowering in lowerings {
            let (fused, apart) = flops(group, lowering)
            #expect(abs(fused - apart) <= 1e-9 * apart, "\(name), \(framework.name): \(group.map(\.name))")
            compared += 1
          }
        }
      }
    }
    #expect(compared > 1000)
  }

  @Test func `is that of each member, by hand`() throws {
    let lowering = try Target.matrix()
    let shape: Shape = [4, 16]
    let group = ["add", "gelu", "layer_norm", "batch_norm", "softmax"].map { name in
      Operator(name: "aten::\(name)", inputs: [shape], outputs: [shape])
    }
    let kernel = try #require(lowering.lower(group: group).kernels.first)
    #expect(kernel.flops == 64 * (1 + 10 + 8 + 2 + 5))
    let product = Operator(name: "aten::linear", inputs: [[4, 16], [16, 16]], outputs: [shape])
    let epilogue = try #require(lowering.lower(group: [product, group[1]]).kernels.first)
    #expect(epilogue.flops == 2 * 4 * 16 * 16 + 64 * 10)
  }

  @Test func `is a guess for recurrent operators, which nothing takes for others`() throws {
    let lowering = try Target.plain()
    for name in [
      "aten::lstm", "aten::gru", "aten::rnn_tanh", "aten::_cudnn_rnn", "aten::lstm.input", "aten::quantized_lstm",
    ] {
      #expect(!lowering.lower(Operator(name: name, inputs: [[8, 4, 16]], outputs: [[8, 4, 16]])).hasRule, "\(name)")
    }
    #expect(lowering.lower(Operator(name: "aten::relu", inputs: [[8]], outputs: [[8]])).hasRule)
  }
}
