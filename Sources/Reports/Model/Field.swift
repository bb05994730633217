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

  /// How long a column keeps its place where a terminal is narrow: the last of these goes first.
  package enum Rank: Int, Comparable, Sendable {
    /// What a row is about, and what it comes to: never left out.
    case essential
    /// What explains it.
    case supporting
    /// What is good to know.
    case incidental

    package static func < (left: Rank, right: Rank) -> Bool { left.rawValue < right.rawValue }
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
  /// How long it keeps its place where a terminal is narrow.
  package var rank: Rank
  /// Whether people get it above the table, once, where all rows have the same.
  package var isStatedOnce: Bool

  /// A field.
  ///
  /// - Parameters:
  ///   - title: The heading for people.
  ///   - unit: The unit that people see.
  ///   - key: The name for programs; the title by default.
  ///   - display: How people see the values; as texts by default.
  ///   - readers: Who gets it.
  ///   - rank: How long it keeps its place where a terminal is narrow.
  ///   - isStatedOnce: Whether people get it above the table, once, where all rows have the same.
  package init(
    _ title: String, unit: String? = nil, key: String? = nil, _ display: Display = .text, for readers: Readers = .all,
    rank: Rank = .essential, isStatedOnce: Bool = false
  ) {
    self.key = key ?? title
    self.title = title
    self.unit = unit
    self.display = display
    self.readers = readers
    self.rank = rank
    self.isStatedOnce = isStatedOnce
  }

  /// Whether the values line up on their points.
  var isNumber: Bool { display != .text }
}
