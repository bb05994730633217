import Kernels
import Profiles
import Roofline
import Simulation
import Workloads

/// Generation from beginning to end: the prompts, then every next token with its growing context.
package struct Generation: Sendable {
  /// What is generated.
  package let load: GenerationLoad
  /// All steps up to the last request's first token.
  package private(set) var prefill = StepSum()
  /// All steps after it.
  package private(set) var decode = StepSum()
  /// What it takes of a device's memory.
  package let memory: ServedMemory
  /// The fewest devices, by tensor parallelism, that hold it; nil where none do, or nothing is known of what holds it.
  package let smallestDevices: Int64?

  /// Simulates it.
  ///
  /// - Parameters:
  ///   - served: The decoder, its engine and the system.
  ///   - load: The requests.
  ///   - drafter: What guesses tokens ahead, for what it takes of the memory.
  ///   - simulator: How steps are simulated.
  /// - Throws: `WorkloadFault` where the engine's operators make no sense for the decoder, `SimulationFault` where the
  ///   simulated time is beyond bounds.
  /// - Complexity: A plan for each different step over prompts and three for each stretch of next tokens, and for each of
  ///   its steps the price of the kernels that grow.
  package init(
    _ served: ServedDecoder, _ load: GenerationLoad, drafter: ServedDecoder? = nil,
    with simulator: Simulator = Simulator()
  ) throws {
    self.load = load
    var activations = 0.0
    var largest: Int64 = 1
    // Replicas share the requests, and the one that has most of them is simulated.
    let share = load.share(of: served.parallelism.data)
    let stages = Int(served.parallelism.pipeline)
    prefill.add(host: served.receiveTime(of: load))
    let steps = try share.prefillSteps(of: served.engine)
    for (index, (step, count)) in steps.enumerated() {
      let isLast = index == steps.count - 1
      let (scenario, plan) = try served.prepared(step, .synchronized)
      if plan.lowered.tensors.activations > activations {
        (activations, largest) = (plan.lowered.tensors.activations, step.tokens)
      }
      let pricer = PassPricer(scenario, plan, with: simulator)
      let alone = try pricer.time().summary
      var ahead = alone
      if served.engine.isOverlapped, count > 1 || !isLast {
        ahead = try PassPricer(try served.scenario(step, .steadyState), plan, with: simulator).time().summary
      }
      // Where the host works ahead it waits for the device only once, for the first tokens.
      let kernels = plan.lowered.kernelCount
      // A step that another follows leaves the first stage to it.
      try prefill.add(ahead.divided(by: stages), launches: kernels, times: isLast ? count - 1 : count)
      if isLast { try prefill.add(alone, launches: kernels) }
    }
    for var stretch in share.decodeStretches(of: served.engine) {
      // Each stage works on requests of its own, as far as there are so many: what is missing is the pipeline's bubble.
      let batches = min(served.parallelism.pipeline, stretch.requests)
      stretch.requests = (stretch.requests + batches - 1) / batches
      try decode.add(stretch, of: served, simulator)
    }
    func memory(_ served: ServedDecoder, _ drafter: ServedDecoder?) -> ServedMemory {
      ServedMemory(served, load, activationBytes: activations, of: largest, drafter: drafter)
    }
    self.memory = memory(served, drafter)
    smallestDevices = served.smallestTensor { memory(served.spread($0), drafter?.spread($0)).fits }
  }

  /// The time to the last request's first token.
  package var timeToFirstToken: Picoseconds { prefill.latency }

  /// All of it.
  package var latency: Picoseconds { prefill.latency + decode.latency }

  /// The mean time of a step after the first token, microseconds; 0 where there is none.
  package var timePerOutputTokenUS: Double {
    decode.steps == 0 ? 0 : decode.latency.microseconds / Double(decode.steps)
  }

  /// Tokens generated for all requests in a second.
  package var tokensPerSecond: Double {
    latency == 0 ? 0 : Double(load.outputTokens) / latency.seconds
  }
}

extension StepSum {
  /// Adds the steps of a stretch of next tokens.
  fileprivate mutating func add(
    _ stretch: DecodeStretch, of served: ServedDecoder, _ simulator: Simulator
  ) throws {
    guard stretch.growth > 0 else {
      let keys = stretch.firstKeys
      var series = try DecodeSeries(served, requests: stretch.requests, keys: keys...keys, simulator)
      return try add(try series.summary(keys: keys), launches: series.launches, times: stretch.steps)
    }
    // A window that fills up is a bend in how sizes grow.
    let last = stretch.firstKeys + stretch.steps - 1
    var first = stretch.firstKeys
    while first <= last {
      var end = last
      if let window = served.decoder.window, first <= window { end = min(last, window) }
      var series = try DecodeSeries(served, requests: stretch.requests, keys: first...end, simulator)
      for keys in first...end { try add(try series.summary(keys: keys), launches: series.launches) }
      first = end + 1
    }
  }
}

extension ServedDecoder {
  /// Host time until all requests have reached the engine's loop.
  fileprivate func receiveTime(of load: GenerationLoad) -> Picoseconds {
    let us = engine[.receive].us(requests: Double(load.batch), tokens: Double(load.promptTokens))
    let host = decode.host
    return Picoseconds(costInMicroseconds: us / (host.singleThreadSpeed * host.speed[.interpreter]))
  }
}
