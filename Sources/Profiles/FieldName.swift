import JSONText

/// The numbers of a profile by the names that people have for them.
///
/// A number is found by its path (`memory.bandwidth_gb_per_s`), with the word for the profile in front or without; by its short
/// name (`bandwidth`); and by what its path ends in, with its unit or without (`call_us`, `call`), where no other ends so.
package enum FieldName {
  /// The field of a name; nil where there is none, or several end so.
  package static func field<Profile: FieldDescribed>(_ name: String, of _: Profile.Type) -> ProfileField<Profile>? {
    let typed = name.lowercased().replacing("-", with: "_")
    let noun = Profile.noun.replacing(" ", with: "_") + "."
    let path = typed.hasPrefix(noun) ? String(typed.dropFirst(noun.count)) : typed
    let wanted = Profile.shortNames.first { $0.name == path }?.path ?? path
    if let field = Profile.fields.first(where: { $0.path == wanted }) { return field }
    for ends in [{ $0.key }, { $0.keyWithoutUnit }] as [(ProfileField<Profile>) -> String] {
      let found = Profile.fields.filter { ends($0) == path }
      if found.count == 1 { return found[0] }
    }
    return nil
  }

  /// What a number may be called, for a suggestion: short names, then paths.
  package static func names<Profile: FieldDescribed>(of _: Profile.Type) -> [String] {
    Profile.shortNames.map(\.name) + Profile.fields.map(\.path)
  }
}

/// A short name of a number.
package struct ShortName: Sendable {
  /// What people call it.
  package let name: String
  /// Its path.
  package let path: String
}

extension ProfileField {
  /// The end of its path without the unit: `call` of `launch.call_us`.
  fileprivate var keyWithoutUnit: String {
    let units = ["_gb_per_s", "_tflops", "_ghz", "_gb", "_mb", "_us", "_bytes", "_usd_per_hour", "_usd"]
    return units.first { key.hasSuffix($0) }.map { String(key.dropLast($0.count)) } ?? key
  }
}

extension FieldDescribed {
  /// No short names.
  package static var shortNames: [ShortName] { [] }
}

extension AcceleratorProfile {
  /// What people call the numbers of a data sheet.
  package static let shortNames =
    [
      ShortName(name: "bandwidth", path: "memory.bandwidth_gb_per_s"),
      ShortName(name: "memory", path: "memory.capacity_gb"), ShortName(name: "capacity", path: "memory.capacity_gb"),
      ShortName(name: "l2", path: "memory.l2_mb"), ShortName(name: "cache", path: "memory.l2_mb"),
      ShortName(name: "units", path: "compute_units"), ShortName(name: "sms", path: "compute_units"),
      ShortName(name: "clock", path: "clock_ghz"), ShortName(name: "power", path: "watts"),
      ShortName(name: "tdp", path: "watts"), ShortName(name: "link", path: "link.bandwidth_gb_per_s"),
      ShortName(name: "price", path: "price.list_usd"), ShortName(name: "rent", path: "price.cloud_usd_per_hour"),
    ] + Precision.allCases.map { ShortName(name: $0.rawValue, path: "\(peaks).\($0.rawValue)") }
}

extension HostProfile {
  /// What people call the numbers of a processor.
  package static let shortNames = [
    ShortName(name: "speed", path: "single_thread_speed"), ShortName(name: "clock", path: "clock_ghz"),
    ShortName(name: "boost", path: "boost_clock_ghz"), ShortName(name: "bandwidth", path: "memory.bandwidth_gb_per_s"),
    ShortName(name: "l2", path: "memory.l2_mb"), ShortName(name: "l3", path: "memory.l3_mb"),
  ]
}

extension InterconnectProfile {
  /// What people call the numbers of an interconnect.
  package static let shortNames = [ShortName(name: "bandwidth", path: "bandwidth_gb_per_s")]
}
