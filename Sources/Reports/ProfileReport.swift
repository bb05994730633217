import JSONText
import Profiles
import Studies

/// A profile that has a name, and says where its numbers are from.
package protocol NamedProfile: FieldDescribed {
  /// The name.
  var name: String { get }
  /// What people call it.
  var title: String { get }
  /// Where its numbers are from.
  var provenance: Provenance { get }
}

extension AcceleratorProfile: NamedProfile {}

extension HostProfile: NamedProfile {}

extension FrameworkProfile: NamedProfile {}

extension EngineProfile: NamedProfile {}

extension InterconnectProfile: NamedProfile {}

/// A number of a profile, and what is known of it.
struct ProfileNumber {
  let path: String
  let value: Double
  let unit: NumberUnit
  let source: Source?
  let meaning: String

  /// The numbers that a profile has, in the order of its fields.
  static func all<Profile: NamedProfile>(of profile: Profile) -> [ProfileNumber] {
    Profile.fields.compactMap { field in
      field.value(in: profile).map {
        ProfileNumber(
          path: field.path, value: $0, unit: field.domain.unit, source: profile.provenance.source(of: field.path),
          meaning: field.meaning)
      }
    }
  }

  /// The source in words, with its note, and with who says otherwise.
  var sourceText: String? {
    source.map { source in
      source.from + (source.date.isEmpty ? "" : ", \(source.date)") + (source.note.isEmpty ? "" : " (\(source.note))")
        + (source.range.map { "; \(path) is \(Self.text($0)) by source, the other \($0.otherFrom)" } ?? "")
    }
  }

  /// The figures that there are: `12600 to 15000`.
  static func text(_ range: SourceRange) -> String {
    "\(NumberFormat.shortest(range.figures.lowerBound)) to \(NumberFormat.shortest(range.figures.upperBound))"
  }
}

/// Every number of a profile with its source.
package struct ProfileReport: Report {
  private let name: String
  private let title: String
  private let numbers: [ProfileNumber]
  private let advice: String

  /// A report.
  ///
  /// - Parameters:
  ///   - profile: Whose numbers.
  ///   - advice: What can be done with them.
  package init<Profile: NamedProfile>(_ profile: Profile, advice: String) {
    name = profile.name
    title = profile.title
    self.advice = advice
    numbers = ProfileNumber.all(of: profile)
  }

  /// The sources, each once.
  private var notes: [String] { unique(numbers.compactMap(Self.note)) }

  private static func note(_ number: ProfileNumber) -> String? {
    number.source.flatMap { source in number.sourceText.map { "\(source.kind.rawValue): \($0)" } }
  }

  private var table: Table {
    let notes = notes
    return Table(
      named: "numbers", numbers,
      [
        Column("number") { .text($0.path) }, Column("value", .plain) { .number($0.value) },
        Column("unit", for: .programs) { .text($0.unit.rawValue) },
        Column("kind", for: .programs) { .text($0.source?.kind.rawValue) },
        Column("source") { number in
          let mark = Self.note(number).flatMap { notes.firstIndex(of: $0) }.map { "[\($0 + 1)]" }
          return Cell(.text(number.source?.from), shown: mark ?? "-")
        },
        Column("note", for: .programs) { .text($0.source?.note) },
        Column("date", for: .programs) { .text($0.source.flatMap { $0.date.isEmpty ? nil : $0.date }) },
        Column("derived_from", for: .programs) { .text($0.source?.family) },
        Column("range_low", for: .programs) { .number($0.source?.range?.figures.lowerBound) },
        Column("range_high", for: .programs) { .number($0.source?.range?.figures.upperBound) },
        Column("other_source", for: .programs) { .text($0.source?.range?.otherFrom) },
        Column("meaning", rank: .supporting) { .text($0.meaning) },
      ])
  }

  /// The numbers.
  package var tables: [Table] { [table] }

  /// The profile's name and its numbers.
  package var record: Record { ["name": .text(name), "title": .text(title), "numbers": .table(table)] }

  /// The numbers, and their sources as numbered notes.
  package var blocks: [ReportBlock] {
    [
      .line(title), .table(table.cut),
      .paragraphs(notes.enumerated().map { "[\($0.offset + 1)] \($0.element)" }, indent: 4), .line(advice),
    ]
  }
}
