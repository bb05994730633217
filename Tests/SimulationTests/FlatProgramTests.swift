import Kernels
import Profiles
import Roofline
import SampleModels
import TestSupport
import Testing
import Workloads

@testable import Simulation

/// A model written out costs what it costs with repeats, to the picosecond, and its plan is about as long.
@Suite("A flat workload and the same with repeats") struct FlatProgramTests {
  /// A layer whose first operator is none like its last, on some streams.
  private static func layer(streams: Int) -> [Operator] {
    let names = ["layer_norm", "linear", "relu", "linear", "view", "add", "softmax", "mul", "gelu"]
    return names.enumerated().map { index, name in
      let shape: Shape = [4, 64, 64 + Int64(index % 3) * 8]
      let inputs: [Shape] = name == "linear" ? [shape, [shape[2], shape[2]]] : [shape]
      return Operator(
        name: "aten::" + name, inputs: inputs, outputs: [shape], stream: index % streams,
        waitsForStreams: streams > 1 && index == 5 ? [0] : [])
    }
  }

  private static func results(
    _ program: [Block<Operator>], _ mode: FrameworkMode, _ kind: LatencyKind, _ method: Simulator.Method
  ) throws -> (result: PassResult, plan: ProgramPlan) {
    var system = try Sample.system()
    system.framework.mode = mode
    let scenario = Scenario(
      workload: BoundWorkload(name: "w", program: program), system: system, precision: .fp32, latencyKind: kind)
    let plan = scenario.plan()
    return (try scenario.simulate(plan, scenario.price(plan), with: Simulator(method: method)), plan)
  }

  @Test(arguments: [1, 3], [FrameworkMode.eager, .graph])
  func `take the same time`(streams: Int, mode: FrameworkMode) throws {
    let layer = Self.layer(streams: streams).map(Block.leaf)
    let ends = [Block.leaf(Operator(name: "aten::tanh", inputs: [[8]], outputs: [[8]]))]
    for kind in LatencyKind.allCases {
      for method in Simulator.Method.allCases {
        let flat = try Self.results(ends + (0..<32).flatMap { _ in layer } + ends, mode, kind, method)
        let repeated = try Self.results(ends + [.loop(count: 32, body: layer)] + ends, mode, kind, method)
        #expect(flat.result.timing.summary == repeated.result.timing.summary, "\(kind), \(method)")
        #expect(flat.result.operatorCount == repeated.result.operatorCount)
        #expect(flat.result.kernelCount == repeated.result.kernelCount)
        #expect(flat.result.memory == repeated.result.memory)
        let lengths = (flat.plan.program.instructions.count, repeated.plan.program.instructions.count)
        #expect(lengths.0 <= 2 * lengths.1 + 16, "\(lengths) instructions")
        #expect(flat.plan.counts.launches == repeated.plan.counts.launches)
        #expect(flat.plan.counts.graphs == repeated.plan.counts.graphs)
      }
    }
  }

  /// What is counted is counted of the program as it stands, which loops would add their own instructions to.
  @Test func `are counted as they stand`() throws {
    let layer = Self.layer(streams: 1).map(Block.leaf)
    let flat = try Self.results((0..<32).flatMap { _ in layer }, .eager, .steadyState, .shortest)
    #expect(flat.plan.counts.instructions == Double(32 * (layer.count + flat.result.kernelCount / 32)))
  }
}
