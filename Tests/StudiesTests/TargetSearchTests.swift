import Profiles
import Roofline
import SampleModels
import Simulation
import Testing
import Workloads

@testable import Studies

@Suite("What it would take") struct TargetSearchTests {
  static func search(
    _ metric: TargetSearch.Metric, _ target: Double, _ vary: String, batch: Int64 = 1, elements: Int = 100_000
  ) throws -> TargetSearch {
    let system = try Samples.system()
    let subject: TargetSearch.Subject = vary == "batch" ? .parameter("batch") : .dial(try SystemDial(named: vary))
    return try TargetSearch(
      metric, atMost: target, varying: subject, Samples.workload(elements: elements), parameters: ["batch": batch]
    ) { Scenario(workload: $0, system: system, precision: .fp32) }
  }

  @Test("The nearest value that meets the target is found to the last digit, and one a little nearer does not")
  func met() throws {
    let system = try Samples.system()
    let base = Scenario(workload: try Samples.workload(elements: 100_000).bind(), system: system, precision: .fp32)
    let latency = try base.simulate().latency.microseconds
    let search = try Self.search(.latency, latency / 2, "dispatch")
    guard case .met(let trial) = search.outcome else {
      Issue.record("\(search.outcome)")
      return
    }
    #expect(trial.result.latency.microseconds <= latency / 2)
    for (factor, isMet) in [(trial.value, true), (trial.value * 1.0001, false)] {
      var turned = base
      try SystemDial(named: "dispatch").turn(by: factor, in: &turned.system)
      #expect((try turned.simulate().latency.microseconds <= latency / 2) == isMet, "\(factor)")
    }
    // Ten operators of 10 + 1 + 2 us: half of it needs (11 f + 2) = 6.5.
    #expect(abs(trial.value - 4.5 / 11) < 1e-6)
  }

  @Test("A batch is a whole number, the smallest that does")
  func batch() throws {
    let search = try Self.search(.taxFraction, 0.2, "batch")
    guard case .met(let trial) = search.outcome else {
      Issue.record("\(search.outcome)")
      return
    }
    #expect(trial.value == trial.value.rounded() && trial.value > 1)
    #expect(trial.result.frameworkTaxFraction <= 0.2)
    let before = try Self.search(.taxFraction, 0.2, "batch", batch: Int64(trial.value) - 1)
    #expect(before.present.result.frameworkTaxFraction > 0.2)
  }

  /// A speed that is 1.6 times today's is nearer than half of it.
  @Test("Of values on both sides the nearer is that of the smaller ratio")
  func distance() {
    #expect(TargetSearch.distance(1.6, 1) < TargetSearch.distance(0.5, 1))
    #expect(abs(TargetSearch.distance(20, 5) - TargetSearch.distance(5, 20)) < 1e-12)
    #expect(TargetSearch.distance(0, 3) == .infinity)
  }

  @Test("Where nothing does, the best that can be had is said")
  func unreachable() throws {
    let search = try Self.search(.latency, 1, "dispatch")
    guard case .unreachable(let best) = search.outcome else {
      Issue.record("\(search.outcome)")
      return
    }
    #expect(best.result.latency > 1_000_000 && search.range.lowerBound == 0, "not even without any dispatch")
    let lowest = try Self.search(.latency, best.result.latency.microseconds, "dispatch")
    if case .unreachable = lowest.outcome { Issue.record("the best value meets a target of itself") }
  }

  @Test("A target that is met today holds up to a value, or always")
  func holds() throws {
    let search = try Self.search(.latency, 200, "dispatch")
    guard case .holds(let trial?) = search.outcome else {
      Issue.record("\(search.outcome)")
      return
    }
    #expect(trial.value > 1 && trial.result.latency.microseconds <= 200)
    #expect(abs(trial.value - 18.0 / 11) < 1e-6, "ten operators of (11 f + 2) us are 200")
    let always = try Self.search(.latency, 1e9, "host.single_thread_speed")
    #expect(always.outcome == .holds(upTo: nil))
  }

  @Test("A knob is found by its short name, behind its profile, by path and by group")
  func names() throws {
    #expect(try SystemDial(named: "accelerator.launch").paths == SystemDial(named: "launch").paths)
    #expect(try SystemDial(named: "accelerator.launch").name == "accelerator.launch", "as it was asked for")
    #expect(try SystemDial(named: "framework.dispatch").paths == SystemDial(named: "dispatch").paths)
    #expect(try SystemDial(named: "host.cores").paths == ["host.cores"])
    #expect(try SystemDial(named: "framework.dispatch_us").paths.count == OperatorKind.allCases.count)
    #expect(throws: NameFault.self) { try SystemDial(named: "host.dispatch") }
    let fault = #expect(throws: NameFault.self) { try SystemDial(named: "bandwith") }
    #expect("\(fault.map { "\($0)" } ?? "")".contains("did you mean 'bandwidth'"))
    // Every short name means something: a renamed field would leave a knob without numbers.
    for dial in SystemDial.all { #expect(!dial.paths.isEmpty, "\(dial.name)") }
    #expect(try SystemDial(named: "peak").paths.contains("accelerator.efficiency.matrix_flops_per_clock"))
  }

  @Test("A knob multiplies its numbers, refuses what leaves a range, and needs something to turn")
  func turning() throws {
    var system = try Sample.system()
    try SystemDial(named: "launch").turn(by: 0.5, in: &system)
    let launch = try #require(system.accelerator?.launch)
    #expect(launch.callUS == 1 && launch.latencyUS == 1.5 && launch.graphCallUS == 5 && launch.graphLatencyUS == 2)
    #expect(launch.kernelGapUS == 1 && launch.queueDepth == 1024)
    #expect(throws: OverrideFault.self) { try SystemDial(named: "host").turn(by: 1e9, in: &system) }
    #expect(throws: ProjectionFault.nothingToTurn("framework.pass_us")) {
      try Self.search(.latency, 1, "framework.pass_us")
    }
  }

  @Test("A hypothetical part is compared with the real one, and all that differs is listed")
  func hypothetical() throws {
    let base = Scenario(
      workload: try Samples.workload(elements: 10_000_000).bind(), system: try Samples.system(), precision: .fp32)
    let study = try HypotheticalStudy(base, scaledBy: [(SystemDial(named: "bandwidth"), 2)])
    #expect(study.changes.map(\.path) == ["accelerator.memory.bandwidth_gb_per_s"])
    #expect(study.changes[0].old == 500 && study.changes[0].new == 1000)
    #expect(study.hypotheticalResult.deviceBusy < study.baseResult.deviceBusy)
  }
}
