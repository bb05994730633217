import JSONText
import Roofline

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
    case (.microseconds(let decimals), .time(let time?)): Self.fixed(time.microseconds, decimals)
    case (.milliseconds(let decimals), .time(let time?)): Self.fixed(time.milliseconds, decimals)
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

  private static func fixed(_ time: Double, _ decimals: Int) -> String {
    NumberFormat.fixed(time, decimals: decimals, grouping: .comma)
  }
}
