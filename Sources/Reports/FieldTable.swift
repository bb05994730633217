import JSONText
import Profiles

/// The numbers that a sort of profile has: what its files may state, and what is known of each.
package struct FieldTable: Sendable {
  /// The sorts of profiles, by the words that their schemas begin with.
  package static let nouns = [
    AcceleratorProfile.noun, ArchitectureProfile.noun, HostProfile.noun, FrameworkProfile.noun,
    EngineProfile.noun, InterconnectProfile.noun,
  ]

  /// The table; nil for a word that is no sort of profile.
  package static func table(of noun: String) -> Table? {
    switch noun {
    // An architecture's constants have a table of their own.
    case AcceleratorProfile.noun: table(noun, AcceleratorProfile.fields.filter { !$0.isShared })
    case ArchitectureProfile.noun: table(noun, ArchitectureProfile.fields)
    case HostProfile.noun: table(noun, HostProfile.fields)
    case FrameworkProfile.noun: table(noun, FrameworkProfile.fields)
    case EngineProfile.noun: table(noun, EngineProfile.fields)
    case InterconnectProfile.noun: table(noun, InterconnectProfile.fields)
    default: nil
    }
  }

  private static func table<Profile: FieldDescribed>(_ noun: String, _ fields: [ProfileField<Profile>]) -> Table {
    Table(
      named: noun, fields,
      [
        Column("number") { .text($0.path) }, Column("unit") { .text($0.domain.unit.rawValue) },
        Column("from", .plain, rank: .incidental) { .number($0.range.bounds.0) },
        Column("to", .plain, rank: .incidental) { .number($0.range.bounds.1) },
        Column("meaning") { field in
          let words = [
            field.meaning, field.note, field.isRequired ? "" : "optional",
            field.isRequired && field.isDerivable ? "the family's if left out" : "",
            field.domain.kind == .threshold ? "threshold" : "",
          ]
          return .text(words.filter { !$0.isEmpty }.joined(separator: "; "))
        },
      ])
  }
}
