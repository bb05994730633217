import Profiles

/// Every number of a system with its unit, its meaning and where it is from.
struct InputTable {
  let system: System

  var table: TextTable {
    var table = TextTable(columns: [
      TextTable.Column("number"), TextTable.Column("value", alignment: .number), TextTable.Column("unit"),
      TextTable.Column("kind"), TextTable.Column("source"), TextTable.Column("meaning"),
    ])
    if let accelerator = system.accelerator { add(accelerator, accelerator.provenance, to: &table) }
    add(system.host, system.host.provenance, to: &table)
    add(system.framework, system.framework.provenance, to: &table)
    return table
  }

  private func add<Profile: FieldDescribed>(_ profile: Profile, _ provenance: Provenance, to table: inout TextTable) {
    for field in Profile.fields {
      guard let value = field.value(in: profile) else { continue }
      let source = provenance.source(of: field.path)
      let note = source.map { $0.note.isEmpty ? "" : " (\($0.note))" } ?? ""
      table.append([
        TextTable.Cell("\(Profile.noun).\(field.path)"), TextTable.Cell(NumberFormat.shortest(value)),
        TextTable.Cell(field.domain.unit.symbol), TextTable.Cell(source?.kind.rawValue ?? "not stated"),
        TextTable.Cell(source.map { $0.from + note } ?? "not stated"), TextTable.Cell(field.meaning),
      ])
    }
  }
}
