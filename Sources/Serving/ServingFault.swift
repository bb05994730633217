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
    case .noExperts(let decoder): "'\(oneLine(decoder))' has no experts to spread; leave out expert="
    }
  }
}
