import Profiles

/// Puts prompts into steps, as many tokens as an engine's budget allows.
struct PromptPacker {
  private let budget: Int64
  private let cutsPrompts: Bool
  private let share: Double
  private var steps: [(step: EngineStep, count: Int64)] = []
  /// The pieces of the step that is being filled: new tokens, what the last attends to, and how many requests.
  private var pieces: [(queries: Int64, keys: Int64, count: Int64)] = []
  private var used: Int64 = 0

  init(_ engine: EngineProfile) {
    budget = Int64(engine.maxTokens)
    cutsPrompts = engine.chunksPrompts
    share = engine.prefixHitFraction
  }

  /// Adds some requests with prompts of one length.
  mutating func add(_ prompt: Int64, _ count: Int64) {
    // The last token of a prompt is always computed: its logits are needed.
    let cached = min(prompt - 1, Int64((Double(prompt) * share).rounded(.down)))
    let new = prompt - cached
    var left = count
    while left > 0 {
      let fitting = (budget - used) / new
      if fitting > 0 {
        let taken = min(left, fitting)
        let wholes = used == 0 && taken == budget / new ? left / taken : 1
        if wholes > 1 {
          // Steps that are filled by such requests alone, all at once.
          close(with: (new, prompt, taken), times: wholes - 1)
          left -= taken * (wholes - 1)
        }
        take(new, prompt, min(left, taken))
        left -= min(left, taken)
      } else if cutsPrompts {
        addInParts(new, cached)
        left -= 1
      } else {
        flush()
        if new > budget {
          take(new, prompt, 1)
          left -= 1
        }
      }
      if used >= budget { flush() }
    }
  }

  /// One prompt that does not fit what is left of a step.
  private mutating func addInParts(_ new: Int64, _ cached: Int64) {
    var done: Int64 = 0
    while done < new {
      let part = min(new - done, budget - used)
      take(part, cached + done + part, 1)
      done += part
      if used >= budget { flush() }
    }
  }

  private mutating func take(_ queries: Int64, _ keys: Int64, _ count: Int64) {
    guard count > 0 else { return }
    pieces.append((queries, keys, count))
    used += queries * count
  }

  private mutating func flush() {
    guard !pieces.isEmpty else { return }
    append(Self.step(of: pieces), 1)
    pieces = []
    used = 0
  }

  private mutating func close(with piece: (queries: Int64, keys: Int64, count: Int64), times: Int64) {
    append(EngineStep(requests: piece.count, queries: piece.queries, keys: piece.keys), times)
  }

  private mutating func append(_ step: EngineStep, _ count: Int64) {
    if let last = steps.last, last.step == step {
      steps[steps.count - 1].count += count
    } else {
      steps.append((step, count))
    }
  }

  /// A bound on the number of different steps, before any is made.
  func mostSteps(_ groups: [(request: GenerationLoad.Request, count: Int64)]) -> Double {
    groups.reduce(0) { sum, group in
      let parts = (Double(group.request.prompt) / Double(budget)).rounded(.up)
      return sum + (parts > 1 ? parts * Double(group.count) : 2)
    }
  }

  mutating func finish() -> [(step: EngineStep, count: Int64)] {
    flush()
    return steps
  }

  /// The step of requests that are alike with as many tokens and as much attention as some pieces together.
  private static func step(of pieces: [(queries: Int64, keys: Int64, count: Int64)]) -> EngineStep {
    let requests = pieces.reduce(0) { $0 + $1.count }
    if pieces.count == 1 { return EngineStep(requests: requests, queries: pieces[0].queries, keys: pieces[0].keys) }
    let tokens = pieces.reduce(0) { $0 + $1.queries * $1.count }
    let queries = tokens == requests ? 1 : max(2, (tokens + requests / 2) / requests)
    let pairs = pieces.reduce(0.0) { sum, piece in
      sum + Double(piece.count) * Double(piece.queries) * (Double(piece.keys) - Double(piece.queries - 1) / 2)
    }
    let keys = pairs / Double(requests * queries) + Double(queries - 1) / 2
    return EngineStep(
      requests: requests, queries: queries, keys: max(queries, Int64(keys.rounded())), tokens: tokens)
  }
}
