import Kernels
import Profiles
import Simulation
import Workloads

/// The times of single steps of a served decoder, by how many requests are in them and how long they are.
package struct StepTimes: Sendable {
  /// One step: what simulators of schedulers look up.
  package struct Entry: Sendable {
    /// The step.
    package let step: EngineStep
    /// What it takes.
    package let summary: PassSummary
    /// What the request's weights and cache take of the device's memory.
    package let memory: ServedMemory
    /// Kernels that it launches, or nodes that it replays.
    package let launches: Int
  }

  private let served: ServedDecoder
  private let simulator: Simulator

  /// The steps of a served decoder.
  package init(_ served: ServedDecoder, with simulator: Simulator = Simulator()) {
    self.served = served
    self.simulator = simulator
  }

  /// Steps over one next token for each of some requests, for several lengths of what they attend to.
  ///
  /// - Parameters:
  ///   - requests: How many requests.
  ///   - contexts: The lengths, tokens; in any order.
  /// - Returns: A step for each, in that order.
  /// - Throws: `WorkloadFault` or `SimulationFault`.
  /// - Complexity: Three plans for each side of a window, and for each length the price of the kernels that grow.
  package func decode(requests: Int64, contexts: [Int64]) throws -> [Entry] {
    var entries: [Int64: Entry] = [:]
    let sorted = Set(contexts).sorted()
    let window = served.decoder.window ?? .max
    for side in [sorted.filter { $0 <= window }, sorted.filter { $0 > window }] {
      guard let first = side.first, let last = side.last else { continue }
      var series = try DecodeSeries(served, requests: requests, keys: first...last, simulator)
      for keys in side {
        let load = GenerationLoad(batch: requests, prompt: keys, tokens: 1)
        entries[keys] = Entry(
          step: EngineStep(requests: requests, queries: 1, keys: keys), summary: try series.summary(keys: keys),
          memory: ServedMemory(served, load, activationBytes: 0), launches: series.launches)
      }
    }
    return contexts.compactMap { entries[$0] }
  }

  /// A step over whole prompts of one length.
  package func prefill(requests: Int64, prompt: Int64) throws -> Entry {
    let step = EngineStep(requests: requests, queries: prompt, keys: prompt)
    let (scenario, plan) = try served.prepared(step, .synchronized)
    let load = GenerationLoad(batch: requests, prompt: prompt, tokens: 1)
    return Entry(
      step: step, summary: try PassPricer(scenario, plan, with: simulator).time().summary,
      memory: ServedMemory(served, load, activationBytes: plan.lowered.tensors.activations),
      launches: plan.lowered.kernelCount)
  }
}
