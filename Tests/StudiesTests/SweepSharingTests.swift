import Profiles
import SampleModels
import Simulation
import Testing

@testable import Studies

@Suite("What points of a sweep share") struct SweepSharingTests {
  /// Numbers that affect the host, the device, both, and the plan, in any order, beside names and a parameter.
  private static func plan(
    _ seed: UInt64, lengths: [Int], latencyKind: LatencyKind = .steadyState
  ) throws -> SweepPlan {
    var random = RandomSource(seed: seed)
    func values(_ count: Int, _ low: Double, _ high: Double) -> [SweepAxis.Value] {
      (0..<count).map { .number(low + (high - low) * (Double($0) + random.uniform()) / Double(count)) }
    }
    var fast = try Sample.accelerator("Matrix")
    fast.name = "fast-gpu"
    var axes = [
      SweepAxis(.accelerator, [.name("sample-gpu"), .name("fast-gpu")]),
      SweepAxis(.parameter("batch"), (1...lengths[0]).map { .number(Double($0)) }),
      SweepAxis(.number("accelerator.memory.bandwidth_gb_per_s"), values(lengths[1], 50, 2000)),
      SweepAxis(.number("accelerator.launch.latency_us"), values(lengths[2], 0.1, 20)),
      SweepAxis(.number("accelerator.launch.graph_kernel_gap_us"), values(2, 0, 3)),
      SweepAxis(.number("accelerator.peak_tflops.fp16"), values(3, 10, 900)),
      SweepAxis(.number("host.single_thread_speed"), values(lengths[3], 0.2, 5)),
      SweepAxis(.number("framework.convolution_workspace_mb"), values(2, 1, 64)),
    ]
    axes.shuffle(using: &random)
    let choices = SweepPlan.Choices(
      workloads: [try Samples.workload("first", layers: 5, elements: 300_000)],
      accelerators: [try Sample.accelerator(), fast], hosts: [try Sample.host()],
      frameworks: [try Sample.framework()], precisions: [.fp16])
    return try SweepPlan(axes: axes, choices: choices, latencyKind: latencyKind)
  }

  @Test("A point is what it is alone, whichever came before it and however many are kept", arguments: 0..<6)
  func alone(seed: UInt64) throws {
    // More blocks than are kept, more hosts and devices than their places.
    let plan = try Self.plan(seed, lengths: seed.isMultiple(of: 2) ? [90, 3, 4, 5] : [2, 700, 90, 300])
    var random = RandomSource(seed: seed + 100)
    var evaluator = SweepEvaluator(plan)
    for _ in 0..<12 {
      let start = Int(random.uniform() * Double(plan.count - 40))
      let results = try evaluator.results(start..<(start + 40))
      for point in stride(from: start, to: start + 40, by: 13) {
        var other = SweepEvaluator(plan, sharing: Preparation())
        let alone = try other.result(point)
        #expect(results[point - start] == alone, "seed \(seed), \(plan.words(point))")
      }
    }
  }

  @Test("Going to the next point is going to any point")
  func positions() throws {
    let plan = try Self.plan(3, lengths: [3, 2, 2, 5])
    let layout = SweepLayout(plan)
    var next = SweepLayout.Position(layout)
    for point in 0..<plan.count {
      next.move(to: point, layout)
      var jump = SweepLayout.Position(layout)
      jump.move(to: plan.count - 1, layout)
      jump.move(to: point, layout)
      #expect(next.keys == jump.keys && next.digits == jump.digits)
      #expect(next.digits == plan.axes.indices.map { plan.digit($0, of: point) })
    }
  }

  @Test("Points have a key in common exactly where they have its numbers in common")
  func keys() throws {
    let plan = try Self.plan(1, lengths: [2, 3, 2, 3])
    let layout = SweepLayout(plan)
    func axes(_ isMeant: (SystemNumber?, NumberEffect) -> Bool) -> [Int] {
      plan.axes.indices.filter { index in
        guard case .number(let path) = plan.axes[index].subject else { return isMeant(nil, []) }
        let number = SystemNumber(path: path)
        return isMeant(number, number?.affects(isHostOnly: false) ?? [])
      }
    }
    let sorts: [(axes: [Int], key: (SweepLayout.Keys) -> Int, count: Int)] = [
      (axes { number, _ in number == nil }, \.block, layout.counts.block),
      (axes { $1.contains(.plan) }, \.plan, layout.counts.plan),
      (axes { $1.contains(.host) }, \.host, layout.counts.host),
      (axes { $1.contains(.device) }, \.device, layout.counts.device),
    ]
    for (axes, key, count) in sorts {
      #expect(!axes.isEmpty)
      var digitsOf: [Int: [Int]] = [:]
      var position = SweepLayout.Position(layout)
      for point in 0..<plan.count {
        position.move(to: point, layout)
        let digits = axes.map { position.digits[$0] }
        let known = digitsOf[key(position.keys)]
        #expect(known == nil || known == digits)
        digitsOf[key(position.keys)] = digits
      }
      #expect(digitsOf.count == count && digitsOf.keys.allSatisfy { (0..<count).contains($0) })
    }
  }
}
