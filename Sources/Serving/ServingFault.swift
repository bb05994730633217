import JSONText

/// Why something that is served cannot be simulated.
package enum ServingFault: Error, Sendable, Equatable {
  /// The prompts come to more different steps than are planned.
  case tooManySteps(Int, limit: Int)
  /// An engine whose operators do not say how they are spread in some way.
  case notSplit(engine: String, way: String)
  /// More stages than layers.
  case tooManyStages(Int64, layers: Int64)
  /// A size that so many ranks do not divide, and the counts that do.
  case undivided(Int64, size: String, of: Int64, doing: [Int64])
  /// An engine that runs a batch to its end and lets no request join it.
  case servesNone(engine: String)
  /// Replicas, of which one is simulated.
  case severalReplicas(Int64)
  /// Stages, whose steps overlap.
  case pipelined(Int64)
  /// A device with no memory left for a cache: how many bytes are missing, and how many devices would do.
  case noCache(decoder: String, missing: Double, devices: Int64?)
  /// A request that is longer than the whole cache.
  case requestTooLong(tokens: Int64, most: Int64)
  /// Experts to be spread, of a decoder that has none.
  case noExperts(decoder: String)
}

extension ServingFault: Fault {
  /// None: it is no file's.
  package var place: String? { nil }

  /// What is too much, and what would make it less.
  package var words: FaultWords {
    switch self {
    case .tooManySteps(let count, let limit):
      "the prompts come to \(count) different steps, and at most \(limit) are simulated; give "
        + "engine.max_num_batched_tokens more, or fewer and more equal requests"
    case .notSplit(let engine, let way):
      "the engine '\(engine)' has no \(way) parallelism; 'vllm', 'sglang' and 'tensorrt-llm' have"
    case .tooManyStages(let stages, let layers):
      "\(stages) stages are more than the model's \(layers) layers; a stage has one at least"
    case .undivided(let ranks, let size, let value, let doing):
      "\(ranks) ranks cannot share its \(size) of \(value); these can: \(doing.map(String.init).joined(separator: ", "))"
    case .servesNone(let engine):
      "the engine '\(engine)' runs a batch to its end, and no request joins it; 'vllm', 'sglang', 'tensorrt-llm' and 'tgi' "
        + "serve requests that arrive, and 'simulate generate' runs a batch"
    case .severalReplicas(let count):
      "one replica is simulated, and data=\(count) has \(count); leave it out, and give one the requests that are its own"
    case .pipelined(let stages):
      "a replica in \(stages) stages is not simulated; spread it with tensor=\(stages)"
    case .noCache(let decoder, let missing, let devices):
      "\(oneLine(decoder)) leaves no memory for a cache: \(NumberFormat.significant(missing / 1e9, digits: 3)) GB are missing"
        + (devices.map { "; --devices \($0) would hold it" } ?? "; narrower weights take less (--weights fp8, int4)")
    case .requestTooLong(let tokens, let most):
      "a request of \(NumberFormat.integer(Int(tokens))) tokens is more than the whole cache holds, which is "
        + "\(NumberFormat.integer(Int(most))); more devices, or narrower weights or cache, leave room for more"
    case .noExperts(let decoder): "'\(oneLine(decoder))' has no experts to spread; leave out expert="
    }
  }
}
