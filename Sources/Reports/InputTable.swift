import Profiles

extension Table {
  /// Every number of a system with its unit, its meaning and where it is from.
  static func inputs(_ system: System) -> Table {
    func numbers<Profile: NamedProfile>(_ profile: Profile) -> [(noun: String, number: ProfileNumber)] {
      ProfileNumber.all(of: profile).map { (Profile.noun, $0) }
    }
    return Table(
      (system.accelerator.map(numbers) ?? []) + numbers(system.host) + numbers(system.framework),
      [
        Column("number") { .text("\($0.noun).\($0.number.path)") },
        Column("value", .plain) { .number($0.number.value) },
        Column("unit") { .text($0.number.unit.symbol) },
        Column("kind") { .text($0.number.source?.kind.rawValue ?? "not stated") },
        Column("source") { .text($0.number.sourceText ?? "not stated") },
        Column("meaning") { .text($0.number.meaning) },
      ])
  }
}
