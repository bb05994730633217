import Profiles
import Roofline
import Simulation
import Workloads

/// Tokens that are guessed ahead, all of which one step of the decoder confirms or refuses.
///
/// Leviathan, Kalman, Matias, "Fast Inference from Transformers via Speculative Decoding", ICML 2023: with each of k guesses
/// right with probability a, independently, a cycle gives (1 - a^(k+1)) / (1 - a) tokens on average.
package struct Speculation: Sendable {
  /// What guesses.
  package enum Draft: Sendable {
    /// A smaller decoder, served on the same system.
    case decoder(ServedDecoder)
    /// What followed the same words before: it costs the device nothing.
    case ngram
    /// Further layers of the decoder itself, one for each guess, with its head.
    case heads(ServedDecoder)
  }

  /// What guesses.
  package let draft: Draft
  /// How many tokens are guessed at once.
  package let tokens: Int64
  /// The share of guesses that are right, 0 to 1.
  package let acceptance: Double

  /// Guessing.
  package init(_ draft: Draft, tokens: Int64, acceptance: Double) {
    self.draft = draft
    self.tokens = tokens
    self.acceptance = acceptance
  }

  /// The decoder that guesses, whose weights lie beside the other's; nil for what has none of its own.
  package var drafter: ServedDecoder? {
    if case .decoder(let drafter) = draft { drafter } else { nil }
  }

  /// Tokens of a cycle, on average.
  package var tokensPerCycle: Double {
    var (sum, power) = (0.0, 1.0)
    for _ in 0...tokens {
      sum += power
      power *= acceptance
    }
    return sum
  }

  /// What a cycle takes in the middle of a generation.
  ///
  /// - Parameters:
  ///   - served: The decoder that confirms.
  ///   - load: The requests.
  ///   - simulator: How steps are simulated.
  /// - Returns: What a cycle takes, and what it gives.
  /// - Throws: `WorkloadFault` or `SimulationFault`.
  package func cycle(
    of served: ServedDecoder, _ load: GenerationLoad, with simulator: Simulator = Simulator()
  ) throws -> SpeculationResult {
    let keys = max(1, (load.promptTokens + load.outputTokens / 2) / load.batch)
    let guess = EngineStep(requests: load.batch, queries: 1, keys: keys)
    // The step that checks is replayed as one over next tokens is: its size never changes.
    var check = EngineStep(requests: load.batch, queries: tokens + 1, keys: keys + tokens)
    check.isCheck = true
    let confirmed = try Self.time(check, of: served, simulator)
    var guessed: Picoseconds = 0
    switch draft {
    case .ngram: break
    case .decoder(let drafter), .heads(let drafter):
      // Guesses are made within the step that checks them: its loop runs once.
      var within = drafter
      for stage in EngineStage.loop { within.decode.engine?[stage] = StageCost() }
      let once = try Self.time(guess, of: within, simulator)
      let (all, overflow) = once.count.multipliedReportingOverflow(by: tokens)
      guard !overflow, all < 1 << 61, confirmed.count < 1 << 61 else {
        throw SimulationFault.tooLong(estimatedSeconds: once.seconds * Double(tokens))
      }
      guessed = Picoseconds(all)
    }
    return SpeculationResult(
      cycle: confirmed + guessed, draft: guessed, tokensPerCycle: tokensPerCycle, guesses: tokens,
      acceptance: acceptance)
  }

  private static func time(
    _ step: EngineStep, of served: ServedDecoder, _ simulator: Simulator
  ) throws -> Picoseconds {
    let scenario = try served.scenario(step, served.decodeLatencyKind)
    return try PassPricer(scenario, scenario.plan(), with: simulator).time().latency
  }
}

/// What guessing ahead comes to.
package struct SpeculationResult: Sendable, Equatable {
  /// All of a cycle.
  package let cycle: Picoseconds
  /// The part of it that guesses.
  package let draft: Picoseconds
  /// Tokens of a cycle, on average.
  package let tokensPerCycle: Double
  /// How many tokens are guessed at once.
  package let guesses: Int64
  /// The share of guesses that are right.
  package let acceptance: Double

  /// The mean time of a token, microseconds.
  package var timePerTokenUS: Double { cycle.microseconds / tokensPerCycle }
}
