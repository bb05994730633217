import Kernels
import Profiles
import Roofline
import Simulation
import Workloads

/// The price of every step that a scheduler may choose, from steps that are planned once each and what lies between them.
///
/// A simulated hour has a million steps, no two of the same sizes, and planning one takes milliseconds. So steps are planned
/// on a grid of sizes, when one near them is asked for, and others are interpolated:
/// - steps over next tokens by their requests, each up to 32 and then eight to an octave, and by the mean length of what they
///   attend to, two to an octave;
/// - steps over prompts by their tokens, eight to an octave, and between three plans of as many tokens that attend to little,
///   to one another, and to more, by the pairs of tokens;
/// - where both are in one step, its products run over all tokens, and attention over each kind's own.
struct StepPrices {
  private let served: ServedDecoder
  private let simulator: Simulator
  /// What decodes attend to in the plans; ascending.
  private let lengths: [Int64]
  private var decodes: [Int64: [StepPrice]] = [:]
  private var prompts: [Int64: [(pairs: Double, price: StepPrice)]] = [:]
  /// Host time of a request in a step.
  private let requestCost: Double

  /// Bytes of activations in the largest step over prompts.
  let activationBytes: Double

  /// The steps of a served decoder.
  ///
  /// - Parameters:
  ///   - served: The decoder, its engine and the system.
  ///   - longest: The most tokens that a request will have.
  ///   - simulator: How steps are simulated.
  /// - Throws: What is wrong with the engine's file for such a decoder.
  init(_ served: ServedDecoder, longest: Int64, with simulator: Simulator = Simulator()) throws {
    self.served = served
    self.simulator = simulator
    var lengths: [Int64] = []
    let ratio = 2.0.squareRoot()
    var length = 16.0
    while length < Double(longest) * ratio {
      lengths.append(Int64(length.rounded()))
      length *= ratio
    }
    self.lengths = lengths.isEmpty ? [16] : lengths
    let perRequest = EngineStage.loop.reduce(0) { $0 + served.engine[$1].requestUS }
    requestCost = Double(served.decode.hostTime(perRequest, in: .interpreter).count)
    let tokens = min(Int64(served.engine.maxTokens), max(longest, 1))
    let step = EngineStep(requests: 1, queries: tokens, keys: tokens)
    activationBytes = try served.prepared(step, .synchronized).plan.lowered.tensors.activations
  }

  /// What a step takes.
  mutating func price(of step: BatchStep) throws -> StepPrice {
    if step.pieces == 0 {
      return step.decodes == 0
        ? StepPrice() : try decode(step.decodes, keys: Double(step.keys) / Double(step.decodes))
    }
    var price = try prompt(step.promptTokens + step.decodes, pairs: Double(step.pairs))
    price.addHost(requestCost * Double(step.pieces + step.decodes - 1))
    if step.decodes > 0 {
      let length = Double(step.keys) / Double(step.decodes)
      let attention = try decode(step.decodes, keys: length).deviceBusy - decode(step.decodes, keys: 0).deviceBusy
      price.addDevice(max(0, attention))
    }
    return price
  }

  // MARK: Next tokens

  /// Steps over one next token for each of some requests, which attend to so many on average.
  private mutating func decode(_ requests: Int64, keys: Double) throws -> StepPrice {
    let (low, high) = Self.neighbors(of: requests, captured: served.engine.capturedBatches)
    let first = try decode(on: low, keys)
    guard high > low else { return first }
    return .between(first, try decode(on: high, keys), Double(requests - low) / Double(high - low))
  }

  private mutating func decode(on requests: Int64, _ keys: Double) throws -> StepPrice {
    let prices = try decodes[requests] ?? plan(requests)
    let above = lengths.firstIndex { Double($0) >= keys } ?? lengths.count - 1
    guard above > 0 else { return prices[0] }
    let (low, high) = (Double(lengths[above - 1]), Double(lengths[above]))
    return .between(prices[above - 1], prices[above], (keys - low) / (high - low))
  }

  private mutating func plan(_ requests: Int64) throws -> [StepPrice] {
    let prices = try StepTimes(served, with: simulator).decode(requests: requests, contexts: lengths).map { entry in
      StepPrice(
        latency: Double(entry.summary.latency.count), pace: Double(entry.summary.latency.count),
        deviceBusy: Double(entry.summary.deviceBusy.count), hostBusy: Double(entry.summary.hostBusy.count))
    }
    decodes[requests] = prices
    return prices
  }

  /// The sizes on the grid around one: the same twice where it is on it.
  ///
  /// - Parameters:
  ///   - requests: How many, at least 1.
  ///   - captured: Up to which numbers graphs are replayed: none is interpolated across the largest.
  /// - Returns: The smaller and the larger one.
  static func neighbors(of requests: Int64, captured: [Int64] = []) -> (Int64, Int64) {
    guard requests > 32 else { return (requests, requests) }
    let octave = Int64(1) << Int64(63 - requests.leadingZeroBitCount)
    let distance = max(8, octave / 8)
    let low = requests / distance * distance
    guard low < requests else { return (low, low) }
    guard let largest = captured.last else { return (low, low + distance) }
    if requests > largest { return low <= largest ? (requests, requests) : (low, low + distance) }
    return (low, min(low + distance, largest))
  }

  // MARK: Prompts

  /// Steps over so many tokens of which those of prompts attend to so many pairs.
  private mutating func prompt(_ tokens: Int64, pairs: Double) throws -> StepPrice {
    let (low, high) = Self.neighbors(of: tokens)
    let first = try prompt(on: low, pairs)
    guard high > low else { return first }
    return .between(first, try prompt(on: high, pairs), Double(tokens - low) / Double(high - low))
  }

  private mutating func prompt(on tokens: Int64, _ pairs: Double) throws -> StepPrice {
    let plans = try prompts[tokens] ?? planPrompts(tokens)
    guard plans.count > 1 else { return plans[0].price }
    let above = min(plans.count - 1, max(1, plans.firstIndex { $0.pairs >= pairs } ?? plans.count - 1))
    let (low, high) = (plans[above - 1], plans[above])
    // Below the first plan attention is next to nothing; beyond the last it goes on as it grew.
    return .between(low.price, high.price, max(0, (pairs - low.pairs) / (high.pairs - low.pairs)))
  }

  /// Three plans of as many tokens: in short prompts, in one, and in one that continues a long one.
  private mutating func planPrompts(_ tokens: Int64) throws -> [(pairs: Double, price: StepPrice)] {
    let short = min(tokens, 64)
    let many = max(1, tokens / short)
    var steps = [
      EngineStep(requests: 1, queries: tokens, keys: tokens),
      EngineStep(requests: 1, queries: tokens, keys: tokens + max(tokens, 4096)),
    ]
    if many > 1 { steps.insert(EngineStep(requests: many, queries: short, keys: short, tokens: tokens), at: 0) }
    let plans = try steps.map { step in
      let pairs = Double(step.requests * step.queries) * (Double(step.keys) - Double(step.queries - 1) / 2)
      return (pairs: pairs, price: try promptPrice(step))
    }
    prompts[tokens] = plans
    return plans
  }

  /// The price of a step over prompts as if it had one request.
  private func promptPrice(_ step: EngineStep) throws -> StepPrice {
    let (scenario, plan) = try served.prepared(step, .synchronized)
    let alone = try PassPricer(scenario, plan, with: simulator).time().summary
    let ahead =
      served.engine.isOverlapped
      ? try PassPricer(try served.prepared(step, .steadyState).scenario, plan, with: simulator).time().summary : alone
    let requests = requestCost * Double(step.requests - 1)
    return StepPrice(
      latency: Double(alone.latency.count) - requests, pace: Double(ahead.latency.count),
      deviceBusy: Double(alone.deviceBusy.count), hostBusy: Double(alone.hostBusy.count) - requests)
  }
}
