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
    prefill.add(host: served.receiveTime(of: load))
    let steps = try load.prefillSteps(of: served.engine)
    for (index, (step, count)) in steps.enumerated() {
      let isLast = index == steps.count - 1
      let scenario = try served.scenario(step, .synchronized)
      let plan = scenario.plan()
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
      try prefill.add(ahead, launches: kernels, times: isLast ? count - 1 : count)
      if isLast { try prefill.add(alone, launches: kernels) }
    }
    for stretch in load.decodeStretches(of: served.engine) {
      try decode.add(stretch, of: served, simulator)
    }
    memory = ServedMemory(served, load, activationBytes: activations, of: largest, drafter: drafter)
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
