import Roofline

/// Puts requests into steps: continuous batching (Yu et al., "Orca", OSDI 2022) over a cache of blocks (Kwon et al., "Efficient
/// memory management for large language model serving with PagedAttention", SOSP 2023).
///
/// It knows no times. Requests that get next tokens are counted and not visited: a step over them costs the same for one as
/// for a thousand, until one of them ends or the cache is full.
struct BatchScheduler: Sendable {
  /// How steps are made.
  let rules: BatchRules
  /// Requests whose prompts are being processed, in order of admission.
  private(set) var prompting: [ActiveRequest] = []
  /// Requests that get next tokens, in the order in which they joined.
  private(set) var decoding: [ActiveRequest] = []
  /// Requests whose caches come back in this step: they decode from the next one on.
  private var returning: [ActiveRequest] = []
  /// Those that have not been admitted, in order of arrival.
  private var arrived = WaitingLine<ServedRequest>()
  /// Those that were preempted, and go before them; the last one first.
  private var preempted: [ActiveRequest] = []
  /// How often any was admitted.
  private var admissions = 0
  /// Steps over next tokens that have run.
  private var steps: Int64 = 0
  /// When the last of them gave its tokens.
  private var lastStepTime: Picoseconds = .zero
  /// Tokens that the next tokens of all that decode attend to.
  private var keys: Int64 = 0
  /// How many at the end of `decoding` have not been in a step over next tokens yet.
  private var fresh = 0
  /// The first step that ends a request.
  private var nextEnd = Int64.max
  /// Steps over next tokens that have been chosen and not run yet.
  private var chosenAhead = 0
  /// How many of those that decode fill their last block at the same time, by the place of their tokens in it.
  private var phases: [Int64]
  /// Bytes of the cache that are taken.
  private(set) var usedBytes = 0.0

  init(_ rules: BatchRules) {
    self.rules = rules
    phases = Array(repeating: 0, count: Int(rules.blockTokens))
  }

  /// Requests that wait to be admitted.
  var waiting: Int { arrived.count + preempted.count }

  /// Requests that are worked on.
  var running: Int { decoding.count + prompting.count + returning.count }

  /// Adds a request behind those that wait.
  mutating func add(_ request: ServedRequest) { arrived.append(request) }

  // MARK: The next step

  /// Chooses what is run next; nothing where no request is there.
  mutating func next() -> BatchStep {
    var step = BatchStep()
    if chosenAhead > 0, prompting.isEmpty, !decoding.isEmpty {
      chosenAhead -= 1
      addDecodes(to: &step)
      return step
    }
    step = schedule()
    chosenAhead = step.pieces == 0 ? rules.stepsPerSchedule - 1 : 0
    return step
  }

  /// Chooses with an eye on those that wait.
  private mutating func schedule() -> BatchStep {
    var step = BatchStep()
    if rules.promptsFirst {
      addPrompts(to: &step, budget: rules.maxTokens)
      if step.isEmpty { addDecodes(to: &step) }
      return step
    }
    let waitedBefore = preempted.count
    addDecodes(to: &step)
    // Whoever had to go leaves no room for others.
    let isFull = preempted.count > waitedBefore
    addPrompts(to: &step, budget: rules.maxTokens - step.decodes, admits: !isFull)
    return step
  }

  /// Every request that decodes gets its next token, once there is a block for each that begins one; for want of blocks
  /// the last admitted ones are preempted.
  private mutating func addDecodes(to step: inout BatchStep) {
    guard !decoding.isEmpty else { return }
    var bytes = newBlockBytes
    while usedBytes + bytes > rules.capacity, running > 1 {
      preemptLast(&step)
      bytes = newBlockBytes
    }
    usedBytes += bytes
    step.decodes = Int64(decoding.count)
    step.keys = keys
  }

  /// Bytes of the blocks that the next step over next tokens begins.
  private var newBlockBytes: Double {
    Double(phases[phase(of: 1 % rules.blockTokens - steps)]) * rules.blockBytes
  }

  private func phase(of offset: Int64) -> Int {
    let rest = offset % rules.blockTokens
    return Int(rest < 0 ? rest + rules.blockTokens : rest)
  }

  /// Pieces of the prompts that are being processed, then of those that are admitted.
  private mutating func addPrompts(to step: inout BatchStep, budget: Int64, admits: Bool = true) {
    var left = budget
    for index in prompting.indices where left > 0 {
      left -= addPiece(of: index, to: &step, atMost: left)
    }
    guard admits else { return }
    while left > 0, running < rules.maxRequests, let candidate {
      let isAlone = step.pieces == 0 && step.decodes == 0
      let new = candidate.isSwapped ? 0 : candidate.target - cached(of: candidate)
      // What is not cut goes in whole, and by itself if it is longer than any step.
      guard rules.cutsPrompts || new <= left || isAlone, admit(candidate, &step) else { return }
      guard new > 0 else { continue }
      left -= addPiece(of: prompting.count - 1, to: &step, atMost: rules.cutsPrompts ? left : new)
    }
  }

  private mutating func addPiece(of index: Int, to step: inout BatchStep, atMost most: Int64) -> Int64 {
    let before = prompting[index].computed
    let piece = min(prompting[index].target - before, most)
    prompting[index].computed += piece
    step.pieces += 1
    step.promptTokens += piece
    step.pairs += piece * before + piece * (piece + 1) / 2
    return piece
  }

  private func cached(of request: ActiveRequest) -> Int64 {
    // Of a preempted request the generated tokens are computed again as well.
    min(request.target - 1, rules.cached(of: request.request.prompt))
  }

  /// Who is admitted next.
  private var candidate: ActiveRequest? {
    preempted.last ?? arrived.first.map(ActiveRequest.init)
  }

  /// Gives a request its blocks, if there are enough.
  private mutating func admit(_ candidate: ActiveRequest, _ step: inout BatchStep) -> Bool {
    let bytes = heldBytes(by: candidate)
    guard usedBytes + bytes <= rules.capacity else { return false }
    usedBytes += bytes
    if preempted.popLast() == nil { arrived.take() }
    var request = candidate
    request.admission = admissions
    admissions += 1
    if request.isSwapped {
      request.isSwapped = false
      step.moves += 1
      step.movedBytes += bytes
      returning.append(request)
    } else {
      request.computed = cached(of: request)
      prompting.append(request)
    }
    return true
  }

  /// Bytes of a request before its next token: of all tokens that are in the cache then, but the one that a step over next
  /// tokens puts there.
  private func heldBytes(by request: ActiveRequest) -> Double {
    let tokens = request.isSwapped ? request.target - 1 : request.target
    return Double(rules.blocks(of: tokens)) * rules.blockBytes + rules.windowBytes(of: request.request)
  }

  // MARK: What came of it

  /// Ends a step.
  ///
  /// - Parameters:
  ///   - step: What was run.
  ///   - time: When its tokens are there.
  ///   - outcome: What came of it; what it held before is dropped.
  mutating func finish(_ step: BatchStep, at time: Picoseconds, _ outcome: inout StepOutcome) {
    outcome.gaps.removeAll(keepingCapacity: true)
    outcome.finished.removeAll(keepingCapacity: true)
    outcome.started.removeAll(keepingCapacity: true)
    if step.decodes > 0 { finishDecodes(at: time, &outcome) }
    for request in returning { join(request) }
    returning.removeAll(keepingCapacity: true)
    if step.pieces > 0 { finishPrompts(at: time, &outcome) }
  }

  private mutating func finishDecodes(at time: Picoseconds, _ outcome: inout StepOutcome) {
    let steady = decoding.count - fresh
    if steady > 0 { outcome.gaps.append((time - lastStepTime, Int64(steady))) }
    for request in decoding.suffix(fresh) { outcome.gaps.append((time - request.lastToken, 1)) }
    fresh = 0
    lastStepTime = time
    steps += 1
    keys += Int64(decoding.count)
    guard steps >= nextEnd else { return }
    var (kept, end) = (0, Int64.max)
    for index in decoding.indices {
      if decoding[index].lastStep <= steps {
        outcome.finished.append(leave(decoding[index]))
      } else {
        end = min(end, decoding[index].lastStep)
        decoding[kept] = decoding[index]
        kept += 1
      }
    }
    decoding.removeLast(decoding.count - kept)
    nextEnd = end
  }

  private mutating func finishPrompts(at time: Picoseconds, _ outcome: inout StepOutcome) {
    var kept = 0
    for index in prompting.indices {
      var request = prompting[index]
      guard request.computed == request.target else {
        prompting[kept] = request
        kept += 1
        continue
      }
      request.generated += 1
      if request.generated == 1 {
        request.firstToken = time
        outcome.started.append(request)
      } else {
        outcome.gaps.append((time - request.lastToken, 1))
      }
      request.lastToken = time
      if request.generated == request.request.tokens {
        usedBytes -= heldBytes(by: request)
        outcome.finished.append(request)
      } else {
        request.target += 1
        join(request)
      }
    }
    prompting.removeLast(prompting.count - kept)
  }

  /// Lets a request get next tokens from the next step on, which attends to `target` tokens.
  private mutating func join(_ request: ActiveRequest) {
    var request = request
    // The token that the next step computes has no block yet where it begins one.
    request.keysOffset = request.target - steps
    request.firstStep = steps
    request.lastStep = steps + request.request.tokens - request.generated
    keys += request.target
    phases[phase(of: request.keysOffset)] += 1
    nextEnd = min(nextEnd, request.lastStep)
    fresh += 1
    decoding.append(request)
  }

  /// Takes a request out of those that decode: as it is, with its blocks given back.
  private mutating func leave(_ request: ActiveRequest) -> ActiveRequest {
    var request = request
    let done = steps - request.firstStep
    request.generated += done
    request.target = request.keysOffset + steps
    if done > 0 { request.lastToken = lastStepTime }
    keys -= request.target
    phases[phase(of: request.keysOffset)] -= 1
    usedBytes -=
      Double(rules.blocks(of: request.target - 1)) * rules.blockBytes + rules.windowBytes(of: request.request)
    return request
  }

  /// Sends the last admitted request back to those that wait.
  private mutating func preemptLast(_ step: inout BatchStep) {
    var request: ActiveRequest
    let last = decoding.indices.max { decoding[$0].admission < decoding[$1].admission }
    if let prompt = prompting.last, prompt.admission > (last.map { decoding[$0].admission } ?? -1) {
      request = prompting.removeLast()
      usedBytes -= heldBytes(by: request)
    } else if let last {
      if last >= decoding.count - fresh { fresh -= 1 }
      let before = usedBytes
      request = leave(decoding.remove(at: last))
      if rules.swaps {
        request.isSwapped = true
        step.moves += 1
        step.movedBytes += before - usedBytes
      }
    } else {
      return
    }
    request.computed = 0
    request.preemptions += 1
    preempted.append(request)
  }
}
