import EventEngine
import Kernels
import Profiles
import Roofline
import SampleModels
import Testing
import Workloads

@testable import Simulation

/// What streams mean where operators are nodes of graphs, by latencies computed by hand.
@Suite("Streams and graphs")
struct PlannedStreamTests {
  /// The plan of a program under a framework's mode.
  private func plan(_ program: String, _ mode: FrameworkMode) throws -> ProgramPlan {
    let text = #"{"schema":"workload/1","name":"s","parameters":{"batch":1},"program":[\#(program)]}"#
    let workload = try Workload(bytes: Array(text.utf8), file: "streams.json").bind()
    var system = try Sample.system()
    system.framework.mode = mode
    return Scenario(workload: workload, system: system, precision: .fp32).plan()
  }

  /// Dispatch 10, kernel 20, copy 50; call 2, latency 3, gap 1; graph call 20, its nodes 0, latency 5; synchronization 4.
  private func table(of plan: ProgramPlan) -> CostTable {
    var table = CopyTests.table
    table.costs = plan.items.map { item in
      switch item {
      case .dispatch: Cost(10, .dispatch)
      case .graph: .zero
      case .kernel: Cost(20, .compute)
      case .transfer: Cost(50, .copy)
      }
    }
    table.launch.graphCall = Cost(20, .launch)
    table.launch.graphLatency = Cost(5, .launch)
    return table
  }

  private static let copy = #"{"operator":"memcpy_host_to_device","inputs":[[8]],"attributes":{"pinned":1}"#
  private static let kernel = #"{"operator":"aten::relu","inputs":[[8]],"outputs":[[8]]"#
  private static let view = #"{"operator":"aten::view","inputs":[[8]],"outputs":[[8]]"#

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let program: String
    let streams: Int
    let latency: Picoseconds
  }

  static let cases = [
    // Dispatch and call until 12, latency until 15, copy until 65, synchronization until 69.
    Case(testDescription: "a copy on stream 1", program: "\(copy),\"stream\":1}", streams: 2, latency: 69),
    Case(testDescription: "a copy on stream 31", program: "\(copy),\"stream\":31}", streams: 32, latency: 69),
    Case(
      testDescription: "a copy that waits for a stream without launches", program: "\(copy),\"waits_for_streams\":[1]}",
      streams: 1, latency: 69),
    // Graph call until 20, node 25...45; the copy could begin at 35, and runs 45...95.
    Case(
      testDescription: "a copy behind a kernel of its stream, which is in a graph",
      program: "\(kernel),\"stream\":1},\(copy),\"stream\":1}", streams: 2, latency: 99),
    Case(
      testDescription: "a copy that waits for a kernel in a graph",
      program: "\(kernel)},\(copy),\"stream\":1,\"waits_for_streams\":[0]}", streams: 2, latency: 99),
    Case(
      testDescription: "a copy that waits for a kernel of a third stream in a graph",
      program: "\(kernel),\"stream\":2},\(copy),\"stream\":1,\"waits_for_streams\":[2]}", streams: 2, latency: 99),
    Case(
      testDescription: "a view that waits, and the copy behind it",
      program: "\(kernel)},\(copy),\"stream\":2},\(view),\"stream\":1,\"waits_for_streams\":[0]},\(copy),\"stream\":1}",
      // The copy on stream 2 goes first: 35...85. That on stream 1 is on the same engine: 85...135.
      streams: 3, latency: 139),
    // The copy ends at 65. The graph is called until 32 and could begin at 37; its node runs 65...85.
    Case(
      testDescription: "a kernel in a graph behind a copy of its stream",
      program: "\(copy),\"stream\":1},\(kernel),\"stream\":1}", streams: 2, latency: 89),
    Case(
      testDescription: "a kernel in a graph that waits for a copy",
      program: "\(copy),\"stream\":1},\(kernel),\"waits_for_streams\":[1]}", streams: 2, latency: 89),
    Case(
      testDescription: "a loop in a graph that waits for a copy",
      program: "\(copy),\"stream\":1},{\"repeat\":2,\"program\":[\(kernel),\"waits_for_streams\":[1]}]}", streams: 2,
      // Another node of 20; the gap of graphs is 0.
      latency: 109),
    // Nothing holds the graph: node 37...57 beside the copy until 65.
    Case(
      testDescription: "a kernel in a graph beside a copy", program: "\(copy),\"stream\":1},\(kernel)}", streams: 2,
      latency: 69),
  ]

  @Test("A pass takes what its streams say", arguments: cases, Simulator.Method.allCases)
  func latencies(example: Case, method: Simulator.Method) throws {
    let plan = try plan(example.program, .graph)
    #expect(plan.program.streamCount == example.streams)
    let timing = try Simulator(method: method).time(
      plan.program, table(of: plan), .synchronized, counts: plan.counts)
    #expect(timing.latency == example.latency)
    let recorded = try Simulator(recordsTimeline: true, method: method).time(
      plan.program, table(of: plan), .synchronized)
    #expect(recorded.latency == example.latency)
  }

  @Test("Every stream that an instruction names exists, in every mode", arguments: FrameworkMode.allCases)
  func streamsExist(mode: FrameworkMode) throws {
    for example in Self.cases {
      let program = try plan(example.program, mode).program
      for instruction in program.instructions {
        #expect(Int(instruction.stream) < program.streamCount)
        if instruction.opcode == .waitForStream { #expect(Int(instruction.operand) < program.streamCount) }
      }
    }
  }

  @Test("Operator by operator, a wait for a stream without launches is none")
  func waitsForNothing() throws {
    let plan = try plan("\(Self.kernel),\"waits_for_streams\":[7]}", .eager)
    #expect(plan.program.streamCount == 1 && plan.counts.isOneStream)
  }
}
