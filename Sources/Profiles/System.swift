import JSONText

/// What a workload runs on: a host, a framework and, unless the host computes itself, an accelerator.
public struct System: Sendable, Equatable {
  /// The device, or nil for a processor-only system.
  public var accelerator: AcceleratorProfile?
  /// The processor that feeds it.
  public var host: HostProfile
  /// The framework in between.
  public var framework: FrameworkProfile

  /// A system of the given parts.
  public init(accelerator: AcceleratorProfile?, host: HostProfile, framework: FrameworkProfile) {
    self.accelerator = accelerator
    self.host = host
    self.framework = framework
  }

  /// The path of every number of the system, with the word for its profile in front:
  /// `accelerator.memory.bandwidth_gb_per_s`.
  public var numberPaths: [String] {
    var paths: [String] = []
    if accelerator != nil { paths += AcceleratorProfile.fields.map { "accelerator." + $0.path } }
    paths += HostProfile.fields.map { "host." + $0.path }
    paths += FrameworkProfile.fields.map { "framework." + $0.path }
    return paths
  }

  /// A number by its path, or nil when the profile leaves it out or there is no such path.
  public func number(at path: String) -> Double? {
    if let (field, profile) = acceleratorField(path) { return field.value(in: profile) }
    if let field = field(HostProfile.self, path) { return field.value(in: host) }
    if let field = field(FrameworkProfile.self, path) { return field.value(in: framework) }
    return nil
  }

  /// Where a number comes from.
  public func source(of path: String) -> Source? {
    guard let dot = path.firstIndex(of: ".") else { return nil }
    let rest = String(path[path.index(after: dot)...])
    switch path[..<dot] {
    case AcceleratorProfile.noun: return accelerator?.provenance.source(of: rest)
    case HostProfile.noun: return host.provenance.source(of: rest)
    default: return framework.provenance.source(of: rest)
    }
  }

  /// Overrides a number.
  ///
  /// - Throws: ``OverrideFault`` when the path names no number of this system or the value makes no sense there.
  public mutating func set(_ path: String, to value: Double) throws(OverrideFault) {
    if let (field, _) = acceleratorField(path), var profile = accelerator {
      try Self.apply(field, value, path, to: &profile)
      profile.provenance.override(field.path, from: "set by the user")
      accelerator = profile
    } else if let field = field(HostProfile.self, path) {
      try Self.apply(field, value, path, to: &host)
      host.provenance.override(field.path, from: "set by the user")
    } else if let field = field(FrameworkProfile.self, path) {
      try Self.apply(field, value, path, to: &framework)
      framework.provenance.override(field.path, from: "set by the user")
    } else if accelerator == nil, path.hasPrefix("accelerator.") {
      throw .noAccelerator(path: path)
    } else {
      throw .unknownPath(path: path, suggestion: nearestName(to: path, among: numberPaths))
    }
  }

  private func acceleratorField(_ path: String) -> (ProfileField<AcceleratorProfile>, AcceleratorProfile)? {
    guard let accelerator, let field = field(AcceleratorProfile.self, path) else { return nil }
    return (field, accelerator)
  }

  private func field<Profile: FieldDescribed>(_: Profile.Type, _ path: String) -> ProfileField<Profile>? {
    let prefix = Profile.noun + "."
    guard path.hasPrefix(prefix) else { return nil }
    return Profile.fields.first { $0.path == path.dropFirst(prefix.count) }
  }

  private static func apply<Profile>(
    _ field: ProfileField<Profile>, _ value: Double, _ path: String, to profile: inout Profile
  ) throws(OverrideFault) {
    guard value.isFinite, field.range.contains(value) else {
      throw .outOfRange(path: path, value: value, range: field.range)
    }
    field.set(value, in: &profile)
  }
}

/// Why a number cannot be overridden.
public enum OverrideFault: Error, Sendable, Equatable {
  /// No number has this path.
  case unknownPath(path: String, suggestion: String?)
  /// The system has no accelerator whose numbers could change.
  case noAccelerator(path: String)
  /// The value makes no sense for this number.
  case outOfRange(path: String, value: Double, range: JSONRange)
}
