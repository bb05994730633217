import Profiles
import Workloads

/// How an engine puts requests into steps, and the cache that it has for them.
struct BatchRules: Sendable {
  /// The most requests that are worked on at once.
  var maxRequests = 256
  /// The most new tokens in a step.
  var maxTokens: Int64 = 8192
  /// Whether a prompt may be processed in several steps.
  var cutsPrompts = true
  /// Whether a step over prompts has no next tokens, and goes before those that have.
  var promptsFirst = false
  /// Whether the cache of a preempted request is moved to the host, and not computed again.
  var swaps = false
  /// Steps over next tokens that are chosen at once: nobody joins between them.
  var stepsPerSchedule = 1
  /// The share of a prompt's tokens that are in the cache already.
  var prefixShare = 0.0
  /// Tokens in a block of the cache.
  var blockTokens: Int64 = 16
  /// Bytes of a block in all layers whose cache grows without end.
  var blockBytes = 0.0
  /// Bytes of a token in all layers that keep a window, and how many tokens that is.
  var windowed = (tokenBytes: 0.0, tokens: Int64.max)
  /// Bytes of the cache.
  var capacity = Double.infinity

  /// Blocks that so many tokens take.
  func blocks(of tokens: Int64) -> Int64 { (tokens + blockTokens - 1) / blockTokens }

  /// Bytes that a request has in windowed layers from beginning to end: it is given them at once.
  func windowBytes(of request: ServedRequest) -> Double {
    windowed.tokenBytes == 0 ? 0 : Double(min(request.prompt + request.tokens, windowed.tokens)) * windowed.tokenBytes
  }

  /// Bytes that a request has in the cache before its last token.
  func bytes(of request: ServedRequest) -> Double {
    Double(blocks(of: request.prompt + request.tokens - 1)) * blockBytes + windowBytes(of: request)
  }

  /// The most tokens, prompt and generated ones, of a request that the cache holds.
  var longest: Int64 {
    var (low, high) = (Int64(0), Int64(1) << 40)
    while high - low > 1 {
      let middle = low + (high - low) / 2
      let request = ServedRequest(arrival: .zero, prompt: middle, tokens: 1)
      if bytes(of: request) <= capacity { low = middle } else { high = middle }
    }
    return low
  }

  /// Tokens of a prompt that need not be computed; the last one always is, since its logits are needed.
  func cached(of prompt: Int64) -> Int64 { min(prompt - 1, Int64((Double(prompt) * prefixShare).rounded(.down))) }
}

extension ServedDecoder {
  /// The rules of the engine, with the cache that is left beside weights, graphs and the activations of a full step.
  func batchRules(activationBytes: Double) -> BatchRules {
    var rules = BatchRules()
    rules.maxRequests = Int(min(engine.maxRequests, engine.maxTokens))
    rules.maxTokens = Int64(engine.maxTokens)
    rules.cutsPrompts = engine.chunksPrompts
    rules.promptsFirst = engine.runsPromptsFirst
    rules.swaps = engine.swapsPreempted
    rules.stepsPerSchedule = Int(engine.stepsPerSchedule)
    rules.prefixShare = engine.prefixHitFraction
    rules.blockTokens = Int64(engine.blockTokens)
    let whole = decoder.layers.filter { !$0.isWindowed || decoder.window == nil }.count
    let share = cacheShareOfRank
    rules.blockBytes = Double(whole) * tokenBytes * engine.blockTokens * share
    if let window = decoder.window {
      rules.windowed = (Double(decoder.layers.count - whole) * tokenBytes * share, window)
    }
    if let accelerator = decode.accelerator {
      let graphs = decode.framework.mode == .graph ? engine.graphsGB * 1e9 : 0
      let usable = accelerator.memory.capacityGB * 1e9 * engine.memoryFraction
      rules.capacity = usable - weightBytesOfRank - graphs - activationBytes
    }
    return rules
  }
}
