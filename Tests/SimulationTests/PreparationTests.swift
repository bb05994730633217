import Kernels
import Profiles
import Roofline
import SampleModels
import Testing
import Workloads

@testable import Simulation

@Suite("Plans are made once and kept")
struct PreparationTests {
  private func workload(_ operators: Int, file: String = "s.json") throws -> Workload {
    let one = #"{"operator":"aten::relu","inputs":[["batch",64]],"outputs":[["batch",64]]}"#
    let program = Array(repeating: one, count: operators).joined(separator: ",")
    let text = #"{"schema":"workload/1","name":"s","parameters":{"batch":1},"program":["# + program + "]}"
    return try Workload(bytes: Array(text.utf8), file: file)
  }

  private func scenario(_ mode: FrameworkMode = .eager, speed: Double = 1) throws -> (BoundWorkload) -> Scenario {
    var system = try Sample.system()
    system.framework = try Sample.framework(mode)
    system.host.singleThreadSpeed = speed
    return { [system] in Scenario(workload: $0, system: system, precision: .fp32) }
  }

  @Test("A plan is that of the scenario, whatever was asked for before")
  func plans() throws {
    for limit in [1, 2, .max] {
      let preparation = Preparation(limit: limit)
      for (operators, file) in [(3, "a.json"), (5, "b.json"), (3, "a.json")] {
        for batch: Int64 in [1, 7] {
          for (mode, speed) in [(FrameworkMode.eager, 1.0), (.graph, 1), (.eager, 4)] {
            let workload = try workload(operators, file: file)
            let made = try preparation.prepare(
              workload, ["batch": batch], scenario: scenario(mode, speed: speed))
            #expect(made.scenario.system.host.singleThreadSpeed == speed)
            let expected = made.scenario.plan()
            #expect(made.plan.program == expected.program && made.plan.items == expected.items)
            #expect(made.plan.lowered.kernels == expected.lowered.kernels)
          }
        }
      }
    }
  }

  @Test("A parameter that a workload lacks is a fault each time")
  func faults() throws {
    let preparation = Preparation()
    for _ in 0..<2 {
      #expect(throws: WorkloadFault.self) {
        try preparation.prepare(workload(1), ["width": 2], scenario: scenario())
      }
    }
  }

  @Test("The plan's synchronized program is the pass with one synchronization behind it")
  func synchronized() throws {
    let (scenario, plan) = try Preparation().prepare(workload(4), scenario: scenario())
    let table = scenario.price(plan)
    #expect(plan.synchronizedProgram == plan.program.synchronized)
    #expect(plan.synchronizedCounts == ProgramCounts(plan.program.synchronized))
    for kind in LatencyKind.allCases {
      #expect(try Simulator().time(plan, table, kind) == Simulator().time(plan.program, table, kind))
    }
  }
}
