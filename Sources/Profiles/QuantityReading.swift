import JSONText

/// Why a text is no number of a unit.
public enum QuantityFault: Error, Sendable, Equatable {
  /// It does not begin with a number.
  case notANumber(text: String, unit: NumberUnit)
  /// What stands behind the number is no unit; the nearest that is one.
  case unknownUnit(text: String, symbol: String, unit: NumberUnit, suggestion: String?)
  /// What stands behind it is the unit of something else.
  case wrongDimension(text: String, symbol: String, unit: NumberUnit)
}

extension NumberUnit {
  /// The number that a text says, counted in this unit.
  ///
  ///     try NumberUnit.gigabytesPerSecond.number("3.35TB/s")  // 3350
  ///     try NumberUnit.gigabytes.number("80")                 // 80
  ///
  /// The conversion is exact: `3.35TB/s` is the very number that `3350` is.
  ///
  /// - Parameter text: A number, with a unit of the same dimension behind it or without one; a space may stand between.
  /// - Returns: The number.
  /// - Throws: ``QuantityFault``.
  package func number(_ text: some StringProtocol) throws(QuantityFault) -> Double {
    if let plain = decimalNumber(text) { return plain }
    let whole = String(text)
    let (digits, symbol) = Self.parts(of: whole)
    // No unit has a digit: 0x10 is no number of x10s.
    guard !digits.isEmpty, !symbol.contains(where: \.isNumber) else { throw .notANumber(text: whole, unit: self) }
    // A unit that no other spells is still its own.
    if symbol == rawValue, let plain = decimalNumber(digits) { return plain }
    let spellings = UnitSpelling.all.filter { $0.symbol == symbol }
    guard let spelling = spellings.first(where: { $0.dimension == dimension }) else {
      guard spellings.isEmpty else { throw .wrongDimension(text: whole, symbol: symbol, unit: self) }
      throw .unknownUnit(
        text: whole, symbol: symbol, unit: self,
        suggestion: nearestName(to: symbol, among: Self.spellings(of: dimension) + UnitSpelling.all.map(\.symbol)))
    }
    guard let number = scaledDecimal(digits, by: spelling.factor, exponent: spelling.exponent - exponent) else {
      throw .notANumber(text: whole, unit: self)
    }
    return number
  }

  /// The units that a number of a dimension may be written in, the usual ones first.
  private static func spellings(of dimension: Dimension) -> [String] {
    UnitSpelling.all.filter { $0.dimension == dimension }.map(\.symbol)
  }

  /// The units that this one's numbers may be written in, to be listed; empty where there is only itself.
  var usualSpellings: [String] { Array(Self.spellings(of: dimension).prefix(4)) }

  /// Whether a text has a unit behind its number.
  package static func hasUnit(_ text: some StringProtocol) -> Bool {
    let (digits, symbol) = parts(of: String(text))
    return !digits.isEmpty && !symbol.isEmpty
  }

  /// The longest number that a text begins with, and what stands behind it.
  private static func parts(of text: String) -> (digits: Substring, symbol: String) {
    var end = text.endIndex
    while end > text.startIndex, decimalNumber(text[..<end]) == nil { end = text.index(before: end) }
    return (text[..<end], String(text[end...].drop { $0 == " " }))
  }
}

extension QuantityFault: Fault {
  /// What is wrong, and the units that would be right.
  public var words: FaultWords { FaultWords("\(problem) (it is '\(oneLine(text))')") }

  /// The text that was read.
  private var text: String {
    switch self {
    case .notANumber(let text, _), .unknownUnit(let text, _, _, _), .wrongDimension(let text, _, _): text
    }
  }

  /// What the text must be, without the text.
  var problem: String {
    switch self {
    case .notANumber(_, let unit): "must be a number\(Self.units(of: unit))"
    case .unknownUnit(_, let symbol, let unit, let suggestion):
      "has the unknown unit '\(oneLine(symbol))'"
        + (suggestion.map { "; did you mean '\($0)'?" } ?? "; it needs a number\(Self.units(of: unit))")
    case .wrongDimension(_, let symbol, let unit):
      "must be \(unit.dimension.words)\(Self.units(of: unit)), and \(symbol) is the unit of "
        + (UnitSpelling.all.first { $0.symbol == symbol }?.dimension.words ?? "something else")
    }
  }

  private static func units(of unit: NumberUnit) -> String {
    let words = unit.words
    let own = words.isEmpty || words.hasPrefix("in ") ? words : "in " + words
    let others = unit.usualSpellings.filter { $0 != unit.rawValue }.prefix(2)
    return (own.isEmpty ? "" : " " + own)
      + (others.isEmpty ? "" : ", or with a unit such as \(others.joined(separator: " or "))")
  }
}

extension JSONCursor {
  /// A number of a domain: a JSON number in the unit of its key, or a string with a unit of its own, as `"3.35TB/s"`.
  ///
  /// - Throws: `JSONFault` for what is neither, and outside the domain's range.
  package func number(of domain: NumberDomain) throws(JSONFault) -> Double {
    guard case .string(let text) = value.content else { return try number(domain.range, unit: domain.unit.words) }
    // A string without a unit may be anything: numbers stand without quotes.
    guard NumberUnit.hasUnit(text) else { return try number(domain.range, unit: domain.unit.words) }
    let number: Double
    do throws(QuantityFault) { number = try domain.unit.number(text) } catch {
      throw fault(.described(problem: "\(error.problem) (it is \(quoted(text)))", advice: ""))
    }
    guard domain.range.contains(number) else {
      throw fault(.outOfRange(text: NumberFormat.shortest(number), range: domain.range, unit: domain.unit.words))
    }
    return number
  }
}
