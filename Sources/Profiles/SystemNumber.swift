import JSONText

/// One number of a system, found once by its path and then read and written many times.
///
/// ``System/set(_:to:)`` looks its path up and records who changed the number; a sweep over a million values does
/// neither a million times.
public struct SystemNumber: Sendable {
  private enum Place: Sendable {
    case accelerator(ProfileField<AcceleratorProfile>)
    case host(ProfileField<HostProfile>)
    case framework(ProfileField<FrameworkProfile>)
  }

  /// The path: `accelerator.memory.bandwidth_gb_per_s`.
  public let path: String
  private let place: Place

  /// A number that systems may have, or nil for a path that no profile knows.
  public init?(path: String) {
    self.path = path
    func field<Profile: FieldDescribed>(_: Profile.Type) -> ProfileField<Profile>? {
      let prefix = Profile.noun + "."
      guard path.hasPrefix(prefix) else { return nil }
      return Profile.fields.first { $0.path == path.dropFirst(prefix.count) }
    }
    if let field = field(AcceleratorProfile.self) {
      place = .accelerator(field)
    } else if let field = field(HostProfile.self) {
      place = .host(field)
    } else if let field = field(FrameworkProfile.self) {
      place = .framework(field)
    } else {
      return nil
    }
  }

  /// The values that make sense.
  public var range: JSONRange {
    switch place {
    case .accelerator(let field): field.range
    case .host(let field): field.range
    case .framework(let field): field.range
    }
  }

  /// The number in a system; nil where the profile leaves it out or there is no accelerator.
  public func value(in system: System) -> Double? {
    switch place {
    case .accelerator(let field): system.accelerator.flatMap { field.value(in: $0) }
    case .host(let field): field.value(in: system.host)
    case .framework(let field): field.value(in: system.framework)
    }
  }

  /// Writes the number, if the system has a profile for it.
  ///
  /// - Parameters:
  ///   - value: A value in ``range``; the caller has checked.
  ///   - system: The system.
  public func set(_ value: Double, in system: inout System) {
    switch place {
    case .accelerator(let field):
      guard var accelerator = system.accelerator.take() else { return }
      field.set(value, in: &accelerator)
      system.accelerator = consume accelerator
    case .host(let field): field.set(value, in: &system.host)
    case .framework(let field): field.set(value, in: &system.framework)
    }
  }
}
