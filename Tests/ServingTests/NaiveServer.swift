import Roofline

@testable import Serving

/// Continuous batching written down request by request, as slowly as can be: what the scheduler is held to.
struct NaiveServer {
  /// A request and everything about it.
  final class Request {
    let request: ServedRequest
    var generated: Int64 = 0
    /// Tokens in the cache.
    var cached: Int64 = 0
    /// Tokens that are to be in the cache before the next one is generated.
    var target: Int64
    var times: [Picoseconds] = []
    var preemptions = 0
    var isDecoding = false
    var isSwapped = false
    var isReturning = false
    /// Whether the step that is being made gives it a token, whose block it has been given.
    var isStepping = false

    init(_ request: ServedRequest) {
      self.request = request
      target = request.prompt
    }
  }

  /// A piece of a step: a request, and how many tokens are new.
  typealias Piece = (request: Request, tokens: Int64)

  let rules: BatchRules
  /// What a step takes.
  let length: (BatchStep) -> Picoseconds
  private(set) var finished: [Request] = []
  private var running: [Request] = []
  private var waiting: [Request] = []
  /// Steps over next tokens that run before anybody else is looked at.
  private var ahead = 0

  init(_ rules: BatchRules, length: @escaping (BatchStep) -> Picoseconds) {
    self.rules = rules
    self.length = length
  }

  private func bytes(_ request: Request, tokens: Int64) -> Double {
    Double((tokens + rules.blockTokens - 1) / rules.blockTokens) * rules.blockBytes
      + rules.windowBytes(of: request.request)
  }

  /// Bytes that all running ones hold: prompts are given all their blocks when they are admitted.
  private var used: Double {
    running.reduce(0) { sum, request in
      let tokens = request.isDecoding || request.isReturning ? request.cached : request.target
      return sum + bytes(request, tokens: tokens + (request.isStepping ? 1 : 0))
    }
  }

  /// Serves requests that are sorted by arrival.
  mutating func serve(_ requests: [ServedRequest]) {
    var now = Picoseconds.zero
    var next = 0
    while next < requests.count || !running.isEmpty || !waiting.isEmpty {
      if running.isEmpty, waiting.isEmpty { now = max(now, requests[next].arrival) }
      while next < requests.count, requests[next].arrival <= now {
        waiting.append(Request(requests[next]))
        next += 1
      }
      var step = BatchStep()
      let pieces = choose(&step)
      now += length(step)
      for piece in pieces { end(piece, at: now) }
      for request in running where request.isReturning {
        request.isReturning = false
        request.isDecoding = true
      }
    }
  }

  private mutating func choose(_ step: inout BatchStep) -> [Piece] {
    var pieces: [Piece] = []
    defer { ahead = step.pieces > 0 ? 0 : ahead > 0 ? ahead - 1 : rules.stepsPerSchedule - 1 }
    if ahead > 0, running.contains(where: \.isDecoding), running.allSatisfy(\.isDecoding) {
      addDecodes(&pieces, &step)
      return pieces
    }
    ahead = 0
    if rules.promptsFirst {
      addPrompts(&pieces, &step, budget: rules.maxTokens)
      if pieces.isEmpty, step.moves == 0 { addDecodes(&pieces, &step) }
    } else {
      let before = waiting.count
      addDecodes(&pieces, &step)
      addPrompts(&pieces, &step, budget: rules.maxTokens - Int64(pieces.count), admits: waiting.count <= before)
    }
    return pieces
  }

  private mutating func addDecodes(_ pieces: inout [Piece], _ step: inout BatchStep) {
    guard running.contains(where: \.isDecoding) else { return }
    func growth() -> Double {
      running.filter(\.isDecoding).reduce(0) { $0 + bytes($1, tokens: $1.cached + 1) - bytes($1, tokens: $1.cached) }
    }
    while used + growth() > rules.capacity, running.count > 1 {
      let last = running.removeLast()
      last.preemptions += 1
      if last.isDecoding {
        last.isSwapped = rules.swaps
        if rules.swaps {
          step.moves += 1
          step.movedBytes += bytes(last, tokens: last.cached)
        }
        last.target = last.request.prompt + last.generated
      }
      if !last.isSwapped { last.cached = 0 }
      last.isDecoding = false
      waiting.insert(last, at: 0)
    }
    for request in running where request.isDecoding {
      pieces.append((request, 1))
      request.isStepping = true
      step.decodes += 1
      step.keys += request.cached + 1
    }
  }

  private mutating func addPrompts(
    _ pieces: inout [Piece], _ step: inout BatchStep, budget: Int64, admits: Bool = true
  ) {
    var left = budget
    func add(_ request: Request, _ most: Int64) {
      let tokens = min(request.target - request.cached, most)
      pieces.append((request, tokens))
      step.pieces += 1
      step.promptTokens += tokens
      for token in 1...tokens { step.pairs += request.cached + token }
      left -= tokens
    }
    for request in running where !request.isDecoding && !request.isReturning && left > 0 { add(request, left) }
    while admits, left > 0, let request = waiting.first, running.count < rules.maxRequests {
      let hit = request.isSwapped ? request.cached : min(request.target - 1, rules.cached(of: request.request.prompt))
      let new = request.isSwapped ? 0 : request.target - hit
      if !rules.cutsPrompts, new > left, !pieces.isEmpty { break }
      let needed = bytes(request, tokens: request.isSwapped ? request.cached : request.target)
      if used + needed > rules.capacity { break }
      waiting.removeFirst()
      running.append(request)
      if request.isSwapped {
        request.isSwapped = false
        request.isReturning = true
        step.moves += 1
        step.movedBytes += needed
      } else {
        request.cached = hit
        add(request, rules.cutsPrompts ? left : new)
      }
    }
  }

  private mutating func end(_ piece: Piece, at time: Picoseconds) {
    let request = piece.request
    request.cached += piece.tokens
    request.isStepping = false
    guard request.isDecoding || request.cached == request.target else { return }
    request.isDecoding = true
    request.generated += 1
    request.times.append(time)
    if request.generated == request.request.tokens {
      finished.append(request)
      running.removeAll { $0 === request }
    }
  }
}
