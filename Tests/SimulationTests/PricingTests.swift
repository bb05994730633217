import JSONText
import Kernels
import Profiles
import Roofline
import SampleModels
import Testing
import Workloads

@testable import Simulation

@Suite("What a number of a profile affects")
struct PricingTests {
  private static let workload = #"""
    {"schema":"workload/1","name":"s","parameters":{"batch":1},"program":[
      {"operator":"aten::linear","inputs":[[512,512],[512,512]],"outputs":[[512,512]]},
      {"operator":"aten::conv2d","inputs":[[2,16,32,32],[16,16,3,3]],"outputs":[[2,16,30,30]]},
      {"operator":"aten::conv2d","inputs":[[2,16,32,32],[16,1,3,3]],"outputs":[[2,16,30,30]],"attributes":{"groups":[16]}},
      {"operator":"aten::softmax","inputs":[[64,512]],"outputs":[[64,512]]},
      {"operator":"aten::max_pool2d","inputs":[[2,16,32,32]],"outputs":[[2,16,16,16]],"attributes":{"kernel_size":[2,2]}},
      {"operator":"aten::gelu","inputs":[[512,512]],"outputs":[[512,512]]}]}
    """#

  /// A field says what follows its number; a table of costs, in which only that is computed anew, is the table of the changed
  /// system.
  @Test(
    "Every number affects what its field says, and nothing else follows it",
    arguments: ["Plain", "Matrix", "none"], [Precision.fp32, .fp16])
  func effects(device: String, precision: Precision) throws {
    let bound = try Workload(bytes: Array(Self.workload.utf8), file: "s.json").bind()
    var system = try Sample.system(device == "none" ? "Plain" : device)
    system.framework.fusionByArchitecture = []
    system.framework.convolutionWorkspaceMB = 100
    if device == "none" { system.accelerator = nil }
    let isHostOnly = device == "none"
    let scenario = Scenario(workload: bound, system: system, precision: precision)
    let plan = scenario.plan()
    let table = scenario.price(plan)
    for number in system.numbers {
      let old = number.value(in: system)
      let new = old.map { number.range.isWhole ? $0 + 1 : $0 * 1.5 } ?? number.range.nearest(to: 1) ?? 1
      guard let value = number.range.nearest(to: new), value != old else { continue }
      var changed = scenario
      number.set(value, in: &changed.system)
      let affects = number.affects(isHostOnly: isHostOnly)
      let identities = [scenario, changed].map { PlanIdentity(system: $0.system, precision: precision) }
      guard identities[0] == identities[1] else {
        #expect(affects.contains(.plan), "\(number.path)")
        continue
      }
      var repriced = table
      if affects.contains(.host) { changed.priceHost(plan, into: &repriced) }
      if affects.contains(.device) { changed.priceDevice(plan, into: &repriced) }
      // Against a plan of its own: an identity that forgot the number would give the old one.
      #expect(repriced == changed.price(changed.plan()), "\(number.path)")
    }
  }

  @Test("The host's numbers price its kernels where it runs them itself, and else only what it spends")
  func hostNumbers() {
    #expect(SystemNumber.hostSpeed.affects(isHostOnly: true) == [.host, .device])
    #expect(SystemNumber.hostSpeed.affects(isHostOnly: false) == .host)
    #expect(SystemNumber.memoryBandwidth.affects(isHostOnly: false) == .device)
  }

  /// Copies at 10 GB/s behind 6 us, 3 us of the host for each node of a graph, 10 for an operator and 1 for its kernels.
  @Test("A plan's items cost what the profiles say of them")
  func items() throws {
    let text = #"""
      {"schema":"workload/1","name":"s","parameters":{"batch":1},"inputs":[[1000,1000]],"outputs":[[500]],"program":[
        {"operator":"aten::relu","inputs":[[1000,1000]],"outputs":[[1000,1000]]},
        {"operator":"aten::exp","inputs":[[1000,1000]],"outputs":[[1000,1000]]},
        {"operator":"aten::sum","inputs":[[1000,1000]],"outputs":[[500]]}]}
      """#
    let bound = try Workload(bytes: Array(text.utf8), file: "s.json").bind()
    for mode in [FrameworkMode.eager, .graph] {
      var system = try Sample.system()
      system.framework = try Sample.framework(mode)
      system.framework.graphNodeUS = 3
      system.framework.inputs = .host
      system.host.singleThreadSpeed = 2
      let scenario = Scenario(workload: bound, system: system, precision: .fp32)
      let plan = scenario.plan()
      let table = scenario.price(plan)
      var seen: [String: Int] = [:]
      for (item, cost) in zip(plan.items, table.costs) {
        switch item {
        case .transfer(let transfer):
          seen["transfer", default: 0] += 1
          #expect(cost.duration.count == 6_000_000 + Int64(transfer.bytes) * 100)
        case .graph(let count, let chains, let isFurther):
          seen["nodes", default: 0] += 1
          #expect(cost.duration.count == Int64(count) * 3_000_000 / 2 && count == 3 && chains == 1 && !isFurther)
        case .dispatch(let dispatch):
          seen["dispatch", default: 0] += 1
          #expect(cost.duration.count == (10_000_000 + Int64(dispatch.kernels) * 1_000_000) / 2)
        case .kernel: seen["kernel", default: 0] += 1
        }
      }
      #expect(seen["transfer"] == 2 && (seen["kernel"] ?? 0) > 0)
      #expect((seen["nodes"] ?? 0) == (mode == .graph ? 1 : 0))
    }
  }

  @Test("The elasticity to compute units is that of one unit more")
  func computeUnits() throws {
    let text = #"""
      {"schema":"workload/1","name":"s","parameters":{"batch":1},"program":[
        {"operator":"aten::linear","inputs":[[4096,4096],[4096,4096]],"outputs":[[4096,4096]]}]}
      """#
    let workload = try Workload(bytes: Array(text.utf8), file: "linear.json").bind()
    var system = try Sample.system()
    try system.set("accelerator.compute_units", to: 7)
    func latency(units: Double) throws -> Double {
      var changed = system
      try changed.set("accelerator.compute_units", to: units)
      return Double(try Scenario(workload: workload, system: changed, precision: .fp32).simulate().latency.count)
    }
    let scenario = Scenario(workload: workload, system: system, precision: .fp32)
    let found = try scenario.sensitivities(scenario.plan()).first { $0.path == "accelerator.compute_units" }
    let sensitivity = try #require(found)
    let (seven, eight) = (try latency(units: 7), try latency(units: 8))
    #expect(abs(sensitivity.elasticity - 7 * (eight - seven) / seven) < 1e-6)
    #expect(eight != seven)
  }

  @Test("No run executes more instructions than it was said to at most", arguments: LatencyKind.allCases)
  func mostInstructions(kind: LatencyKind) throws {
    for seed in UInt64(0)..<60 {
      let random = RandomProgram(seed: seed, seed.isMultiple(of: 2) ? .severalStreams : .oneStream, .real)
      let counts = ProgramCounts(random.program)
      let most = Simulator().mostInstructions(counts, random.table, kind)
      #expect(most >= counts.instructions)
      let timing = try Simulator(method: .events).time(random.program, random.table, kind)
      // A launch is three events: its return, and its kernel's start and end; more where ends are overtaken.
      #expect(Double(timing.events) <= 8 * most + 8, "seed \(seed)")
    }
  }
}
