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
        TextTable.Cell(unit(ofPath: field.path)), TextTable.Cell(source?.kind.rawValue ?? "not stated"),
        TextTable.Cell(source.map { $0.from + note } ?? "not stated"), TextTable.Cell(field.meaning),
      ])
    }
  }
}

/// The unit that a number's path ends in; a ratio or a count has none.
func unit(ofPath path: String) -> String {
  if path.hasPrefix("peak_tflops") { return "TFLOP/s" }
  if path.hasPrefix("dispatch_us") { return "µs" }
  let units = [
    ("_gb_per_s", "GB/s"), ("_bytes_per_s", "B/s"), ("_us", "µs"), ("_ms", "ms"), ("_ghz", "GHz"), ("_gb", "GB"),
    ("_mb", "MB"), ("_kb", "kB"), ("_tflops", "TFLOP/s"), ("_flops_per_clock", "FLOP/clock"), ("_bytes", "B"),
  ]
  return units.first { path.hasSuffix($0.0) }?.1 ?? "1"
}
