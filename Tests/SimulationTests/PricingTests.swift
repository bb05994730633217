import Kernels
import Profiles
import SampleModels
import Testing
import Workloads

@testable import Simulation

@Suite("What a number of a profile affects")
struct PricingTests {
  @Test("The host's numbers price its kernels where it runs them itself, and else only what it spends")
  func hostNumbers() {
    #expect(PassPricer.Affected(path: "host.single_thread_speed", isHostOnly: true) == [.host, .device])
    #expect(PassPricer.Affected(path: "host.single_thread_speed", isHostOnly: false) == .host)
    for path in ["framework.pass_us", "framework.dispatch_us.linear", "accelerator.launch.call_us"] {
      #expect(PassPricer.Affected(path: path, isHostOnly: false) == .host, "\(path)")
    }
    #expect(PassPricer.Affected(path: "accelerator.memory.bandwidth_gb_per_s", isHostOnly: false) == [.device, .plan])
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
      return Double(try Scenario(workload: workload, system: changed, precision: .fp32).simulate().latency)
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
