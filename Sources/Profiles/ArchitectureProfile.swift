import JSONText

/// A family of accelerators: the kernel-model constants that its members share.
///
/// An accelerator known only by its data sheet is predicted with the constants of its family.
public struct ArchitectureProfile: Sendable, Equatable {
  /// The family's name, as accelerators state it: `Volta`.
  public var name = ""
  /// The constants.
  public var efficiency = DeviceEfficiency()
  /// Where they come from.
  public var provenance = Provenance()

  /// A family with the general defaults.
  public init() {}
}

extension ArchitectureProfile: FieldDescribed {
  /// The word for such a profile in messages.
  public static let noun = "architecture"
  /// Every number of the profile, with its range and its meaning.
  public static let fields = DeviceEfficiency.fields(\ArchitectureProfile.efficiency)
}
