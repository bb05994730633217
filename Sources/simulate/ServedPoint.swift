import CommandSyntax
import JSONText
import Profiles

/// What tells one run of a served decoder from another.
enum Axis: String, CaseIterable, Sendable {
  case decoder, accelerator, engine, host, framework, precision, weights, cache, batch, prompt, tokens, context

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

  /// The values of a list.
  static func items(_ text: String) -> [String] {
    text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }
}

/// One run: a value for each axis that was given.
struct ServedPoint: Sendable, Hashable {
  private var values: [Axis: String] = [:]

  /// The value on an axis; nil where none was given.
  subscript(axis: Axis) -> String? {
    get { values[axis] }
    set { values[axis] = newValue }
  }

  /// The number on an axis, which has been checked.
  func length(_ axis: Axis) -> Int64? { values[axis].flatMap { Int64($0) } }

  /// The same without its lengths: what is served, whatever the requests.
  var withoutLengths: ServedPoint {
    var point = self
    for axis in Axis.allCases where axis.isNumber { point.values[axis] = nil }
    return point
  }

  /// The formats of tensors, and in which products with weights are computed.
  func formats(_ system: System) -> TensorFormats {
    func format(_ axis: Axis) -> Precision? { values[axis].flatMap(Precision.init(rawValue:)) }
    let peaks = system.accelerator?.peakTFLOPS
    // What has no units for it computes in the format that it has.
    let wide: Precision = peaks?[.bf16] == nil && peaks?[.fp16] != nil ? .fp16 : .bf16
    let asked = format(.precision)
    var formats = TensorFormats(asked ?? wide)
    if asked == .fp8 {
      // Activations are kept wide between products: what is narrow is what products and attention read.
      formats = TensorFormats(wide)
      formats.cache = .fp8
    }
    if let cache = format(.cache) { formats.cache = cache }
    return formats.with(weights: format(.weights) ?? (asked == .fp8 ? .fp8 : formats.weights), of: system)
  }
}

extension TensorFormats {
  /// The same with weights in another format: computed in it where engine and accelerator do, and else converted.
  func with(weights: Precision, of system: System) -> TensorFormats {
    var formats = self
    formats.weights = weights
    let engine = system.engine ?? EngineProfile()
    let isNarrow = weights.bytesPerElement < activations.bytesPerElement
    // Units for a narrow format that are slower than those for the activations' are not used.
    let peaks = system.accelerator?.peakTFLOPS
    let isFaster = (peaks?[weights] ?? 0) > (peaks?[activations] ?? .infinity)
    formats.weightArithmetic =
      isNarrow && isFaster && engine.computedFormats.contains(weights) ? weights : activations
    formats.conversionsPerClock = formats.convertsWeights ? engine.conversionsPerClock[weights] : nil
    return formats
  }
}

/// Runs side by side: every combination of some values.
struct ServedPoints: Sendable {
  /// The axes with their values; the first varies slowest.
  private(set) var axes: [(axis: Axis, values: [String])] = []

  /// The most runs of one command.
  static let limit = 1_000_000

  /// The axes on which runs differ.
  var varied: [Axis] { axes.filter { $0.values.count > 1 }.map(\.axis) }

  /// Adds an axis.
  ///
  /// - Throws: ``Failure`` for a value that is blank, there twice, or not of its sort.
  mutating func add(
    _ axis: Axis, _ values: [String], of words: Message, _ command: ParsedCommand
  ) throws(Failure) {
    var seen: Set<String> = []
    for value in values {
      guard !value.isEmpty else {
        throw .usage(words + " has an empty value; leave out the comma\n" + command.helpHint)
      }
      guard seen.insert(value).inserted else {
        throw .usage(words + " has '\(value)' twice; leave one out\n" + command.helpHint)
      }
      if !axis.choices.isEmpty, !axis.choices.contains(value) {
        let nearest: Message = nearestName(to: value, among: axis.choices).map { "; did you mean '\($0)'?" } ?? ""
        throw .usage(
          words + " must be one of \(axis.choices.joined(separator: ", ")) (it is '\(value)')" + nearest + "\n"
            + command.helpHint)
      }
      if axis.isNumber {
        guard let number = Int64(value), (1...axis.limit).contains(number) else {
          throw .usage(
            words + " must be a whole number from 1 to \(axis.limit) (it is '\(value)')\n" + command.helpHint)
        }
      }
    }
    axes.removeAll { $0.axis == axis }
    axes.append((axis, values))
    let count = axes.reduce(1.0) { $0 * Double($1.values.count) }
    guard count <= Double(Self.limit) else {
      throw .usage("\(NumberFormat.integer(Int(count))) runs are too many; at most \(NumberFormat.integer(Self.limit))")
    }
  }

  /// Every combination, the last axis varying fastest.
  var points: [ServedPoint] {
    axes.reduce([ServedPoint()]) { points, axis in
      points.flatMap { point in
        axis.values.map { value in
          var next = point
          next[axis.axis] = value
          return next
        }
      }
    }
  }
}
