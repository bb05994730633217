import EventEngine
import Kernels
import Profiles
import Roofline
import SampleModels
import Simulation
import Synchronization
import TestSupport
import Testing
import Workloads

@testable import Studies

/// Elasticities from the critical path against what a small change of a number really does.
@Suite("Sensitivities", .tags(.slow)) struct SensitivityTests {
  /// A system and a workload at random.
  static func scenario(seed: UInt64) throws -> Scenario {
    var random = RandomSource(seed: seed)
    var system = try Sample.system(random.next().isMultiple(of: 2) ? "Plain" : "Matrix")
    for path in system.numberPaths {
      guard let value = system.number(at: path), path != "accelerator.launch.queue_depth",
        path != "accelerator.efficiency.matrix_alignment"
      else { continue }
      let changed = value * (0.4 * (random.uniform() * 2 - 1)).exponential
      do { try system.set(path, to: path.hasSuffix("cores") ? changed.rounded() : changed) } catch { continue }
    }
    system.framework.mode = random.next().isMultiple(of: 4) ? .graph : .eager
    let width = 64 * Int64(1 + random.next() % 30)
    let text = """
      { "schema": "workload/1", "name": "random", "parameters": { "batch": \(1 + random.next() % 200) }, "program": [
        { "operator": "aten::linear", "inputs": [["batch", \(width)], [\(width), \(width)], [\(width)]], "outputs": [["batch", \(width)]] },
        { "repeat": \(1 + random.next() % 9), "program": [
          { "operator": "aten::layer_norm", "inputs": [["batch", \(width)]], "outputs": [["batch", \(width)]] },
          { "operator": "aten::conv2d", "inputs": [["batch", 32, 14, 14], [64, 32, 3, 3]], "outputs": [["batch", 64, 12, 12]] },
          { "operator": "aten::view", "inputs": [["batch", \(width)]], "outputs": [["batch", \(width)]] },
          { "operator": "aten::relu", "inputs": [["batch", \(width)]], "outputs": [["batch", \(width)]] } ] } ] }
      """
    return Scenario(
      workload: try Workload(bytes: Array(text.utf8), file: "random.json").bind(), system: system,
      precision: random.next().isMultiple(of: 2) ? .fp32 : .fp16,
      latencyKind: random.next().isMultiple(of: 3) ? .synchronized : .steadyState)
  }

  /// The relative change of the latency for a relative change of a number, by simulating both.
  static func difference(
    _ scenario: Scenario, of base: Picoseconds, _ path: String, _ step: Double
  ) throws -> Double? {
    guard let value = scenario.system.number(at: path) else { return nil }
    var changed = scenario
    do { try changed.system.set(path, to: value * (1 + step)) } catch { return nil }
    return (try changed.simulate().latency - base).fraction(of: base) / step
  }

  @Test("Each is the finite difference of the latency to its own side, for random systems", arguments: 0..<4)
  func finiteDifferences(part: UInt64) throws {
    var compared = 0
    for seed in part * 12..<(part + 1) * 12 {
      let scenario = try Self.scenario(seed: seed)
      let found = try scenario.sensitivities(scenario.plan())
      let base = try scenario.simulate().latency
      let byPath = Dictionary(uniqueKeysWithValues: found.map { ($0.path, $0) })
      for path in scenario.system.numberPaths {
        // Whole numbers and switches have no small step; a value of zero has no elasticity.
        guard let value = scenario.system.number(at: path), value != 0, path != "accelerator.launch.queue_depth",
          path != "accelerator.compute_units", path != "accelerator.efficiency.matrix_alignment"
        else { continue }
        for (step, found) in [(5e-4, byPath[path]?.elasticity), (-5e-4, byPath[path]?.elasticityOfLess)] {
          guard let real = try Self.difference(scenario, of: base, path, step) else { continue }
          compared += 1
          // The two methods round picoseconds differently; the critical path may change within the step.
          if abs(real - (found ?? 0)) > 0.003 + 0.01 * abs(real) {
            Issue.record("seed \(seed), \(path) \(step): \(found ?? 0), not \(real)")
          }
        }
      }
    }
    #expect(compared > 500)
  }

  /// Ten activations on a host that needs exactly as long as the device.
  static func balanced() throws -> Scenario {
    let workload = try Samples.workload(layers: 10, elements: 3_000_000).bind()
    var scenario = Scenario(workload: workload, system: try Samples.system(), precision: .fp32)
    let sums = scenario.price(scenario.plan()).load(of: scenario.plan().counts)
    #expect(sums.device > sums.host)
    // Ten operators share what is missing; what ten does not divide goes to the pass.
    let missing = (sums.device - sums.host).count
    scenario.system.framework.passUS = Double(missing % 10) / 1e6
    scenario.system.framework.dispatchUS[.pointwise] += Double(missing / 10) / 1e6
    let balanced = scenario.price(scenario.plan()).load(of: scenario.plan().counts)
    #expect(balanced.host == balanced.device)
    return scenario
  }

  @Test("At a kink more and less differ: where host and device take equally long, either alone can only cost time")
  func kink() throws {
    let scenario = try Self.balanced()
    let found = try scenario.sensitivities(scenario.plan())
    let base = try scenario.simulate().latency
    for (path, more, less) in [
      ("accelerator.memory.bandwidth_gb_per_s", 0.0, -1.0), ("host.single_thread_speed", 0.0, -1.0),
      ("framework.dispatch_us.pointwise", 1.0, 0.0), ("accelerator.launch.kernel_gap_us", 1.0, 0.0),
    ] {
      let sensitivity = try #require(found.first { $0.path == path }, "\(path)")
      #expect(sensitivity.isKink, "\(path)")
      for (step, elasticity, bound) in [
        (5e-4, sensitivity.elasticity, more), (-5e-4, sensitivity.elasticityOfLess, less),
      ] {
        let real = try #require(try Self.difference(scenario, of: base, path, step))
        #expect(abs(real - elasticity) < 0.002, "\(path) \(step): \(elasticity), not \(real)")
        #expect(bound == 0 ? elasticity == 0 : elasticity * bound > 0, "\(path): \(elasticity)")
      }
    }
  }

  @Test("Where a kernel waits for arithmetic as long as for memory, either alone can only cost time")
  func kernelKink() throws {
    let workload = try Samples.workload(layers: 4, elements: 40_000_000).bind()
    var scenario = Scenario(
      workload: workload, system: try Samples.system(), precision: .fp32, kernelModel: .roofline)
    // One FLOP and eight bytes an element.
    let accelerator = try #require(scenario.system.accelerator)
    scenario.system.accelerator?.peakTFLOPS[.fp32] = accelerator.memory.bandwidthGBPerS / 8 / 1e3
    let found = try scenario.sensitivities(scenario.plan())
    for path in ["accelerator.memory.bandwidth_gb_per_s", "accelerator.peak_tflops.fp32"] {
      let sensitivity = try #require(found.first { $0.path == path }, "\(path)")
      #expect(sensitivity.elasticity == 0 && sensitivity.elasticityOfLess < -0.9, "\(path): \(sensitivity)")
    }
  }

  @Test("A smooth system has no kinks, and its time elasticities sum to one")
  func homogeneity() throws {
    // Every time is proportional to 1 / speed or to a time: doubling all of them doubles the latency (Euler).
    let scenario = Scenario(
      workload: try Samples.workload(elements: 1000).bind(), system: try Samples.system(), precision: .fp32)
    let found = try scenario.sensitivities(scenario.plan())
    let times = found.filter { $0.path.hasSuffix("_us") || $0.path.contains("dispatch_us") }
    #expect(abs(times.map(\.elasticity).reduce(0, +) - 1) < 1e-3, "host-bound: dispatch, kernels and launch calls")
    #expect(found.allSatisfy { !$0.isKink })
    #expect(zip(found, found.dropFirst()).allSatisfy { abs($0.elasticity) >= abs($1.elasticity) - 1e-9 })
  }

  /// How often kernels have been timed.
  private final class Timings: Sendable {
    let count = Atomic<Int>(0)
  }

  private struct CountedModel: KernelTimeModel {
    let model: CalibratedModel
    let timings: Timings

    func time(of kernel: Kernel) -> KernelTime {
      timings.count.add(1, ordering: .relaxed)
      return model.time(of: kernel)
    }
  }

  @Test("Of a pass that the host alone sets no kernel is timed again, of others each for many numbers")
  func whatIsPriced() throws {
    for (elements, isHostBound) in [(1000, true), (30_000_000, false)] {
      let timings = Timings()
      let scenario = Scenario(
        workload: try Samples.workload(layers: 10, elements: elements).bind(), system: try Samples.system(),
        precision: .fp32,
        kernelModel: KernelModel("counted") { CountedModel(model: CalibratedModel(accelerator: $0), timings: timings) })
      let plan = scenario.plan()
      _ = scenario.price(plan)
      let once = timings.count.exchange(0, ordering: .relaxed)
      let found = try scenario.sensitivities(plan)
      let again = timings.count.load(ordering: .relaxed)
      #expect(once > 0 && isHostBound ? again == once : again > 10 * once, "\(elements): \(again), \(once)")
      #expect(found.contains { $0.path == "host.single_thread_speed" } == isHostBound)
      #expect(found.contains { $0.path == "accelerator.memory.bandwidth_gb_per_s" } == !isHostBound)
    }
  }
}
