import JSONText

/// The numbers that a family has for those of its members that leave them out.
///
/// A data sheet tells what a part computes and stores; what it takes to launch a kernel on it, only a measurement tells. Its
/// family has been measured, and a part of which no more is known than its data sheet is taken to be like that.
package struct FamilyDefaults<Profile: FieldDescribed & Equatable>: Sendable, Equatable {
  /// A profile of nothing but these numbers.
  private var profile: Profile
  /// The paths of the numbers that there are.
  private(set) var paths: [String] = []

  /// None, in a profile of nothing.
  init(of empty: Profile) { profile = empty }

  /// Reads the member `defaults` of a family's file, where there is one: every number that a member may leave to it, in the form
  /// of a member's file.
  init(of empty: Profile, from root: inout JSONObjectCursor) throws(JSONFault) {
    self.init(of: empty)
    guard let cursor = root.optional(Self.key) else { return }
    var object = try cursor.object()
    for group in Self.groups {
      if group.isEmpty {
        try read(group, of: &object)
      } else {
        var members = try object.required(group).object()
        try read(group, of: &members)
        try members.finish()
      }
    }
    try object.finish()
  }

  /// The member of a family's file.
  static var key: String { "defaults" }

  /// What a source in a family's file may name besides the family's own numbers.
  static var sourcePaths: [String] { fields.map { "\(key).\($0.path)" } }

  private static var fields: [ProfileField<Profile>] { Profile.fields.filter(\.isDerivable) }

  /// The JSON objects that hold them, the document's first.
  private static var groups: [String] {
    fields.reduce(into: []) { groups, field in if !groups.contains(field.group) { groups.append(field.group) } }
  }

  private mutating func read(_ group: String, of object: inout JSONObjectCursor) throws(JSONFault) {
    let fields = Self.fields.filter { $0.group == group }
    for field in fields { _ = object.optional(field.key) }
    for field in fields {
      guard let cursor = field.isRequired ? try object.required(field.key) : object.optional(field.key) else {
        continue
      }
      field.set(try cursor.number(of: field.domain), in: &profile)
      paths.append(field.path)
    }
  }

  /// Reads a group of numbers of a member's file.
  ///
  /// A group that states all that it must is complete: what it leaves out is none. Of any other, what it leaves out is the
  /// family's.
  ///
  /// - Parameters:
  ///   - group: The JSON object that holds them; empty for the document.
  ///   - root: The document.
  ///   - profile: Where the numbers go.
  /// - Returns: The paths of those that are the family's.
  /// - Throws: `JSONFault` at the first number that is wrong, or missing and not the family's.
  func read(
    _ group: String, of root: inout JSONObjectCursor, into profile: inout Profile
  ) throws(JSONFault) -> [String] {
    let fields = Profile.fields.filter { $0.group == group }
    let required = fields.filter(\.isRequired).map(\.path)
    if group.isEmpty {
      let derived = take(fields, statedIn: root, into: &profile)
      try ProfileField.read(from: &root, group: group, into: &profile, except: Set(derived))
      return derived
    }
    guard let cursor = root.optional(group) else {
      guard required.allSatisfy(paths.contains) else { _ = try root.required(group); return [] }
      return take(fields, statedIn: nil, into: &profile)
    }
    var object = try cursor.object()
    let derived = take(fields, statedIn: object, into: &profile)
    try ProfileField.read(from: &object, group: group, into: &profile, except: Set(derived))
    try object.finish()
    return derived
  }

  /// Gives a profile the numbers of a group that its file leaves to the family.
  private func take(
    _ fields: [ProfileField<Profile>], statedIn object: JSONObjectCursor?, into profile: inout Profile
  ) -> [String] {
    let stated = Set(object?.keys ?? [])
    let missing = fields.filter { !stated.contains($0.key) }
    guard missing.contains(where: { $0.isRequired && paths.contains($0.path) }) else { return [] }
    var derived: [String] = []
    for field in missing where paths.contains(field.path) {
      guard let value = field.value(in: self.profile) else { continue }
      field.set(value, in: &profile)
      derived.append(field.path)
    }
    return derived
  }
}
