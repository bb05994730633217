import Roofline
import Simulation
import Testing

@testable import Serving

/// Which requests are in which step.
@Suite struct BatchSchedulerTests {
  /// A step takes so long; every sort of work differs.
  static func length(_ step: BatchStep) -> Picoseconds {
    Picoseconds(
      1_000 + 3 * step.decodes + step.keys + 7 * step.promptTokens + 2 * step.pairs + Int64(step.movedBytes) * 11)
  }

  /// What the scheduler makes of requests that are sorted by arrival.
  static func serve(_ rules: BatchRules, _ requests: [ServedRequest]) -> (
    finished: [ActiveRequest], times: [Int64: Int64]
  ) {
    var scheduler = BatchScheduler(rules)
    var (outcome, finished) = (StepOutcome(), [ActiveRequest]())
    var gaps: [Int64: Int64] = [:]
    var (now, next) = (Picoseconds.zero, 0)
    while next < requests.count || scheduler.running > 0 || scheduler.waiting > 0 {
      if scheduler.running == 0, scheduler.waiting == 0 { now = max(now, requests[next].arrival) }
      while next < requests.count, requests[next].arrival <= now {
        scheduler.add(requests[next])
        next += 1
      }
      let step = scheduler.next()
      now += length(step)
      scheduler.finish(step, at: now, &outcome)
      finished += outcome.finished
      for (time, count) in outcome.gaps { gaps[time.count, default: 0] += count }
    }
    #expect(scheduler.usedBytes == 0)
    return (finished, gaps)
  }

  static func requests(_ random: inout RandomSource) -> [ServedRequest] {
    var time: Int64 = 0
    return (0..<Int.random(in: 1...60, using: &random)).map { number in
      time += Int64.random(in: 0...20_000, using: &random) * Int64.random(in: 0...1, using: &random)
      return ServedRequest(
        number: number, arrival: Picoseconds(time), prompt: Int64.random(in: 1...90, using: &random),
        tokens: Int64.random(in: 1...40, using: &random))
    }
  }

  static func rules(_ random: inout RandomSource) -> BatchRules {
    var rules = BatchRules()
    rules.maxRequests = Int.random(in: 1...12, using: &random)
    rules.maxTokens = Int64(rules.maxRequests) + Int64.random(in: 0...100, using: &random)
    rules.cutsPrompts = Bool.random(using: &random)
    rules.promptsFirst = Bool.random(using: &random)
    rules.swaps = Bool.random(using: &random)
    rules.stepsPerSchedule = Bool.random(using: &random) ? 1 : Int.random(in: 2...8, using: &random)
    rules.prefixShare = Bool.random(using: &random) ? 0 : random.uniform()
    rules.blockTokens = [1, 2, 16].randomElement(using: &random) ?? 1
    rules.blockBytes = Double(rules.blockTokens)
    if Bool.random(using: &random) { rules.windowed = (0.5, 20) }
    // A request has 130 tokens at most.
    rules.capacity = Bool.random(using: &random) ? .infinity : Double(Int.random(in: 170...600, using: &random))
    return rules
  }

  @Test(arguments: 0..<300)
  func `request by request it is what a naive server does`(seed: UInt64) throws {
    var random = RandomSource(seed: seed)
    let (rules, requests) = (Self.rules(&random), Self.requests(&random))
    let served = Self.serve(rules, requests)
    var naive = NaiveServer(rules, length: Self.length)
    naive.serve(requests)
    #expect(served.finished.count == requests.count, "seed \(seed)")
    var gaps: [Int64: Int64] = [:]
    let byNumber = Dictionary(uniqueKeysWithValues: naive.finished.map { ($0.request.number, $0) })
    for request in served.finished {
      let other = try #require(byNumber[request.request.number])
      #expect(request.firstToken == other.times.first, "seed \(seed), request \(request.request.number)")
      #expect(request.lastToken == other.times.last, "seed \(seed), request \(request.request.number)")
      #expect(request.preemptions == other.preemptions, "seed \(seed), request \(request.request.number)")
      for (time, next) in zip(other.times, other.times.dropFirst()) { gaps[(next - time).count, default: 0] += 1 }
    }
    #expect(served.times == gaps, "seed \(seed)")
  }

  @Test func `random loads preempt, swap, cut and reuse`() {
    var (preempted, swapped, cut) = (0, 0, 0)
    for seed in 0..<300 {
      var random = RandomSource(seed: UInt64(seed))
      let (rules, requests) = (Self.rules(&random), Self.requests(&random))
      let count = Self.serve(rules, requests).finished.reduce(0) { $0 + $1.preemptions }
      preempted += count
      if rules.swaps { swapped += count }
      if rules.cutsPrompts, requests.contains(where: { $0.prompt > rules.maxTokens }) { cut += 1 }
    }
    #expect(preempted > 50 && swapped > 10 && cut > 10, "\(preempted), \(swapped), \(cut)")
  }

  /// Two prompts of 6 tokens in steps of 8: the first with 2 tokens of the second, then its first next token with the rest.
  @Test func `a step is filled with the beginning of the next prompt`() {
    var rules = BatchRules()
    rules.maxTokens = 8
    var scheduler = BatchScheduler(rules)
    for number in 0..<2 { scheduler.add(ServedRequest(number: number, arrival: 0, prompt: 6, tokens: 3)) }
    var outcome = StepOutcome()
    let first = scheduler.next()
    #expect(first == BatchStep(pieces: 2, promptTokens: 8, pairs: 21 + 3))
    scheduler.finish(first, at: 10, &outcome)
    #expect(outcome.started.map(\.request.number) == [0] && outcome.gaps.isEmpty)
    let second = scheduler.next()
    #expect(second == BatchStep(decodes: 1, keys: 7, pieces: 1, promptTokens: 4, pairs: 3 + 4 + 5 + 6))
    scheduler.finish(second, at: 25, &outcome)
    #expect(outcome.started.map(\.request.number) == [1] && outcome.gaps.map(\.time) == [15])
    let third = scheduler.next()
    #expect(third == BatchStep(decodes: 2, keys: 8 + 7))
    scheduler.finish(third, at: 30, &outcome)
    #expect(outcome.finished.map(\.request.number) == [0])
  }

  @Test func `prompts first hold up next tokens`() {
    var rules = BatchRules()
    rules.promptsFirst = true
    var scheduler = BatchScheduler(rules)
    var outcome = StepOutcome()
    scheduler.add(ServedRequest(number: 0, arrival: 0, prompt: 5, tokens: 3))
    scheduler.finish(scheduler.next(), at: 10, &outcome)
    scheduler.add(ServedRequest(number: 1, arrival: 0, prompt: 4, tokens: 2))
    let second = scheduler.next()
    #expect(second.decodes == 0 && second.promptTokens == 4)
    scheduler.finish(second, at: 20, &outcome)
    let third = scheduler.next()
    #expect(third == BatchStep(decodes: 2, keys: 6 + 5))
    scheduler.finish(third, at: 27, &outcome)
    #expect(outcome.gaps.map(\.time).sorted() == [7, 17])
  }
}
