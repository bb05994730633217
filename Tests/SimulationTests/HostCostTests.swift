import Kernels
import Profiles
import Roofline
import SampleModels
import Simulation
import Testing
import Workloads

/// What the host spends, by the sort of code that it is spent in; every latency computed by hand.
@Suite("A host's several speeds")
struct HostCostTests {
  /// A system whose device is never waited for: a host twice as fast as the reference, at Python three times, at native
  /// code four times and at the driver's calls five times that.
  private func system(_ mode: FrameworkMode = .eager) throws -> System {
    var system = try Sample.system()
    system.host.singleThreadSpeed = 2
    system.host.speed.interpreter = 3
    system.host.speed.native = 4
    system.host.speed.ownDriver = 5
    system.framework = try Sample.framework(mode)
    for kind in OperatorKind.allCases { system.framework.dispatchUS[kind] = 80 }
    system.framework.kernelUS = 0
    system.framework.passUS = 0
    system.framework.graphNodeUS = 0
    system.accelerator?.launch.callUS = 0
    return system
  }

  private func workload(_ program: String, more: String = "") throws -> BoundWorkload {
    let text = #"{"schema":"workload/1","name":"s","parameters":{"batch":1},\#(more)"program":[\#(program)]}"#
    return try Workload(bytes: Array(text.utf8), file: "s.json").bind()
  }

  private let relu = #"{"operator":"aten::relu","inputs":[[8]],"outputs":[[8]]}"#
  private let exp = #"{"operator":"aten::exp","inputs":[[8]],"outputs":[[8]]}"#

  private func latency(_ workload: BoundWorkload, _ system: System) throws -> Int64 {
    let result = try Scenario(workload: workload, system: system, precision: .fp32).simulate()
    return result.latency.count
  }

  @Test("Each cost is divided by the speed of the code it is spent in")
  func components() throws {
    let two = try workload(relu + "," + exp)
    var system = try system()
    // Two operators of 80 us native code, at 2 x 4.
    #expect(try latency(two, system) == 20_000_000)
    // 60 us of Python each, at 2 x 3.
    system.framework.pythonUS = 60
    #expect(try latency(two, system) == 40_000_000)
    // 16 us of preparation for the kernel of each, at 2 x 4.
    system.framework.kernelUS = 16
    #expect(try latency(two, system) == 44_000_000)
    // A pass of 30 us in Python.
    system.framework.passUS = 30
    #expect(try latency(two, system) == 49_000_000)
    // A launch call of 50 us in the driver, for each kernel, at 2 x 5.
    system.accelerator?.launch.callUS = 50
    #expect(try latency(two, system) == 59_000_000)
    // A host twice as fast at everything.
    try system.set("host.single_thread_speed", to: 4)
    #expect(try latency(two, system) == 29_500_000)
  }

  @Test("The driver is as fast as native code where nobody has said otherwise")
  func driver() throws {
    let one = try workload(relu + "," + exp)
    var system = try system()
    system.host.speed.ownDriver = nil
    system.accelerator?.launch.callUS = 80
    // Two operators of 80 us and two calls of 80 us, at 2 x 4.
    #expect(try latency(one, system) == 40_000_000)
    try system.set("host.speed.native", to: 8)
    #expect(try latency(one, system) == 20_000_000)
    try system.set("host.speed.driver", to: 4)
    #expect(try latency(one, system) == 30_000_000)
  }

  @Test("A module's call costs what its library's modules do, and nothing where none is called")
  func modules() throws {
    var system = try system()
    system.framework.moduleUS = 6
    system.framework.transformersModuleUS = 60
    let program = relu + "," + exp
    #expect(try latency(workload(program), system) == 20_000_000)
    // Five of 6 us of Python, at 2 x 3.
    #expect(try latency(workload(program, more: #""modules":5,"#), system) == 25_000_000)
    let transformers = #""modules":5,"library":"transformers","#
    #expect(try latency(workload(program, more: transformers), system) == 70_000_000)
    system.framework.mode = .script
    #expect(try latency(workload(program, more: transformers), system) == 20_000_000, "a script calls no modules")
  }

  @Test("Modules of a repeat are called in each round, dealt out to its operators")
  func modulesOfRepeats() throws {
    let layer = #"{"repeat":3,"modules":"batch+1","program":[\#(relu),\#(exp),\#(relu)]}"#
    let bound = try workload(layer + "," + exp, more: #""modules":4,"#)
    guard case .loop(3, let body) = bound.program[0], case .leaf(let last) = bound.program[1] else {
      Issue.record("a loop and an operator")
      return
    }
    let calls = body.map { if case .leaf(let operation) = $0 { operation.moduleCalls } else { -1 } }
    #expect(calls == [0, 1, 1] && last.moduleCalls == 4)
    var system = try system()
    system.framework.moduleUS = 6
    // Ten operators of 10 us; 3 x 2 + 4 modules of 1 us.
    #expect(try latency(bound, system) == 110_000_000)
  }

  @Test("However many modules a list calls, its operators are dealt all of them, and none more than one above another")
  func deal() throws {
    for (modules, operators) in [(0, 1), (1, 7), (7, 1), (5, 3), (13, 13), (100, 7)] {
      let program = Array(repeating: relu, count: operators).joined(separator: ",")
      let bound = try workload(program, more: #""modules":\#(modules),"#)
      var calls: [Int] = []
      bound.program.forEachLeaf { operation, _ in calls.append(operation.moduleCalls) }
      #expect(calls.reduce(0, +) == modules && calls.count == operators)
      #expect((calls.max() ?? 0) - (calls.min() ?? 0) <= 1)
    }
  }

  @Test("An operator right behind the same one costs its share, launches aside")
  func repeated() throws {
    var system = try system()
    system.framework.repeatedFraction = 0.5
    system.accelerator?.launch.callUS = 10
    // A pass of one operator follows itself from pass to pass: 10 us x 0.5 and a call of 1 us.
    #expect(try latency(workload(relu), system) == 6_000_000)
    #expect(try latency(workload(#"{"repeat":4,"program":[\#(relu)]}"#), system) == 24_000_000)
    // The second of two in a row does; the first comes behind another.
    #expect(try latency(workload("\(exp),\(relu),\(relu)"), system) == 28_000_000)
    #expect(try latency(workload("\(exp),\(relu)"), system) == 22_000_000)
    // The modules that are called between two of a kind make them no others.
    #expect(try latency(workload(relu + "," + relu, more: #""modules":1,"#), system) == 12_000_000)
  }

  @Test("A compiled program checks each weight and input of a pass")
  func inputs() throws {
    let linear = #"{"operator":"aten::linear","inputs":[[4,8],[2,8],[2]],"outputs":[[4,2]]}"#
    let program = #"{"repeat":3,"program":[\#(linear)]}"#
    var system = try system()
    for kind in OperatorKind.allCases { system.framework.dispatchUS[kind] = 0 }
    system.framework.inputUS = 600
    // A matrix and a bias in each round, and one declared input: seven of 100 us.
    #expect(try latency(workload(program, more: #""inputs":[[4,8]],"#), system) == 700_000_000)
    // A table of words that is the last matrix as well is one weight.
    let tied = #"""
      {"operator":"aten::embedding","inputs":[[100,8],[4]],"dtypes":["float","int64"],"outputs":[[4,8]]},
      {"operator":"aten::linear","inputs":[[4,8],[100,8]],"outputs":[[4,100]]}
      """#
    #expect(try latency(workload(tied, more: #""inputs":[[4]],"dtypes":["int64"],"#), system) == 200_000_000)
  }

  @Test("A graph's launch costs its call, its nodes and its further chains in the driver, and its way to the device")
  func graphs() throws {
    var system = try system(.graph)
    for kind in OperatorKind.allCases { system.framework.dispatchUS[kind] = 0 }
    system.accelerator?.launch.graphCallUS = 100
    system.accelerator?.launch.graphKernelGapUS = 0
    system.accelerator?.launch.kernelGapUS = 0
    let line = try workload(relu + "," + exp)
    #expect(try latency(line, system) == 10_000_000)
    system.accelerator?.launch.graphNodeUS = 20
    #expect(try latency(line, system) == 14_000_000)
    system.framework.graphNodeUS = 30
    #expect(try latency(line, system) == 20_000_000)
    system.accelerator?.launch.graphBranchUS = 40
    #expect(try latency(line, system) == 20_000_000, "a line has no further chain")
    let branched = try workload(
      relu + "," + #"{"operator":"aten::exp","inputs":[[8]],"outputs":[[8]],"stream":1}"#)
    #expect(try latency(branched, system) == 24_000_000)
    // A host twice as slow takes twice as long to launch.
    system.host.singleThreadSpeed = 1
    #expect(try latency(line, system) == 40_000_000)
  }

  @Test("A guest system's graphs reach the device later, which a synchronized pass waits for")
  func submission() throws {
    var system = try system(.graph)
    func synchronized() throws -> Int64 {
      try Scenario(workload: workload(relu), system: system, precision: .fp32, latencyKind: .synchronized)
        .simulate().latency.count
    }
    let before = try synchronized()
    system.accelerator?.launch.submissionUS = 10
    #expect(try synchronized() == before + 10_000_000)
  }

  @Test("Kinds that stay eager cut a pass into graphs, and Python stands before each further one")
  func pieces() throws {
    var system = try system(.graph)
    for kind in OperatorKind.allCases { system.framework.dispatchUS[kind] = 0 }
    system.accelerator?.launch.graphCallUS = 100
    let softmax = #"{"operator":"aten::softmax","inputs":[[8,8]],"outputs":[[8,8]]}"#
    let bound = try workload("\(relu),\(softmax),\(relu)")
    #expect(try latency(bound, system) == 10_000_000)
    system.framework.eagerKinds = [.softmax]
    system.framework.dispatchUS[.softmax] = 80
    #expect(try latency(bound, system) == 30_000_000)
    system.framework.pieceUS = 12
    #expect(try latency(bound, system) == 32_000_000)
  }

  @Test("A pass runs the next larger batch that was captured, and beyond the largest operator by operator")
  func padding() throws {
    let text = #"""
      {"schema":"workload/1","name":"s","parameters":{"batch":1},"program":[
        {"operator":"aten::relu","inputs":[["batch",1000000]],"outputs":[["batch",1000000]]}]}
      """#
    let workload = try Workload(bytes: Array(text.utf8), file: "s.json")
    var system = try system(.graph)
    func pass(_ batch: Int64) throws -> (latency: Int64, batch: Int64?, mode: FrameworkMode) {
      let prepared = try Preparation().prepare(workload, ["batch": batch]) {
        Scenario(workload: $0, system: system, precision: .fp32)
      }
      let result = try prepared.scenario.simulate(prepared.plan, prepared.scenario.price(prepared.plan))
      return (
        result.latency.count, prepared.scenario.workload.parameter("batch"), prepared.scenario.system.framework.mode
      )
    }
    let (one, four, five) = (try pass(1), try pass(4), try pass(5))
    #expect(one.latency < four.latency && four.latency < five.latency)
    system.framework.capturedBatches = [1, 4]
    #expect(try pass(1) == one && pass(4) == four)
    #expect(try pass(2) == (four.latency, 2, .graph), "the kernels of four, for two")
    system.framework.mode = .eager
    let eager = try pass(5)
    system.framework.mode = .graph
    #expect(try pass(5) == eager && eager.mode == .eager)
  }

  @Test(
    "Dependent launches hide the gap between a graph's kernels, then the next one's start; a megakernel has neither")
  func launchModes() throws {
    var system = try system(.graph)
    system.accelerator?.launch.graphCallUS = 0
    system.accelerator?.launch.graphKernelGapUS = 3
    system.accelerator?.efficiency.kernelFixedUS = 5
    let kernels = 10
    let bound = try workload(#"{"repeat":\#(kernels),"program":[\#(relu)]}"#)
    let plain = try latency(bound, system)
    system.framework.kernelOverlapUS = 2
    #expect(try plain - latency(bound, system) >= Int64(kernels - 1) * 2_000_000)
    system.framework.kernelOverlapUS = 4
    #expect(try plain - latency(bound, system) >= Int64(kernels - 1) * 4_000_000)
    system.framework.kernelOverlapUS = 100
    let hidden = try latency(bound, system)
    system.framework.kernelOverlapUS = 0
    system.framework.isPersistent = true
    #expect(try latency(bound, system) <= hidden)
    #expect(try plain - latency(bound, system) >= Int64(kernels - 1) * 8_000_000)
  }
}
