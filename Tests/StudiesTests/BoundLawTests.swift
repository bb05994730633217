import Profiles
import Roofline
import Simulation
import Studies
import TestSupport
import Testing

/// What a result says it waits for is what would help: its answer is held against a device and a host a hundred times as
/// fast.
@Suite("What a latency waits for", .tags(.slow)) struct BoundLawTests {
  /// The pass when some dials are turned.
  private func turned(_ scenario: Scenario, _ plan: ProgramPlan, _ dials: [(String, Double)]) throws -> PassTiming {
    var scenario = scenario
    for (name, factor) in dials { try SystemDial(named: name).turn(by: factor, in: &scenario.system) }
    return try Simulator().time(plan.program, scenario.price(plan), scenario.latencyKind, counts: plan.counts)
  }

  private func share(_ bound: LatencyBound, _ timing: PassTiming) -> Double {
    bound.categories.reduce(0) { $0 + Double(timing.account[$1.rawValue]) }
  }

  /// The dials that shorten what a bound names.
  private func dials(_ bound: LatencyBound) -> [(String, Double)] {
    switch bound {
    case .framework: [("host", 100), ("launch", 0.01)]
    case .compute: [("peak", 100)]
    case .memory: [("bandwidth", 100)]
    case .overhead, .communication: []
    }
  }

  @Test(
    "is what helps: nine tenths of its share go, but for what it had hidden",
    arguments: ["titan-x-pascal", "v100", "t4", "a100-sxm4-40gb", "h200", "mi300x", "b200"])
  func helps(_ accelerator: String) throws {
    let shipped = try ShippedSystems()
    for workload in ["bert-base-uncased", "resnet50", "llama-3-8b-decode"] {
      for framework in ["pytorch-eager", "cuda-graph", "tensorrt"] {
        for batch: Int64 in [1, 32] {
          let scenario = try shipped.scenario(workload, batch: batch, on: accelerator, framework)
          let plan = scenario.plan()
          let base = try turned(scenario, plan, [])
          let bound = LatencyBound(account: base.account)
          let name = "\(workload) \(accelerator) \(framework) \(batch): \(bound)"
          if bound == .overhead {
            for other in [LatencyBound.framework, .compute, .memory] {
              #expect((try turned(scenario, plan, dials(other)).latency) * 2 > base.latency, "\(name), \(other)")
            }
            continue
          }
          let better = try turned(scenario, plan, dials(bound))
          // What waits for something else afterwards was hidden behind what is gone.
          let uncovered = LatencyBound.allCases.filter { $0 != bound }.reduce(0) {
            $0 + max(0, share($1, better) - share($1, base))
          }
          #expect(
            Double(better.latency.count) <= Double(base.latency.count) - 0.9 * share(bound, base) + uncovered, "\(name)"
          )
          if bound == .compute { #expect(better.latency * 3 <= base.latency * 2, "\(name)") }
        }
      }
    }
  }

  @Test("is overhead for small kernels, which a faster chip leaves as they are")
  func overhead() throws {
    let scenario = try ShippedSystems().scenario("bert-base-uncased", batch: 4, on: "h200", "cuda-graph")
    let base = try scenario.simulate()
    #expect(base.bound == .overhead)
    let faster = try turned(scenario, scenario.plan(), [("peak", 100)])
    #expect(faster.latency.fraction(of: base.latency) > 0.8)
  }
}
