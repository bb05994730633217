import Profiles
import Roofline
import SampleModels
import Simulation
import Testing
import Workloads

@testable import Studies

/// A count has no fraction, whoever scales it.
@Suite("Counts stay whole") struct WholeCountTests {
  @Test(arguments: [(1.5, 15.0, 1.5), (1.04, 10, 1), (1.06, 11, 1.1), (0.01, 1, 0.1)])
  func `under a knob, and what goes with them grows as they do`(factor: Double, units: Double, grown: Double) throws {
    let base = try Samples.system()
    var system = base
    #expect(base.number(at: "accelerator.compute_units") == 10)
    try SystemDial(named: "units").turn(by: factor, in: &system)
    #expect(system.number(at: "accelerator.compute_units") == units)
    let peak = try #require(base.number(at: "accelerator.peak_tflops.fp32"))
    #expect(system.number(at: "accelerator.peak_tflops.fp32") == peak * grown, "each unit is as fast as before")
  }

  @Test func `under a knob of their own`() throws {
    var system = try Samples.system()
    let dial = try SystemDial(named: "accelerator.compute_units")
    try dial.turn(by: 1.28, in: &system)
    #expect(system.number(at: "accelerator.compute_units") == 13)
    let search = try TargetSearch(
      .latency, atMost: 1, varying: .dial(dial), Samples.workload(), parameters: [:]
    ) { [system] in Scenario(workload: $0, system: system, precision: .fp32) }
    #expect(search.number(of: system, at: 0.5) == 7, "6.5 to the nearest, halves up")
  }

  @Test func `on an axis that is a range`() throws {
    #expect(
      try SweepAxisTests.axis("accelerator.compute_units", "1..100:log3").values.map(\.text) == ["1", "10", "100"])
    #expect(try SweepAxisTests.axis("host.cores", "1..8:lin3").values.map(\.text) == ["1", "5", "8"])
  }

  @Test func `in a sensitivity, whose step is one more and one fewer`() throws {
    let scenario = Scenario(
      workload: try Samples.workload().bind(), system: try Sample.system("Matrix"), precision: .fp16)
    let paths = try scenario.sensitivities(scenario.plan()).map(\.path)
    #expect(!paths.contains("accelerator.launch.queue_depth"))
  }
}
