import Kernels
import Profiles
import Simulation
import Workloads

/// A decoder that an engine runs on a system.
package struct ServedDecoder: Sendable {
  /// The model.
  package var decoder: Decoder
  /// The engine's operators.
  package var operators: Workload
  /// Those that it runs where the framework takes them one by one.
  package var eagerOperators: Workload
  /// The system with the framework that runs prompts.
  package var prefill: System
  /// The system with the framework that runs next tokens.
  package var decode: System
  /// The formats of activations, weights and cache.
  package var formats: TensorFormats
  /// What predicts kernel times.
  package var kernelModel: KernelModel
  /// Plans of its steps that it shares with others; nil where it makes its own.
  package var plans: StepPlans?

  /// A decoder on an engine.
  package init(
    decoder: Decoder, operators: Workload, eagerOperators: Workload? = nil, prefill: System, decode: System,
    formats: TensorFormats,
    kernelModel: KernelModel = .calibrated
  ) {
    self.decoder = decoder
    self.operators = operators
    self.eagerOperators = eagerOperators ?? operators
    self.prefill = prefill
    self.decode = decode
    self.formats = formats
    self.kernelModel = kernelModel
  }

  /// How the model is spread over devices.
  package var parallelism: Parallelism { decode.parallelism }

  /// The engine; both systems have the same.
  package var engine: EngineProfile { decode.engine ?? EngineProfile() }

  /// Whether a step's latency is that of steps back to back, where the host works ahead.
  package var decodeLatencyKind: LatencyKind { engine.isOverlapped ? .steadyState : .synchronized }

  /// A step as a scenario: its operators, on the framework that runs it.
  ///
  /// - Parameters:
  ///   - step: The step.
  ///   - latencyKind: Which latency is asked for.
  /// - Returns: The scenario.
  /// - Throws: What is wrong with the engine's file for such a decoder.
  package func scenario(_ step: EngineStep, _ latencyKind: LatencyKind) throws(WorkloadFault) -> Scenario {
    let (system, rows) = runner(of: step)
    var scenario = Scenario(
      workload: try bind(step, rows: rows, to: system.framework.mode == .eager ? eagerOperators : operators),
      system: system, precision: formats.activations,
      latencyKind: latencyKind, kernelModel: kernelModel)
    scenario.formats = formats
    return scenario
  }

  /// The system that runs a step, and how many rows its products have there.
  func runner(of step: EngineStep) -> (system: System, rows: Int64) {
    guard step.isDecode, decode.framework.mode == .graph, !engine.capturedBatches.isEmpty else {
      return (step.isDecode ? decode : prefill, step.tokens)
    }
    // A graph is replayed for as many requests as it was captured for; beyond the largest there is none.
    guard let captured = engine.capturedBatches.first(where: { $0 >= step.requests }) else {
      return (prefill, step.tokens)
    }
    return (decode, captured * step.queries)
  }

  /// The engine's operators for a step.
  private func bind(
    _ step: EngineStep, rows: Int64, to operators: Workload
  ) throws(WorkloadFault) -> BoundWorkload {
    var values = decoder.parameters(of: decoder.layers.first ?? DecoderLayer())
    values["batch"] = step.requests
    values["queries"] = step.queries
    values["keys"] = step.keys
    values["attended"] = step.keys
    values["causal"] = 1
    values["tokens"] = rows
    values["decoding"] = step.isDecode ? 1 : 0
    values["quantizes"] = formats.quantizesActivations ? 1 : 0
    values.merge(parallelism.values(of: decoder)) { $1 }
    var bound = try operators.bind(
      values, layers: decoder.layerBlocks,
      valuesOf: { layer in
        var own = decoder.parameters(of: layer)
        own.merge(parallelism.values(of: decoder)) { $1 }
        if layer.hasExperts, let experts = decoder.experts {
          own.merge(step.loads(of: experts, decoder.traits)) { $1 }
          own.merge(parallelism.values(of: experts, rows: rows)) { $1 }
        }
        if layer.isWindowed, let window = decoder.window, window < step.keys {
          own["attended"] = step.attended(inWindow: window)
          own["causal"] = step.queries == 1 ? 1 : 0
        }
        return own
      }, check: OperatorCheck.problem)
    bound.step = StepLoad(requests: step.requests, tokens: step.tokens)
    return bound
  }
}

/// What an engine runs in one step: so many new tokens for each of some requests, which attend to so many.
package struct EngineStep: Sendable, Hashable {
  /// Requests.
  package var requests: Int64
  /// New tokens of each.
  package var queries: Int64
  /// Tokens that the last new one of each attends to, itself among them.
  package var keys: Int64
  /// Whether its tokens are guesses that are checked: few for each request, in a step like those over one.
  package var isCheck = false

  /// New tokens of all requests: of unlike requests as many as they have, though `queries` is a mean.
  package var tokens: Int64

  /// A step of requests that are alike.
  ///
  /// - Parameters:
  ///   - requests: Requests.
  ///   - queries: New tokens of each.
  ///   - keys: Tokens that the last new one of each attends to.
  ///   - tokens: New tokens of all of them, where they are not alike.
  package init(requests: Int64, queries: Int64, keys: Int64, tokens: Int64? = nil) {
    self.requests = requests
    self.queries = queries
    self.keys = keys
    self.tokens = tokens ?? requests * queries
  }

  /// Whether it is over one next token for each request.
  package var isDecode: Bool { queries == 1 || isCheck }

  /// Keys that each token attends to, on average, where none attends to more than a window.
  ///
  /// The i-th of q new tokens attends to min(w, k - q + i) of k: all of a window, but for those near the beginning.
  func attended(inWindow window: Int64) -> Int64 {
    let first = keys - queries + 1
    // Tokens whose window reaches back beyond the beginning.
    let short = max(0, min(queries, window - first))
    let pairs = Double(short) * (Double(first) + Double(short - 1) / 2) + Double(queries - short) * Double(window)
    return max(1, Int64((pairs / Double(queries)).rounded()))
  }

  /// How many experts the step's tokens choose, on average, how many none does, and how many tokens come to one.
  func loads(of experts: Experts, _ traits: DecoderTraits) -> [String: Int64] {
    let (count, active) = (Double(experts.count), Double(experts.active))
    let touched = EvenChoice.touched(of: count, active: active, tokens: Double(tokens))
    let hit = min(experts.count, max(min(experts.active, experts.count), Int64(touched.rounded())))
    return [
      "experts_hit": hit, "experts_idle": traits.asksEveryExpert ? experts.count - hit : 0,
      "rows_per_expert": max(1, (tokens * experts.active + hit / 2) / hit),
    ]
  }
}
