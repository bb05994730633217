import EventEngine
import JSONText
import Kernels
import Profiles
import Roofline
import Simulation
import Workloads

extension FuzzTarget {
  /// A workload: read, bound with its own parameters and with others, lowered, priced, and simulated if it is short.
  static let workload = FuzzTarget("workload") { bytes throws(FuzzFinding) in
    try readAndRun(bytes)
  }

  /// A formula alone, as a dimension: read and computed, and nothing is run.
  static let formula = FuzzTarget("formula") { bytes throws(FuzzFinding) in
    guard let text = String(validating: bytes, as: UTF8.self) else { return }
    var writer = JSONWriter()
    writer.value(text)
    let document = """
      {"schema": "workload/1", "name": "f", "parameters": {"batch": 3, "n": 7},
       "program": [{"operator": "aten::relu", "inputs": [[\(writer.text)]]}]}
      """
    let workload: Workload
    do throws(JSONFault) { workload = try Workload(bytes: Array(document.utf8), file: "fuzz.json") } catch {
      return try checkRefusal(error)
    }
    for values in [[:], ["batch": 1, "n": 1_000_000_000]] as [[String: Int64]] {
      do throws(WorkloadFault) { _ = try workload.bindChecked(values) } catch { try checkRefusal(error) }
    }
  }

  private static func readAndRun(_ bytes: [UInt8]) throws(FuzzFinding) {
    let workload: Workload
    do throws(JSONFault) { workload = try Workload(bytes: bytes, file: "fuzz.json") } catch {
      return try checkRefusal(error)
    }
    let names = workload.parameters.map(\.name)
    for values in [[:], Dictionary(uniqueKeysWithValues: names.map { ($0, Int64(7)) })] {
      let bound: BoundWorkload
      do throws(WorkloadFault) { bound = try workload.bindChecked(values) } catch {
        try checkRefusal(error)
        continue
      }
      for name in ["pytorch-eager", "torch-compile-graphs", "onnxruntime"] {
        guard let framework = try? catalog.framework(named: name) else { continue }
        var system = sampleSystem
        system.framework = framework
        try simulateFuzzed(bound, system)
        guard framework.mode != .graph else { continue }
        system.accelerator = nil
        try simulateFuzzed(bound, system)
      }
    }
  }
}

/// Simulates a pass, if it is short, by every method: they must agree, and the account must sum to the latency.
func simulateFuzzed(_ workload: BoundWorkload, _ system: System) throws(FuzzFinding) {
  let scenario = Scenario(workload: workload, system: system, precision: system.accelerator == nil ? .fp32 : .fp16)
  let plan = scenario.plan()
  let table = scenario.price(plan)
  guard plan.counts.instructions < 2000, table.queueDepth <= 4096 else { return }
  var first: PassTiming?
  for method in Simulator.Method.allCases {
    let timing: PassTiming
    do throws(SimulationFault) {
      timing = try Simulator(eventLimit: 2_000_000, method: method).time(
        plan.program, table, .steadyState, counts: plan.counts)
    } catch {
      try checkRefusal(error)
      continue
    }
    try checkAccount(timing.account, of: timing.latency, busy: timing.deviceBusy)
    if let first, first.latency != timing.latency || first.deviceBusy != timing.deviceBusy {
      throw FuzzFinding("\(method.rawValue) says \(timing.latency), another method \(first.latency)")
    }
    first = timing
  }
}

/// No part of a time is negative, the parts sum to it, and the device does not work for longer.
///
/// - Parameters:
///   - account: The parts.
///   - time: What they are parts of.
///   - busy: How long the device works.
///   - unexplained: How much of the time may be in no part: waiting for nothing that was recorded.
/// - Throws: ``FuzzFinding`` that says what does not hold.
func checkAccount(
  _ account: Account, of time: Picoseconds, busy: Picoseconds, unexplained: Picoseconds = .zero
) throws(FuzzFinding) {
  let parts = CostCategory.allCases.map { account[$0.rawValue] }
  guard parts.allSatisfy({ $0 >= 0 }) else { throw FuzzFinding("a part below zero: \(parts)") }
  guard (0...unexplained.count).contains(time.count - parts.reduce(0, +)) else {
    throw FuzzFinding("parts \(parts) do not sum to \(time)")
  }
  guard busy >= 0, busy <= time else { throw FuzzFinding("busy for \(busy) of \(time)") }
}
