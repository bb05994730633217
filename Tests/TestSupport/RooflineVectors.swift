import JSONText
import Roofline

/// A quotient of whole numbers, as vectors state them: `4096/3`, `17` or `0.5`.
public struct Rational: Sendable, Equatable {
  /// What stands above the bar.
  public let numerator: Int128
  /// What stands below it, greater than zero.
  public let denominator: Int128

  /// Reads a number; nil for a text that is none.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    if parts.count == 2, let upper = Int128(parts[0]), let lower = Int128(parts[1]), lower > 0 {
      (numerator, denominator) = (upper, lower)
      return
    }
    let digits = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 1, digits.count <= 2, let whole = Int128(digits.joined()) else { return nil }
    numerator = whole
    denominator = digits.count == 2 ? digits[1].reduce(1) { product, _ in product * 10 } : 1
  }

  /// The nearest `Double`, but for the rounding of a quotient of large numbers.
  public var value: Double { Double(numerator) / Double(denominator) }
}

/// A value of a vector.
public indirect enum VectorValue: Sendable, Equatable {
  /// A word.
  case word(String)
  /// A number.
  case number(Rational)
  /// Whether something is so.
  case flag(Bool)
  /// Several values.
  case list([VectorValue])
  /// Values by name.
  case record([String: VectorValue])

  init(_ value: JSONValue) {
    switch value.content {
    case .string(let text): self = Rational(text).map { .number($0) } ?? .word(text)
    case .number(let number): self = Rational(number.text).map { .number($0) } ?? .word(number.text)
    case .boolean(let flag): self = .flag(flag)
    case .array(let items): self = .list(items.map { VectorValue($0) })
    case .object(let members):
      self = .record(Dictionary(uniqueKeysWithValues: members.map { ($0.key, VectorValue($0.value)) }))
    case .null: self = .word("null")
    }
  }
}

/// A case of roofline math from `docs/vectors/roofline`: inputs, and what they come to.
public struct RooflineVector: Sendable, CustomStringConvertible {
  /// The file, without its ending.
  public let file: String
  /// What the case is called.
  public let name: String
  /// The class whose formula it is of.
  public let kind: String
  /// What goes in.
  public let inputs: [String: VectorValue]
  /// What comes out.
  public let expected: [String: VectorValue]

  /// The file and the name.
  public var description: String { "\(file): \(name)" }

  /// All vectors of all files, or those of one class.
  public static func all(of kind: String? = nil) throws -> [RooflineVector] {
    try files.flatMap { try read($0) }.filter { kind == nil || $0.kind == kind }
  }

  /// The files, without their ending.
  public static let files = [
    "attention", "ceilings", "collective", "convolution", "energy", "grouped_matrix_multiply", "hierarchical",
    "inverse",
    "matrix_multiply", "mixture_of_experts", "normalization", "operators", "pass_over_memory", "pooling", "quantities",
    "recurrent_cell", "roofline", "sum",
  ]

  private static func read(_ file: String) throws -> [RooflineVector] {
    let path = packageRoot + "/docs/vectors/roofline/\(file).json"
    let document = try JSONDocument(bytes: readFileBytes(path, limit: 1 << 24), file: path)
    var object = try document.cursor.object()
    let kind = try object.required("class").string()
    return try object.required("vectors").array().map { cursor in
      var vector = try cursor.object()
      func values(_ key: String) throws -> [String: VectorValue] {
        guard case .record(let values) = VectorValue(try vector.required(key).value) else { return [:] }
        return values
      }
      return RooflineVector(
        file: file, name: try vector.required("name").string(),
        kind: try vector.optional("class").map { try $0.string() } ?? kind, inputs: try values("inputs"),
        expected: try values("expected"))
    }
  }

  // MARK: What goes in

  /// A number, exact or rounded once; the test fails where there is none.
  public func double(_ key: String) -> Double { Self.double(inputs[key]) }

  /// A whole number.
  public func int(_ key: String) -> Int { Self.int(inputs[key]) }

  /// A whole number that may not be given.
  public func optionalInt(_ key: String) -> Int? { inputs[key].map { Self.int($0) } }

  /// Whole numbers.
  public func ints(_ key: String) -> [Int] { Self.list(inputs[key]).map { Self.int($0) } }

  /// Numbers.
  public func doubles(_ key: String) -> [Double] { Self.list(inputs[key]).map { Self.double($0) } }

  /// A word.
  public func word(_ key: String) -> String {
    guard case .word(let word)? = inputs[key] else { preconditionFailure("\(self) has no word \(key)") }
    return word
  }

  /// Whether something is so.
  public func flag(_ key: String) -> Bool { inputs[key] == .flag(true) }

  /// The elements of a list.
  public static func list(_ value: VectorValue?) -> [VectorValue] {
    guard case .list(let items)? = value else { return [] }
    return items
  }

  /// A number's value.
  public static func double(_ value: VectorValue?) -> Double {
    guard case .number(let number)? = value else { preconditionFailure("\(String(describing: value)) is no number") }
    return number.value
  }

  /// A whole number's value.
  public static func int(_ value: VectorValue?) -> Int {
    guard case .number(let number)? = value, number.denominator == 1 else {
      preconditionFailure("\(String(describing: value)) is no whole number")
    }
    return Int(number.numerator)
  }

  // MARK: What comes out

  /// How a number differs from the one expected, in words; nil where it does not, but for the rounding of a few operations.
  public func difference(_ key: String, from found: Double?) -> String? {
    let words =
      "\(self): \(key): found \(found.map { "\($0)" } ?? "none"), expected \(String(describing: expected[key]))"
    switch (expected[key], found) {
    case (.word("none")?, nil): return nil
    case (.word("infinity")?, let found?): return found == .infinity ? nil : words
    case (.number(let number)?, let found?):
      let right = number.value
      return found == right || abs(found - right) <= 8 * max(abs(found), abs(right)).ulp ? nil : words
    default: return words
    }
  }

  /// The same of a count, which is exact.
  public func difference(_ key: String, fromCount found: Int128?) -> String? {
    let words =
      "\(self): \(key): found \(found.map { "\($0)" } ?? "none"), expected \(String(describing: expected[key]))"
    switch (expected[key], found) {
    case (.word("none")?, nil): return nil
    case (.number(let number)?, let found?): return number == Rational(whole: found) ? nil : words
    default: return words
    }
  }

  /// The same of a word.
  public func difference(_ key: String, fromWord found: String) -> String? {
    expected[key] == .word(found)
      ? nil : "\(self): \(key): found \(found), expected \(String(describing: expected[key]))"
  }
}

extension Rational {
  /// A whole number.
  public init(whole: Int128) {
    numerator = whole
    denominator = 1
  }
}
