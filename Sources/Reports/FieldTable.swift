import Profiles

/// The numbers that a sort of profile has: what its files may state, and what is known of each.
public struct FieldTable: Sendable {
  /// The sorts of profiles, by the words that their schemas begin with.
  public static let nouns = [
    AcceleratorProfile.noun, ArchitectureProfile.noun, HostProfile.noun, FrameworkProfile.noun,
  ]

  /// The table; nil for a word that is no sort of profile.
  public static func table(of noun: String) -> TextTable? {
    switch noun {
    // An architecture's constants have a table of their own.
    case AcceleratorProfile.noun: table(AcceleratorProfile.fields.filter { !$0.isShared })
    case ArchitectureProfile.noun: table(ArchitectureProfile.fields)
    case HostProfile.noun: table(HostProfile.fields)
    case FrameworkProfile.noun: table(FrameworkProfile.fields)
    default: nil
    }
  }

  private static func table<Profile>(_ fields: [ProfileField<Profile>]) -> TextTable {
    var table = TextTable(columns: [
      TextTable.Column("number"), TextTable.Column("unit"), TextTable.Column("from", alignment: .number),
      TextTable.Column("to", alignment: .number), TextTable.Column("meaning"),
    ])
    for field in fields {
      let (low, high) = field.range.bounds
      let words =
        [
          field.meaning, field.note, field.isRequired ? "" : "optional",
          field.domain.kind == .threshold ? "threshold" : "",
        ]
      table.append([
        TextTable.Cell(field.path), TextTable.Cell(field.domain.unit.rawValue), limit(low), limit(high),
        TextTable.Cell(words.filter { !$0.isEmpty }.joined(separator: "; ")),
      ])
    }
    return table
  }

  private static func limit(_ bound: Double?) -> TextTable.Cell {
    guard let bound else { return TextTable.Cell("-", data: "") }
    return TextTable.Cell(NumberFormat.shortest(bound))
  }
}
