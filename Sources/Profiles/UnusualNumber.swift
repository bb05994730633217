import JSONText

/// A profile of a part that was sold once: others of its years are its neighbors.
package protocol Released: FieldDescribed {
  /// The stable identifier.
  var name: String { get }
  /// Year and month of the release, or empty.
  var released: String { get }
}

extension AcceleratorProfile: Released {}

extension HostProfile: Released {}

/// A number far outside those of the parts that a catalog has of the same kind and the same years.
///
/// It may be right: that is for its author to say. Far more often a unit was mistaken.
package struct UnusualNumber: Sendable, Equatable {
  /// How many times the largest, or what part of the smallest, is questioned.
  package static let factor = 5.0
  /// How many years before and after a release are its time.
  static let years = 3
  /// The fewest neighbors that say what is usual.
  static let fewest = 5

  /// The number's path within its profile.
  package let path: String
  /// The number.
  package let value: Double
  /// What it is counted in.
  package let unit: NumberUnit
  /// The neighbors' smallest and largest.
  package let usual: ClosedRange<Double>
  /// How many neighbors there are.
  package let count: Int
  /// What they are, to be read after their number: `accelerators of 2020 to 2026`.
  package let neighbors: String

  /// The unit that was likely meant: the same digits in it are usual.
  package var likelyUnit: String? {
    let spellings = UnitSpelling.all.filter { $0.dimension == unit.dimension && $0.factor == 1 }
    return spellings.first { spelling in
      guard spelling.exponent != unit.exponent, unit.dimension != .share,
        let meant = scaledDecimal(NumberFormat.shortest(value), by: 1, exponent: spelling.exponent - unit.exponent)
      else { return false }
      return meant >= usual.lowerBound / 2 && meant <= usual.upperBound * 2
    }?.symbol
  }
}

extension UnusualNumber {
  /// The numbers of a profile that are far outside those of its neighbors.
  ///
  /// - Parameters:
  ///   - profile: The profile.
  ///   - catalog: The profiles of its kind.
  ///   - paths: Which numbers; nil for all.
  /// - Returns: The numbers, in the order of the fields. None for sorts of numbers that depend on more than the years:
  ///   thresholds, shares, and what a family's members have in common.
  package static func all<Profile: Released>(
    in profile: Profile, among catalog: [Profile], at paths: Set<String>? = nil
  ) -> [UnusualNumber] {
    let (neighbors, words) = neighbors(of: profile, among: catalog)
    return Profile.fields.compactMap { field in
      guard paths?.contains(field.path) ?? !field.isShared, field.domain.kind != .threshold,
        field.domain.unit != .fraction, let value = field.value(in: profile), value > 0
      else { return nil }
      let values = neighbors.compactMap { field.value(in: $0) }.filter { $0 > 0 }
      guard values.count >= fewest, let low = values.min(), let high = values.max(),
        value > high * factor || value < low / factor
      else { return nil }
      return UnusualNumber(
        path: field.path, value: value, unit: field.domain.unit, usual: low...high, count: values.count,
        neighbors: words)
    }
  }

  /// The others of the same years, or all others where those are too few.
  private static func neighbors<Profile: Released>(
    of profile: Profile, among catalog: [Profile]
  ) -> (profiles: [Profile], words: String) {
    let others = catalog.filter { $0.name != profile.name && !$0.released.isEmpty }
    let noun = "\(Profile.noun)s"
    guard let year = Int(profile.released.prefix(4)) else { return (others, "\(noun) of the catalog") }
    let span = (year - years)...(year + years)
    let near = others.filter { Int($0.released.prefix(4)).map(span.contains) ?? false }
    guard near.count >= fewest else { return (others, "\(noun) of the catalog") }
    return (near, "\(noun) of \(span.lowerBound) to \(span.upperBound)")
  }
}

extension UnusualNumber: CustomStringConvertible {
  /// What is unusual, and what was likely meant.
  package var description: String {
    func text(_ number: Double) -> String {
      NumberFormat.shortest(number) + (unit.words.isEmpty ? "" : " \(unit.rawValue)")
    }
    let isLarge = value > usual.upperBound
    let times = isLarge ? value / usual.upperBound : usual.lowerBound / value
    let question =
      "\(path) is \(text(value)), \(NumberFormat.significant(times, digits: 2)) times "
      + (isLarge ? "more than the most" : "less than the least")
      + " of \(count) \(neighbors) (\(text(usual.lowerBound)) to \(text(usual.upperBound)))"
    guard let likelyUnit else { return question }
    return question
      + "; if \(NumberFormat.shortest(value)) \(likelyUnit) is meant, write \(NumberFormat.shortest(value))\(likelyUnit)"
  }
}
