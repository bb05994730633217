import JSONText

/// How a number is known.
package enum SourceKind: String, CaseIterable, Sendable {
  /// Read off an instrument, by us or by the publication named.
  case measured
  /// Printed by the vendor.
  case datasheet
  /// Computed from other numbers.
  case derived
  /// Taken for granted, with the reason stated.
  case assumed
  /// Promised for a part that does not ship yet.
  case announced
}

/// Where numbers come from.
package struct Source: Sendable, Equatable {
  /// The dotted path of the number, or of a group that it covers.
  package let path: String
  /// How the number is known.
  package let kind: SourceKind
  /// The publication, data sheet or measurement.
  package let from: String
  /// What else a reader should know, or empty.
  package let note: String
  /// When it was so, a year and a month; empty for what does not change.
  package let date: String
  /// What figures there are, where others have another one.
  package let range: SourceRange?
  /// The family whose number it is, in words; nil where the profile states it itself.
  package let family: String?

  /// A source.
  package init(
    path: String, kind: SourceKind, from: String, note: String = "", date: String = "", range: SourceRange? = nil,
    family: String? = nil
  ) {
    self.path = path
    self.kind = kind
    self.from = from
    self.note = note
    self.date = date
    self.range = range
    self.family = family
  }
}

/// The sources of a profile's numbers.
package struct Provenance: Sendable, Equatable {
  /// In the order of the file.
  package var sources: [Source] = []

  /// No sources.
  package init() {}

  /// The source of a number: the one that names its path, or the nearest group around it.
  package func source(of path: String) -> Source? {
    var best: Int?
    for (index, source) in sources.enumerated() where Self.covers(source.path, path) {
      if source.path.utf8.count >= best.map({ sources[$0].path.utf8.count }) ?? 0 { best = index }
    }
    return best.map { sources[$0] }
  }

  /// Whether a path is that of a number or of a group around it, without making the text of a group with its dot: a run asks
  /// for every number of its system.
  private static func covers(_ group: String, _ path: String) -> Bool {
    let (length, whole) = (group.utf8.count, path.utf8.count)
    // Most groups end in the middle of one of the path's words.
    guard length <= whole else { return false }
    if length < whole, path.utf8[path.utf8.index(path.startIndex, offsetBy: length)] != UInt8(ascii: ".") {
      return false
    }
    return path.utf8.starts(with: group.utf8)
  }

  /// Takes over the sources of numbers that a profile leaves to its family.
  mutating func inherit(from family: ArchitectureProfile, _ paths: [String]) {
    for path in paths {
      guard let source = family.provenance.source(of: path) else { continue }
      sources.append(
        Source(
          path: path, kind: source.kind, from: "the \(family.name) family: \(source.from)", note: source.note,
          date: source.date, range: source.range, family: "the \(family.name) family"))
    }
  }

  /// Notes that numbers are those of a family, which a profile may leave to it.
  mutating func derive(_ paths: [String], from family: String, _ provenance: Provenance) {
    for path in paths {
      let source = provenance.source(of: "defaults.\(path)")
      sources.append(
        Source(
          path: path, kind: source?.kind ?? .assumed,
          from: "derived from \(family)" + (source.map { ": \($0.from)" } ?? ""), note: source?.note ?? "",
          family: family))
    }
  }

  /// The numbers that a profile leaves to its family, by the family, in the order of the profile.
  package var derivations: [(owner: String, paths: [String])] {
    var derivations: [(owner: String, paths: [String])] = []
    for source in sources {
      guard let family = source.family else { continue }
      if let index = derivations.firstIndex(where: { $0.owner == family }) {
        derivations[index].paths.append(source.path)
      } else {
        derivations.append((family, [source.path]))
      }
    }
    return derivations
  }

  /// Records that a number was changed by the user.
  mutating func override(_ path: String, from: String) {
    sources.append(Source(path: path, kind: .assumed, from: from, note: ""))
  }

  /// Reads the `sources` member of a profile, when there is one.
  ///
  /// - Parameters:
  ///   - object: The profile's JSON object.
  ///   - known: The paths that a source may name.
  ///   - profile: The profile, once its numbers are read.
  /// - Returns: The sources; none when there is no such member.
  /// - Throws: `JSONFault` at a source that names no number, lacks its kind, or has a range that cannot be.
  static func read<Profile: FieldDescribed>(
    from object: inout JSONObjectCursor, known: SourcePaths, of profile: Profile
  ) throws(JSONFault) -> Provenance {
    try read(from: &object, known: known) { path in
      Profile.fields.first { $0.path == path }.map { ($0.value(in: profile), $0.domain) }
    }
  }

  /// The same, of a file that is no profile.
  static func read(
    from object: inout JSONObjectCursor, known: SourcePaths, stated: SourceRange.Stated = { _ in nil }
  ) throws(JSONFault) -> Provenance {
    var provenance = Provenance()
    guard let cursor = object.optional("sources") else { return provenance }
    for member in try cursor.object().members {
      guard known.all.contains(member.key) else {
        throw member.fault(
          .unknownName(
            what: "number", name: member.key, suggestion: nearestName(to: member.key, among: known.ordered),
            known: known.numbers))
      }
      var entry = try member.value.object()
      let kindName = try entry.required("kind").choice(of: SourceKind.allCases.map(\.rawValue), as: "kind of source")
      // Both are only shown.
      let from = visible(try entry.required("from").nonEmptyString())
      let note = visible(try entry.optional("note")?.string() ?? "")
      let date = try entry.optional("date").map(ProfileReader.month) ?? ""
      let range = try SourceRange(from: &entry, of: member.key, stated)
      try entry.finish()
      provenance.sources.append(
        Source(
          path: member.key, kind: SourceKind(rawValue: kindName) ?? .assumed, from: from, note: note, date: date,
          range: range))
    }
    return provenance
  }
}

/// What a source may name: the numbers of a sort of profile, and every group that holds one of them.
struct SourcePaths: Sendable {
  /// The numbers.
  let numbers: [String]
  /// Numbers and groups, each before what it holds.
  let ordered: [String]
  /// The same, to look up.
  let all: Set<String>

  init(_ numbers: [String]) {
    self.numbers = numbers
    ordered = Self.withGroups(numbers)
    all = Set(ordered)
  }

  private static func withGroups(_ paths: [String]) -> [String] {
    var all: [String] = []
    var seen: Set<Substring> = []
    for path in paths {
      var end = path.startIndex
      while end < path.endIndex {
        let rest = path.utf8[end...]
        let dot = rest.dropFirst().firstIndex(of: UInt8(ascii: ".")) ?? path.endIndex
        if seen.insert(path[..<dot]).inserted { all.append(String(path[..<dot])) }
        end = dot
      }
    }
    return all
  }
}

extension AcceleratorProfile {
  static let sourcePaths = SourcePaths(fields.map(\.path))
}

extension ArchitectureProfile {
  static let sourcePaths = SourcePaths(fields.map(\.path) + FamilyDefaults<AcceleratorProfile>.sourcePaths)
}

extension HostArchitecture {
  static let sourcePaths = SourcePaths(fields.map(\.path) + FamilyDefaults<HostProfile>.sourcePaths)
}

extension HostProfile {
  static let sourcePaths = SourcePaths(fields.map(\.path))
}

extension FrameworkProfile {
  static let sourcePaths = SourcePaths(fields.map(\.path))
}
