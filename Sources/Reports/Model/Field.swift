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
