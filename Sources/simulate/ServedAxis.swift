import JSONText
import Profiles

/// What tells one run of a served decoder from another.
enum ServedAxis: String, CaseIterable, Sendable {
  case decoder, accelerator, engine, host, framework, precision, weights, cache, devices, interconnect
  case batch, prompt, tokens, context, rate, concurrency

  /// The options of `generate` that may be lists.
  static let ofGeneration: [ServedAxis] =
    [.engine, .host, .framework, .precision, .weights, .cache, .devices, .interconnect, .batch, .prompt, .tokens]

  /// The options of `serve` that may be lists.
  static let ofServing = ofGeneration.filter { $0 != .batch } + [.rate, .concurrency]

  /// What tells steps of a sweep from one another.
  static let ofSteps: [ServedAxis] = allCases.filter { ![.tokens, .rate, .concurrency].contains($0) }

  /// Whether it is a length or a count.
  var isNumber: Bool {
    switch self {
    case .batch, .prompt, .tokens, .context, .concurrency: true
    default: false
    }
  }

  /// The words that it may be; empty for names and numbers.
  var choices: [String] {
    switch self {
    case .precision: ["fp32", "fp16", "bf16", "fp8"]
    case .weights: Precision.ofWeights.map(\.rawValue)
    case .cache: Precision.ofCaches.map(\.rawValue)
    default: []
    }
  }

  /// Why a word is none of its choices, to stand behind the option's name, and what may have been meant.
  func refusal(of value: String) -> Message {
    let words: Message = " must be one of \(choices.joined(separator: ", ")) (it is '\(value)')"
    if self == .precision, Self.weights.choices.contains(value) {
      return words + "; --weights \(value) keeps the weights in it"
    }
    return words + (nearestName(to: value, among: choices).map { "; did you mean '\($0)'?" } ?? "")
  }

  /// Whether it is a number with decimals, above 0.
  var isRate: Bool { self == .rate }

  /// The largest number that it may be.
  var limit: Int64 {
    switch self {
    case .batch, .rate, .concurrency: 1_000_000
    case .tokens: 1_000_000
    default: 10_000_000
    }
  }

  /// The values of a list on the axis.
  func items(_ text: String) -> [String] { self == .devices ? Parallelism.items(text) : Self.items(text) }

  /// The values of a list.
  static func items(_ text: String) -> [String] {
    text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }
}
