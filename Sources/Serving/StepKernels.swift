import Kernels
import Roofline
import Simulation
import Workloads

/// The kernels of the steps of a generation, each with its time: what simulators of schedulers look up.
package struct StepKernels: Sendable {
  /// A kernel of a step, and how often it runs in it.
  package struct Entry: Sendable {
    /// `prefill` or `decode`.
    package let phase: String
    /// The step.
    package let step: EngineStep
    /// The kernel.
    package let kernel: Kernel
    /// How often it runs in the step.
    package let count: Int
    /// What it takes once.
    package let time: KernelTime
  }

  /// In the order in which they first run: of the first step over prompts, and of the last over next tokens.
  package private(set) var entries: [Entry] = []

  /// The kernels of a generation's first step over prompts and its last over next tokens.
  package init(_ served: ServedDecoder, _ load: GenerationLoad) throws {
    if let first = try load.prefillSteps(of: served.engine).first { try add("prefill", first.step, served) }
    if let last = load.decodeStretches(of: served.engine).last {
      let keys = last.firstKeys + (last.steps - 1) * last.growth
      try add("decode", EngineStep(requests: last.requests, queries: 1, keys: keys), served)
    }
  }

  private mutating func add(_ phase: String, _ step: EngineStep, _ served: ServedDecoder) throws(WorkloadFault) {
    let scenario = try served.scenario(step, .synchronized)
    let lowered = scenario.plan().lowered
    let times = scenario.kernelModel.model(of: scenario.system).times(of: lowered.kernels)
    var counts = Array(repeating: 0, count: lowered.kernels.count)
    lowered.statements.forEachLeaf { operation, times in
      for kernel in lowered.operations[operation].kernels { counts[kernel] += times }
    }
    for (index, kernel) in lowered.kernels.enumerated() {
      entries.append(Entry(phase: phase, step: step, kernel: kernel, count: counts[index], time: times[index]))
    }
  }
}
