import Profiles

/// What is generated: some requests, each with its prompt and the tokens that are generated for it.
package struct GenerationLoad: Sendable, Equatable {
  /// A request's lengths, tokens.
  package struct Request: Sendable, Hashable {
    /// Of the prompt, at least 1.
    package var prompt: Int64
    /// Generated, the first among them; at least 1.
    package var tokens: Int64

    /// A request.
    package init(prompt: Int64, tokens: Int64) {
      self.prompt = prompt
      self.tokens = tokens
    }
  }

  /// Requests of equal lengths, and how many of each.
  package private(set) var groups: [(request: Request, count: Int64)]

  /// So many requests of equal lengths.
  package init(batch: Int64, prompt: Int64, tokens: Int64) {
    groups = [(Request(prompt: prompt, tokens: tokens), batch)]
  }

  /// Requests of lengths of their own, at least one.
  package init(_ requests: [Request]) {
    groups = []
    for request in requests {
      if let last = groups.last, last.request == request {
        groups[groups.count - 1].count += 1
      } else {
        groups.append((request, 1))
      }
    }
  }

  /// The requests of one of so many replicas, dealt out one by one, the longest first.
  ///
  /// They are those of the first replica, which has the most of them, and none that another has is longer than its match.
  func share(of replicas: Int64) -> GenerationLoad {
    guard replicas > 1 else { return self }
    var share = self
    share.groups = []
    var dealt: Int64 = 0
    func rounds(_ requests: Int64) -> Int64 { (requests + replicas - 1) / replicas }
    let longestFirst = groups.sorted {
      ($0.request.tokens, $0.request.prompt) > ($1.request.tokens, $1.request.prompt)
    }
    for (request, count) in longestFirst {
      let own = rounds(dealt + count) - rounds(dealt)
      if own > 0 { share.groups.append((request, own)) }
      dealt += count
    }
    return share
  }

  /// How many requests there are.
  package var batch: Int64 { groups.reduce(0) { $0 + $1.count } }

  /// Tokens of all prompts.
  package var promptTokens: Int64 { groups.reduce(0) { $0 + $1.count * $1.request.prompt } }

  /// Tokens generated for all requests.
  package var outputTokens: Int64 { groups.reduce(0) { $0 + $1.count * $1.request.tokens } }

  /// The most tokens generated for one request.
  package var tokens: Int64 { groups.map(\.request.tokens).max() ?? 1 }

  package static func == (left: Self, right: Self) -> Bool {
    left.groups.count == right.groups.count
      && zip(left.groups, right.groups).allSatisfy { $0.request == $1.request && $0.count == $1.count }
  }

  // MARK: Steps

  /// The most different steps over prompts: each is planned by itself.
  static let stepLimit = 20_000

  /// The steps over the prompts, in order, and how often each runs.
  ///
  /// An engine takes as many tokens into a step as its budget allows, request by request; one that cuts no prompt takes
  /// whole ones, and a longer one by itself.
  ///
  /// - Parameter engine: The engine.
  /// - Returns: Equal steps that follow one another as one.
  /// - Throws: ``ServingFault/tooManySteps(_:limit:)``.
  package func prefillSteps(of engine: EngineProfile) throws(ServingFault) -> [(step: EngineStep, count: Int64)] {
    var packer = PromptPacker(engine)
    let most = packer.mostSteps(groups)
    guard most <= Double(Self.stepLimit) else { throw .tooManySteps(Int(min(most, 1e18)), limit: Self.stepLimit) }
    for (request, count) in groups { packer.add(request.prompt, count) }
    return packer.finish()
  }

  /// The stretches of steps over next tokens: in each the same requests go on, and their context grows by one.
  package func decodeStretches(of engine: EngineProfile) -> [DecodeStretch] {
    var stretches: [DecodeStretch] = []
    var done: Int64 = 1
    for last in Set(groups.map(\.request.tokens)).sorted() where last > done {
      let active = groups.filter { $0.request.tokens >= last }
      let requests = active.reduce(0) { $0 + $1.count }
      let contexts = active.reduce(0.0) { $0 + Double($1.count * $1.request.prompt) }
      let mean = Int64((contexts / Double(requests)).rounded())
      if engine.hasStaticCache {
        let length = active.map { $0.request.prompt + $0.request.tokens }.max() ?? 1
        stretches.append(DecodeStretch(requests: requests, firstKeys: length, steps: last - done, growth: 0))
      } else {
        stretches.append(DecodeStretch(requests: requests, firstKeys: mean + done, steps: last - done, growth: 1))
      }
      done = last
    }
    return stretches
  }
}

/// Steps over one next token for each of the same requests.
package struct DecodeStretch: Sendable, Hashable {
  /// Requests.
  package var requests: Int64
  /// Tokens that the new ones of the first step attend to, on average.
  package var firstKeys: Int64
  /// How many steps.
  package var steps: Int64
  /// By how much the context grows from step to step.
  package var growth: Int64
}
