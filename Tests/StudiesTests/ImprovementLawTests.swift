import JSONText
import Profiles
import Roofline
import Simulation
import Studies
import TestSupport
import Testing

/// A better number never makes a pass longer, but for those that are named in docs/model.md.
@Suite("An improvement", .tags(.slow)) struct ImprovementLawTests {
  /// The numbers of which less is better: times and losses.
  private func isCost(_ path: String) -> Bool {
    let isTime = path.contains("_us.") || path.hasSuffix("_us")
    let losses = [
      "wave_quantization", "operand_cost", "matrix_step_clocks", "wait_clocks", "block_clocks", "energy_pj_per_flop",
      "narrow_energy", "idle_power", "energy_pj_per_byte",
    ]
    return isTime || losses.contains { path.hasSuffix($0) }
  }

  /// Numbers that are no measure of quality: what a device can be told apart by, and one that trades.
  private let exceptions = [
    // At the same peak, more units are each slower: a kernel with too few blocks for them all gets longer.
    "accelerator.compute_units",
    // A condition on shapes, and sizes at which something begins: no speeds.
    "accelerator.efficiency.matrix_alignment", "host.memory.mapped_mb", "framework.convolution_workspace_mb",
    // The way that attention is computed, and what stays in a cache that is not always faster than memory.
    "accelerator.efficiency.flash_attention", "accelerator.efficiency.cache_kept", "accelerator.efficiency.cache_lost",
  ]

  @Test(
    "of a number by three tenths never raises the latency",
    arguments: ["t4", "p4", "titan-x-pascal", "v100", "h100-sxm", "mi300x", "none"])
  func improvement(_ accelerator: String) throws {
    let shipped = try ShippedSystems()
    var compared = 0
    for workload in ["bert-base-uncased", "resnet50"] {
      for (framework, batch) in [("pytorch-eager", 4), ("cuda-graph", 32), ("onnxruntime", 8)] {
        guard accelerator != "none" || framework != "cuda-graph" else { continue }
        let scenario = try shipped.scenario(workload, batch: Int64(batch), on: accelerator, framework)
        let plan = scenario.plan()
        func latency(_ scenario: Scenario) throws -> Picoseconds {
          try Simulator().time(plan.program, scenario.price(plan), scenario.latencyKind, counts: plan.counts).latency
        }
        let base = try latency(scenario)
        for path in scenario.system.numberPaths where !exceptions.contains(path) {
          guard let number = SystemNumber(path: path), let value = number.value(in: scenario.system), value != 0
          else { continue }
          var better = scenario
          let wanted = isCost(path) ? value / 1.3 : value * 1.3
          let improved = number.range.isWhole ? wanted.rounded(.up) : wanted
          do { try better.system.set(path, to: improved) } catch { continue }
          #expect(
            try latency(better) <= base, "\(workload) \(framework) \(batch), \(path) from \(value) to \(improved)")
          compared += 1
        }
      }
    }
    #expect(compared > 100)
  }

  @Test("of the clock is none of the share of the peaks that the power sustains")
  func clock() throws {
    let shipped = try ShippedSystems()
    let scenario = try shipped.scenario("resnet50", batch: 64, on: "t4")
    let base = try PassPricer(scenario, scenario.plan()).time().latency
    var faster = scenario
    try faster.system.set("accelerator.clock_ghz", to: 6)
    #expect(try PassPricer(faster, faster.plan()).time().latency <= base)
    // The order in which numbers are set does not matter.
    var (one, other) = (scenario, scenario)
    for (path, value) in [("clock_ghz", 2.0), ("sustained_clock_ghz", 1.2)] {
      try one.system.set("accelerator." + path, to: value)
    }
    for (path, value) in [("sustained_clock_ghz", 1.2), ("clock_ghz", 2.0)] {
      try other.system.set("accelerator." + path, to: value)
    }
    #expect(one.system.accelerator?.sustainedShare == other.system.accelerator?.sustainedShare)
    #expect(one.system.accelerator?.sustainedShare == 1.2 / 1.59)
  }
}
