import JSONText

/// What a column of a report holds: its name and unit for programs, its heading for people, and how they see its numbers.
package struct Field: Sendable {
  /// Who gets a field.
  package struct Readers: OptionSet, Sendable {
    /// The readers, a bit for each.
    package let rawValue: Int

    /// Some readers.
    package init(rawValue: Int) { self.rawValue = rawValue }

    /// Who reads tables.
    package static let people = Readers(rawValue: 1)
    /// Who reads lines: CSV and JSON Lines.
    package static let lines = Readers(rawValue: 2)
    /// Who reads JSON.
    package static let json = Readers(rawValue: 4)
    /// Programs of both sorts.
    package static let programs: Readers = [.lines, .json]
    /// Everybody.
    package static let all: Readers = [.people, .lines, .json]
  }

  /// The name for programs, which ends in the unit of the values.
  package let key: String
  /// The heading for people.
  package let title: String
  /// The unit that people see, under the heading; nil for none.
  package let unit: String?
  /// How people see the values.
  package let display: Display
  /// Who gets it.
  package let readers: Readers

  /// A field.
  ///
  /// - Parameters:
  ///   - title: The heading for people.
  ///   - unit: The unit that people see.
  ///   - key: The name for programs; the title by default.
  ///   - display: How people see the values; as texts by default.
  ///   - readers: Who gets it.
  package init(
    _ title: String, unit: String? = nil, key: String? = nil, _ display: Display = .text, for readers: Readers = .all
  ) {
    self.key = key ?? title
    self.title = title
    self.unit = unit
    self.display = display
    self.readers = readers
  }

  /// Whether the values line up on their points.
  var isNumber: Bool { display != .text }
}

/// How people see values.
package enum Display: Hashable, Sendable {
  /// As texts, on the left; all others are numbers and line up on their points.
  case text
  /// In full.
  case plain
  /// Whole, in threes: `1,234`.
  case integer
  /// With so many decimals, in units of so much.
  case fixed(Int, per: Double = 1)
  /// With so many significant digits.
  case significant(Int)
  /// With four significant digits, in threes, as charts have them.
  case short
  /// A fraction in percent, whose sign is the heading's: `42.4`.
  case percent(Int)
  /// A fraction in percent with its sign: `42.4%`.
  case share(Int)
  /// A time in microseconds, in threes.
  case microseconds(Int)
  /// A time in milliseconds, in threes.
  case milliseconds(Int)

  /// A value as people see it.
  func text(of value: Value) -> String {
    switch (self, value) {
    case (.microseconds(let decimals), .time(let time?)): Self.fixed(time, 1e6, decimals)
    case (.milliseconds(let decimals), .time(let time?)): Self.fixed(time, 1e9, decimals)
    case (.integer, .count(let count?)): NumberFormat.integer(count)
    default: value.number.map(text(of:)) ?? (value.isMissing ? "-" : value.text)
    }
  }

  private func text(of number: Double) -> String {
    switch self {
    case .text, .plain, .integer, .microseconds, .milliseconds: NumberFormat.shortest(number)
    case .fixed(let decimals, let unit): NumberFormat.fixed(number / unit, decimals: decimals)
    case .significant(let digits): NumberFormat.significant(number, digits: digits)
    case .short: shortNumber(number)
    case .percent(let decimals): NumberFormat.fixed(number * 100, decimals: decimals)
    case .share(let decimals): NumberFormat.percent(number, decimals: decimals)
    }
  }

  private static func fixed(_ time: Int64, _ unit: Double, _ decimals: Int) -> String {
    NumberFormat.fixed(Double(time) / unit, decimals: decimals, grouping: .comma)
  }
}
