import Profiles
import Testing

@testable import Serving

/// How prompts are put into steps.
@Suite struct PromptPackerTests {
  /// An engine of a budget.
  static func engine(budget: Double, cutsPrompts: Bool = true, hits: Double = 0) -> EngineProfile {
    var engine = EngineProfile()
    engine.maxTokens = budget
    engine.chunksPrompts = cutsPrompts
    engine.prefixHitFraction = hits
    return engine
  }

  @Test("What fits the budget is one step") func fits() throws {
    let load = GenerationLoad(batch: 4, prompt: 1000, tokens: 1)
    let steps = try load.prefillSteps(of: Self.engine(budget: 8192))
    #expect(steps.map(\.step) == [EngineStep(requests: 4, queries: 1000, keys: 1000)])
    #expect(steps.map(\.count) == [1])
  }

  @Test("Equal steps that follow one another are one, counted") func equalSteps() throws {
    let load = GenerationLoad(batch: 10, prompt: 4096, tokens: 1)
    let steps = try load.prefillSteps(of: Self.engine(budget: 8192))
    #expect(steps.map(\.step) == [EngineStep(requests: 2, queries: 4096, keys: 4096)])
    #expect(steps.map(\.count) == [5])
  }

  @Test("A long prompt goes in parts that attend to the parts before") func parts() throws {
    let load = GenerationLoad(batch: 1, prompt: 20_000, tokens: 1)
    let steps = try load.prefillSteps(of: Self.engine(budget: 8192))
    #expect(
      steps.map(\.step) == [
        EngineStep(requests: 1, queries: 8192, keys: 8192), EngineStep(requests: 1, queries: 8192, keys: 16384),
        EngineStep(requests: 1, queries: 3616, keys: 20_000),
      ])
  }

  @Test("An engine that cuts no prompt takes a longer one whole") func whole() throws {
    let load = GenerationLoad(batch: 2, prompt: 20_000, tokens: 1)
    let steps = try load.prefillSteps(of: Self.engine(budget: 8192, cutsPrompts: false))
    #expect(steps.map(\.step) == [EngineStep(requests: 1, queries: 20_000, keys: 20_000)])
    #expect(steps.map(\.count) == [2])
  }

  @Test("No token is lost, whatever the lengths", arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
  func conservation(seed: UInt64) throws {
    var state = seed &* 0x9E37_79B9_7F4A_7C15
    func next(_ limit: Int64) -> Int64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int64(state >> 33) % limit + 1
    }
    let requests = (0..<20).map { _ in GenerationLoad.Request(prompt: next(5000), tokens: next(50)) }
    let load = GenerationLoad(requests)
    let steps = try load.prefillSteps(of: Self.engine(budget: 4096))
    let tokens = steps.reduce(0) { $0 + $1.step.tokens * $1.count }
    #expect(tokens == load.promptTokens, "seed \(seed)")
    #expect(steps.allSatisfy { $0.step.tokens <= 4096 }, "seed \(seed)")
  }

  @Test("What is in the cache already is not computed again, but for a last token") func hits() throws {
    let load = GenerationLoad(batch: 1, prompt: 1000, tokens: 1)
    #expect(
      try load.prefillSteps(of: Self.engine(budget: 8192, hits: 0.5)).map(\.step) == [
        EngineStep(requests: 1, queries: 500, keys: 1000)
      ])
    #expect(
      try load.prefillSteps(of: Self.engine(budget: 8192, hits: 1)).map(\.step) == [
        EngineStep(requests: 1, queries: 1, keys: 1000)
      ])
  }
}
