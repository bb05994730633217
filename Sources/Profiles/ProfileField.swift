import JSONText

/// One number of a profile, described as data: all that anybody knows of it stands here.
///
/// The reader, the validation, `--set`, the listing of a profile, the tables of the documentation, the sensitivities, the
/// identity of plans, the dials, the roadmap and the groups of a calibration all walk over the same table of fields. A
/// number that is added to it is read, checked, overridable, shown, differentiated and scaled at once.
///
/// A class, though nothing of it ever changes: a sweep writes a number at every point, and copying all that is known of it
/// took a tenth of the time.
package final class ProfileField<Profile: Sendable>: Sendable {
  /// Where the number stands in the file, with dots: `memory.bandwidth_gb_per_s`.
  package let path: String
  /// What the number means, in one line.
  package let meaning: String
  /// What else to know of it, for the documentation; empty for nothing.
  package let note: String
  /// Its unit, its range and its sort.
  package let domain: NumberDomain
  /// Whether a file must state it.
  package let isRequired: Bool
  /// What has to be computed again when it changes.
  package let affects: NumberEffect
  /// What it is scaled together with.
  package let family: NumberFamily
  /// How it moves over the years.
  package let trend: NumberTrend
  /// Whether the parts of an architecture share it, but for those that state their own.
  package let isShared: Bool

  /// The part of the path before the last dot: the JSON object that holds the number; empty for the document.
  let group: String
  /// The part of the path after the last dot.
  let key: String

  private let read: @Sendable (Profile) -> Double?
  private let write: @Sendable (inout Profile, Double) -> Void

  /// A number that every profile has.
  ///
  /// - Parameters:
  ///   - path: Where it stands in the file.
  ///   - keyPath: Where it stands in the profile.
  ///   - domain: Unit, range and sort.
  ///   - meaning: What it means.
  ///   - note: What else to know, for the documentation.
  ///   - required: Whether a file must state it.
  ///   - affects: What follows it.
  ///   - family: What it is scaled with.
  ///   - trend: How it moves over the years.
  package convenience init(
    _ path: String, _ keyPath: any WritableKeyPath<Profile, Double> & Sendable, _ domain: NumberDomain,
    _ meaning: String, note: String = "", required: Bool = true, affects: NumberEffect, family: NumberFamily = .none,
    trend: NumberTrend = .none
  ) {
    self.init(
      path, domain, meaning, note: note, required: required, affects: affects, family: family, trend: trend,
      read: { $0[keyPath: keyPath] }, write: { $0[keyPath: keyPath] = $1 })
  }

  /// A number that means nothing at one value, which is that of the profiles that leave it out.
  package convenience init(
    _ path: String, _ keyPath: any WritableKeyPath<Profile, Double> & Sendable, leftOut: Double,
    _ domain: NumberDomain, _ meaning: String, note: String = "", affects: NumberEffect, family: NumberFamily = .none
  ) {
    self.init(
      path, domain, meaning, note: note, required: false, affects: affects, family: family,
      read: { $0[keyPath: keyPath] == leftOut ? nil : $0[keyPath: keyPath] },
      write: { $0[keyPath: keyPath] = $1 })
  }

  /// A number that a profile may leave out.
  package convenience init(
    _ path: String, _ keyPath: any WritableKeyPath<Profile, Double?> & Sendable, _ domain: NumberDomain,
    _ meaning: String, note: String = "", affects: NumberEffect, family: NumberFamily = .none,
    trend: NumberTrend = .none
  ) {
    self.init(
      path, domain, meaning, note: note, required: false, affects: affects, family: family, trend: trend,
      read: { $0[keyPath: keyPath] }, write: { $0[keyPath: keyPath] = $1 })
  }

  /// A number that is reached by functions.
  init(
    _ path: String, _ domain: NumberDomain, _ meaning: String, note: String = "", required: Bool = true,
    affects: NumberEffect, family: NumberFamily = .none, trend: NumberTrend = .none, isShared: Bool = false,
    read: @escaping @Sendable (Profile) -> Double?, write: @escaping @Sendable (inout Profile, Double) -> Void
  ) {
    self.path = path
    (group, key) = Self.parts(of: path)
    self.meaning = meaning
    self.note = note
    self.domain = domain
    self.isRequired = required
    self.affects = affects
    self.family = family
    self.trend = trend
    self.isShared = isShared
    self.read = read
    self.write = write
  }

  /// The values that make sense.
  package var range: NumberRange { domain.range }

  /// The number in a profile, or nil where the profile leaves it out.
  package func value(in profile: Profile) -> Double? { read(profile) }

  /// Changes the number in a profile; the caller has checked ``range``.
  package func set(_ value: Double, in profile: inout Profile) { write(&profile, value) }

  private static func parts(of path: String) -> (group: String, key: String) {
    guard let dot = path.utf8.lastIndex(of: UInt8(ascii: ".")) else { return ("", path) }
    return (String(path[..<dot]), String(path[path.index(after: dot)...]))
  }
}

/// A profile whose numbers are described by a table of fields.
package protocol FieldDescribed: Sendable {
  /// The word for this sort of profile: the first part of a `--set` path, and of the schema.
  static var noun: String { get }
  /// Its numbers, in the order in which files and listings show them.
  static var fields: [ProfileField<Self>] { get }
  /// The groups and paths of the numbers that a file may leave to its family.
  static var derivable: [String] { get }
  /// What people call some of them.
  static var shortNames: [ShortName] { get }
}

extension FieldDescribed {
  /// None: what must be stated, a file states itself.
  package static var derivable: [String] { [] }
}

extension ProfileField where Profile: FieldDescribed {
  /// Whether a file may leave it to its family.
  package var isDerivable: Bool {
    Profile.derivable.contains(path) || !group.isEmpty && Profile.derivable.contains(group)
  }
}

extension ProfileField {
  /// Reads every field of a profile that lies in one JSON object.
  ///
  /// - Parameters:
  ///   - object: The JSON object; the keys of the fields count as asked for.
  ///   - group: The dotted path of that object.
  ///   - profile: Where the numbers go.
  ///   - requireAll: Whether a required field may not be left out; false where defaults stand already.
  ///   - derived: The paths of those that have a value already and may be left out.
  /// - Throws: `JSONFault` at the first field that is wrong or missing.
  static func read(
    from object: inout JSONObjectCursor, group: String, into profile: inout Profile, requireAll: Bool = true,
    except derived: Set<String> = []
  ) throws(JSONFault) where Profile: FieldDescribed {
    let fields = Profile.fields.filter { $0.group == group }
    // Every key is asked for before one is missed: no good key is then taken for the misspelling of another.
    for field in fields { _ = object.optional(field.key) }
    for field in fields {
      if field.isRequired && requireAll && !derived.contains(field.path) {
        field.set(try object.required(field.key).number(of: field.domain), in: &profile)
      } else if let cursor = object.optional(field.key) {
        field.set(try cursor.number(of: field.domain), in: &profile)
      }
    }
  }
}
