import JSONText

/// A program that serves decoders: what it runs for one, in which framework, and what a step of its loop costs the host.
///
/// Times are microseconds on the reference host, of code that runs in its interpreter.
package struct EngineProfile: Sendable, Equatable {
  /// Stable identifier.
  package var name = ""
  /// Further names for the same profile.
  package var aliases: [String] = []
  /// The name that people read.
  package var title = ""
  /// The version that it describes.
  package var version = ""
  /// The parametric workload of its operators, by its name in the catalog's `workloads/engines`.
  package var operators = ""
  /// The framework, by name, that runs steps over prompts.
  package var prefillFramework = ""
  /// The framework, by name, that runs steps over one next token for each request.
  package var decodeFramework = ""
  /// The numbers of requests that graphs are captured for, ascending; empty where every number is.
  package var capturedBatches: [Int64] = []
  /// The operators that it runs where its framework takes them one by one, if they are others.
  package var eagerOperators: String?
  /// The library whose collectives it calls, by its name in interconnects' files.
  package var collectives = CollectiveLibrary.usual
  /// Whether the host's work for a step runs while the device runs the step before: 1, or 0.
  package var overlapped = 0.0
  /// Whether a step's requests are chosen when the one before it begins, though the host's work is not hidden: 1, or 0.
  package var schedulesAhead = 0.0
  /// Whether the cache is one tensor of the greatest length, all of which every step attends to.
  package var hasStaticCache = false
  /// The formats of weights in which it computes, where the device has units for them; others are converted.
  package var computedFormats: [Precision] = []
  /// How many weights of each format a compute unit converts in a clock; 0 for as many as arrive.
  package var conversionsPerClock: [Precision: Double] = [:]
  /// How its kernels for several groups' products run, where they are its own: the experts of a layer.
  package var groupedProducts = GroupedProductTiles()
  /// What each stage of a step costs the host.
  package var stages = Array(repeating: StageCost(), count: EngineStage.allCases.count)
  /// Threads of a rank that are busy beside its own: tokenizers, progress of collectives, output.
  package var helperThreads = 0.0
  /// The most requests in a step.
  package var maxRequests = 256.0
  /// The most tokens in a step.
  package var maxTokens = 8192.0
  /// Whether a prompt may be processed in several steps.
  package var chunksPrompts = true
  /// Whether a step over prompts goes before next tokens and has none of them, or both are in one step.
  package var runsPromptsFirst = false
  /// Whether the cache of a preempted request is moved to the host, or computed again.
  package var swapsPreempted = false
  /// Whether requests join and leave while others are served; an engine without runs a batch to its end.
  package var joinsRequests = true
  /// Processes that receive requests, turn text to tokens and back, and send answers.
  package var apiProcesses = 1.0
  /// Processes that schedule for several ranks, beside theirs.
  package var schedulerProcesses = 0.0
  /// Steps over next tokens for which the loop schedules, prepares and samples once.
  package var stepsPerSchedule = 1.0
  /// Tokens in a block of the cache.
  package var blockTokens = 16.0
  /// The share of the device's memory that it takes.
  package var memoryFraction = 0.9
  /// What captured graphs take of it, GB.
  package var graphsGB = 0.0
  /// The share of prompt tokens whose keys and values are in the cache already.
  package var prefixHitFraction = 0.0
  /// Where the numbers come from.
  package var provenance = Provenance()

  /// An empty profile, to be filled field by field.
  package init() {}

  /// Whether the host's work for a step runs while the device runs the step before.
  package var isOverlapped: Bool { overlapped > 0 }

  /// Whether who arrives while a step runs is in the one after the next.
  package var choosesAhead: Bool { isOverlapped || schedulesAhead > 0 }

  /// What a stage costs.
  package subscript(stage: EngineStage) -> StageCost {
    get { stages[stage.rawValue] }
    set { stages[stage.rawValue] = newValue }
  }

  /// What a stage costs in a step.
  ///
  /// - Parameters:
  ///   - stage: The stage.
  ///   - isDecode: Whether the step is over one next token for each request; of such ones the loop may schedule several at once.
  /// - Returns: The step's share.
  package func cost(of stage: EngineStage, isDecode: Bool) -> StageCost {
    isDecode && stage.isOncePerSchedule ? self[stage].divided(by: stepsPerSchedule) : self[stage]
  }

  /// Host time of a step beside its operators, microseconds.
  ///
  /// - Parameters:
  ///   - requests: Requests in the step.
  ///   - tokens: Tokens in it; as many where it is over next tokens.
  /// - Returns: The sum over the stages of the loop.
  package func stepUS(requests: Double, tokens: Double) -> Double {
    EngineStage.loop.reduce(0) {
      $0 + cost(of: $1, isDecode: tokens == requests).us(requests: requests, tokens: tokens)
    }
  }

  /// Threads of the host that are busy while the engine serves, beside those of its ranks.
  ///
  /// - Parameter ranks: Ranks of one host.
  /// - Returns: Processes that receive, and those that schedule where there are several ranks: one alone schedules for itself.
  package func processes(of ranks: Double) -> Double {
    joinsRequests ? apiProcesses + (ranks > 1 ? schedulerProcesses : 0) : 0
  }
}

/// A part of what an engine does on the host.
package enum EngineStage: Int, CaseIterable, Sendable {
  /// A request's way to the loop, once: its text to tokens, and between processes.
  case receive
  /// The choice of what a step runs.
  case schedule
  /// The tensors that it is given: tokens, positions, places in the cache.
  case prepare
  /// What follows the model: choosing tokens.
  case sample
  /// What becomes of the tokens: ends found, text made, requests told.
  case process
  /// What the receiving process does with a step's tokens, beside the loop: text made and sent.
  case respond

  /// The key in a file.
  package var key: String {
    switch self {
    case .receive: "receive"
    case .schedule: "schedule"
    case .prepare: "prepare"
    case .sample: "sample"
    case .process: "process"
    case .respond: "respond"
    }
  }

  /// The stages of every step.
  package static let loop: [EngineStage] = [.schedule, .prepare, .sample, .process]

  /// Whether a loop that schedules several steps at once spends it once for all of them: what becomes of each token is
  /// found out token by token all the same.
  var isOncePerSchedule: Bool { self == .schedule || self == .prepare || self == .sample }

  /// What it is, in one line.
  var meaning: String {
    switch self {
    case .receive: "receiving a request"
    case .schedule: "scheduling a step"
    case .prepare: "preparing a step's inputs"
    case .sample: "sampling"
    case .process: "processing a step's output"
    case .respond: "sending a step's tokens"
    }
  }
}

/// What a stage costs the host, microseconds on the reference host.
package struct StageCost: Sendable, Equatable {
  /// For each step.
  package var stepUS = 0.0
  /// For each request in it.
  package var requestUS = 0.0
  /// For each token in it.
  package var tokenUS = 0.0

  /// Nothing.
  package init() {}

  /// A share of it.
  func divided(by count: Double) -> StageCost {
    var cost = self
    cost.stepUS /= count
    cost.requestUS /= count
    cost.tokenUS /= count
    return cost
  }

  /// Of so many requests and tokens.
  package func us(requests: Double, tokens: Double) -> Double { stepUS + requestUS * requests + tokenUS * tokens }
}

extension EngineProfile: FieldDescribed {
  /// The word for such a profile in messages.
  package static let noun = "engine"

  /// Every number of the profile, with all that is known of it.
  package static let fields: [ProfileField<EngineProfile>] =
    EngineStage.allCases.flatMap(fields(of:)) + Precision.ofWeights.filter { $0.bytesPerElement < 2 }.map(conversion)
    + [
      .init(
        "overlapped", \.overlapped, leftOut: 0, NumberDomain(.count, .wholeBetween(0, 1), .threshold),
        "whether the host works while the device does",
        note: "1: on the next step, while one runs; 0, or left out: between steps",
        affects: .plan),
      .init(
        "schedules_ahead", \.schedulesAhead, leftOut: 0, NumberDomain(.count, .wholeBetween(0, 1), .threshold),
        "whether a step's requests are chosen when the one before it begins",
        note: "as overlapped if left out", affects: .plan),
      .init(
        "grouped_products.peak_fraction", \.groupedProducts.peakFraction, leftOut: 0, .fraction(0, 1),
        "share of the peak that products of several groups reach", note: "as single products if left out",
        affects: [.device, .plan]),
      .init(
        "grouped_products.block_rows", \.groupedProducts.blockRows, leftOut: 64,
        NumberDomain(.count, .wholeBetween(1, 4096), .threshold), "the most rows of a group in a block",
        note: "64 if left out", affects: [.device, .plan]),
      .init(
        "grouped_products.overlap", \.groupedProducts.overlap, leftOut: 2,
        NumberDomain(.count, .between(1, 100), .threshold),
        "exponent by which their arithmetic and their traffic overlap", note: "2 if left out",
        affects: [.device, .plan]),
      .init(
        "helper_threads", \.helperThreads, leftOut: 0, NumberDomain(.count, .between(0, 1024), .threshold),
        "busy threads of a rank beside its own", note: "0 if left out", affects: .host),
      .init(
        "api_processes", \.apiProcesses, leftOut: 1, NumberDomain(.count, .wholeBetween(1, 1024), .threshold),
        "processes that receive requests and send answers", note: "1 if left out", affects: .host),
      .init(
        "scheduler_processes", \.schedulerProcesses, leftOut: 0,
        NumberDomain(.count, .wholeBetween(0, 1024), .threshold), "processes that schedule for several ranks",
        note: "0 if left out", affects: .host),
      .init(
        "steps_per_schedule", \.stepsPerSchedule, leftOut: 1, NumberDomain(.count, .wholeBetween(1, 1024), .threshold),
        "steps over next tokens that are scheduled at once", note: "1 if left out", affects: .plan),
      .init(
        "max_num_seqs", \.maxRequests, .stepSize, "the most requests in a step", required: false, affects: .plan),
      .init(
        "max_num_batched_tokens", \.maxTokens, .stepSize, "the most tokens in a step", required: false, affects: .plan),
      .init(
        "block_tokens", \.blockTokens, .stepSize, "tokens in a block of the cache", required: false, affects: .plan),
      .init(
        "memory_fraction", \.memoryFraction, .fraction(0.01, 1), "share of the device's memory that it takes",
        required: false, affects: .plan),
      .init(
        "graphs_gb", \.graphsGB, leftOut: 0, .gigabytesOrNone, "memory of captured graphs", note: "0 if left out",
        affects: .plan),
      .init(
        "prefix_hit_fraction", \.prefixHitFraction, leftOut: 0, .fraction(0, 1),
        "share of prompt tokens that are in the cache", note: "0 if left out", affects: .plan),
    ]

  private static func fields(of stage: EngineStage) -> [ProfileField<EngineProfile>] {
    [
      ("step_us", "for each step", \StageCost.stepUS), ("request_us", "for each request in it", \StageCost.requestUS),
      ("token_us", "for each token in it", \StageCost.tokenUS),
    ].map { (key, words, path: WritableKeyPath<StageCost, Double> & Sendable) in
      ProfileField(
        "\(stage.key).\(key)", .microseconds, "host time of \(stage.meaning), \(words)", note: "0 if left out",
        required: false, affects: .host,
        read: { $0[stage][keyPath: path] == 0 ? nil : $0[stage][keyPath: path] },
        write: { $0[stage][keyPath: path] = $1 })
    }
  }

  private static func conversion(_ format: Precision) -> ProfileField<EngineProfile> {
    ProfileField(
      "conversions_per_clock.\(format.rawValue)", .conversionsPerClock,
      "\(format.rawValue) weights that a compute unit converts in a clock", note: "as many as arrive if left out",
      required: false, affects: [.device, .plan], read: { $0.conversionsPerClock[format] },
      write: { $0.conversionsPerClock[format] = $1 })
  }

  static let sourcePaths = SourcePaths(fields.map(\.path))
}
