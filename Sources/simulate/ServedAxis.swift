import Profiles

/// What tells one run of a served decoder from another.
enum ServedAxis: String, CaseIterable, Sendable {
  case decoder, accelerator, engine, host, framework, precision, weights, cache, devices, interconnect
  case batch, prompt, tokens, context

  /// Whether `generate` has an option of that name, which may be a list.
  var isOption: Bool {
    switch self {
    case .decoder, .accelerator, .context: false
    default: true
    }
  }

  /// Whether it is a length or a count.
  var isNumber: Bool {
    switch self {
    case .batch, .prompt, .tokens, .context: true
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

  /// The largest number that it may be.
  var limit: Int64 {
    switch self {
    case .batch: 1_000_000
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
