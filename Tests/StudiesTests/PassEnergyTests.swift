import Kernels
import Profiles
import Roofline
import SampleModels
import Simulation
import Studies
import TestSupport
import Testing
import Workloads

/// What a pass takes of energy: the sum over its kernels, and what the board always draws.
@Suite("The energy of a pass") struct PassEnergyTests {
  /// The sample accelerator of 200 W: 10 % of them always drawn, 2 pJ a 16-bit FLOP, half of it in a byte, 50 pJ a byte.
  private static func system() throws -> System {
    var system = try Sample.system()
    for (path, value) in [
      ("watts", 200), ("efficiency.idle_power", 0.1), ("efficiency.energy_pj_per_flop", 2),
      ("efficiency.narrow_energy", 0.5), ("efficiency.energy_pj_per_byte", 50),
    ] { try system.set("accelerator." + path, to: value) }
    return system
  }

  private static func energy(
    _ workload: BoundWorkload, _ system: System, _ precision: Precision = .fp32, latency: Picoseconds? = nil
  ) throws -> PassEnergy? {
    let scenario = Scenario(workload: workload, system: system, precision: precision)
    let plan = scenario.plan()
    var summary = try scenario.simulate().summary
    if let latency { summary.latency = latency }
    return PassEnergy(scenario, plan, summary)
  }

  private static func workload(_ program: String) throws -> BoundWorkload {
    let text = #"{ "schema": "workload/1", "name": "w", "parameters": {}, "program": [\#(program)] }"#
    return try Workload(bytes: Array(text.utf8), file: "w.json").bind()
  }

  private static func product(_ rows: Int) -> String {
    #"{ "operator": "aten::mm", "inputs": [[\#(rows), 512], [512, 256]], "outputs": [[\#(rows), 256]] }"#
  }

  @Test("of an activation and of a product, by hand", arguments: [Precision.fp32, .fp16])
  func byHand(precision: Precision) throws {
    let bytes = precision == .fp32 ? 4.0 : 2
    let activation = try Self.workload(
      #"{ "operator": "aten::relu", "inputs": [[1000]], "outputs": [[1000]] }"#)
    let found = try #require(try Self.energy(activation, Self.system(), precision, latency: 5_000_000))
    // 20 W for 5 us; a thousand elements, a FLOP each, read and written.
    let own = 1000 * 2e-12 * bytes / 2 + 2000 * bytes * 50e-12
    #expect(abs(found.joules - (20 * 5e-6 + own)) < 1e-15, "\(found)")
    #expect(abs(found.watts - found.joules / 5e-6) < 1e-9)
    let product = try #require(
      try Self.energy(Self.workload(Self.product(128)), Self.system(), precision, latency: 1_000_000))
    let flops = 2.0 * 128 * 512 * 256
    let traffic = (128.0 * 512 + 512 * 256 + 128 * 256) * bytes
    #expect(abs(product.joules - (20 * 1e-6 + flops * 1e-12 * bytes + traffic * 50e-12)) < 1e-12, "\(product)")
  }

  @Test func `is that of the parts, one after the other, however they are written`() throws {
    let system = try Self.system()
    func kernels(_ program: String) throws -> Double {
      try #require(try Self.energy(Self.workload(program), system, latency: 0)).joules
    }
    let (one, other) = (try kernels(Self.product(64)), try kernels(Self.product(96)))
    #expect(one > 0 && other > one)
    let both = try kernels(Self.product(64) + "," + Self.product(96))
    let repeated = try kernels("{ \"repeat\": 7, \"program\": [\(Self.product(64)), \(Self.product(96))] }")
    #expect(abs(both - (one + other)) < 1e-15 && abs(repeated - 7 * both) < 1e-14)
  }

  @Test func `grows by what is always drawn where the host is slower, and by nothing else`() throws {
    let shipped = try ShippedSystems()
    var scenario = try shipped.scenario("bert-base-uncased", on: "a100-sxm4-80gb")
    let plan = scenario.plan()
    let fast = try scenario.simulate()
    let before = try #require(PassEnergy(scenario, plan, fast.summary))
    try scenario.system.set("host.single_thread_speed", to: 0.25)
    let slow = try scenario.simulate()
    let after = try #require(PassEnergy(scenario, plan, slow.summary))
    #expect(slow.latency > fast.latency)
    let idle = 0.115 * 400 * (slow.latency - fast.latency).seconds
    #expect(abs(after.joules - before.joules - idle) < 1e-9 * after.joules)
    #expect(after.watts < before.watts)
  }

  @Test("lies between what a board always draws and its limit", arguments: ["bert-base-uncased", "resnet50"])
  func limits(workload: String) throws {
    let shipped = try ShippedSystems()
    var count = 0
    for batch in [1, 256] as [Int64] {
      for accelerator in shipped.profiles.accelerators {
        guard let watts = accelerator.watts, let idle = accelerator.efficiency.pipeline.idlePower else { continue }
        let scenario = try shipped.scenario(workload, batch: batch, on: accelerator.name)
        let plan = scenario.plan()
        let found = PassEnergy(scenario, plan, try scenario.simulate().summary)
        let energy = try #require(found, "\(accelerator.name)")
        count += 1
        #expect(energy.watts > watts * idle, "\(accelerator.name)")
        // What the equation leaves for traffic beside the largest products is a little less than some parts move.
        #expect(energy.watts < watts * 1.1, "\(accelerator.name), batch \(batch): \(energy.watts) of \(watts) W")
      }
    }
    #expect(count > 30)
  }

  @Test(
    "is unknown where one of the numbers is",
    arguments: [\AcceleratorProfile.watts, \.efficiency.pipeline.idlePower, \.efficiency.pipeline.energyPJPerFLOP])
  func unknown(number: WritableKeyPath<AcceleratorProfile, Double?> & Sendable) throws {
    var system = try Self.system()
    let workload = try Self.workload(Self.product(64))
    #expect(try Self.energy(workload, system) != nil)
    system.accelerator?[keyPath: number] = nil
    #expect(try Self.energy(workload, system) == nil)
    #expect(try Self.energy(workload, Sample.system()) == nil)
    system.accelerator = nil
    #expect(try Self.energy(workload, system) == nil)
  }

  @Test func `of a sweep's points is that of single passes, in whatever order they come`() throws {
    let system = try Self.system()
    let workload = try Samples.workload()
    let axes = [
      SweepAxis(.number("host.single_thread_speed"), [.number(0.5), .number(2)]),
      SweepAxis(.number("accelerator.efficiency.energy_pj_per_byte"), [.number(0), .number(80)]),
      SweepAxis(.parameter("batch"), [.number(1), .number(3)]),
    ]
    let choices = SweepPlan.Choices(
      workloads: [workload], accelerators: [system.accelerator], hosts: [system.host], frameworks: [system.framework],
      precisions: [.fp32])
    let plan = try SweepPlan(axes: axes, choices: choices)
    var evaluator = SweepEvaluator(plan)
    let results = try evaluator.results(0..<plan.count)
    for (point, result) in results.enumerated() {
      var own = system
      var batch: Int64 = 1
      for case (.number(let value), let axis) in zip(plan.values(of: point), axes) {
        if case .number(let path) = axis.subject { try own.set(path, to: value) } else { batch = Int64(value) }
      }
      let single = try #require(try Self.energy(workload.bind(["batch": batch]), own))
      #expect(result.joules == single.joules && result.watts == single.watts, "point \(point)")
    }
    // Where the device sets the latency, a host's speed changes nothing.
    #expect(Set(results.compactMap(\.joules)).count > plan.count / 2)
    for format in SweepRows.Format.allCases {
      let rows = SweepRows(plan, format)
      var (line, scratch): ([UInt8], [UInt8]) = ([], [])
      rows.append(3, results[3], to: &line)
      #expect(rows.mayBe(line[...], rowOf: 3, scratch: &scratch))
      #expect(String(decoding: line, as: UTF8.self).contains("\(results[3].joules ?? 0)"))
    }
  }
}
