import JSONText

/// Why something that is served cannot be simulated.
package enum ServingFault: Error, Sendable, Equatable {
  /// The prompts come to more different steps than are planned.
  case tooManySteps(Int, limit: Int)
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
    }
  }
}
