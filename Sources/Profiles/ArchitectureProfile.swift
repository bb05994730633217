import JSONText

/// A family of accelerators: the kernel-model constants that its members share.
///
/// An accelerator known only by its data sheet is predicted with the constants of its family.
package struct ArchitectureProfile: Sendable, Equatable {
  /// The family's name, as accelerators state it: `Volta`.
  package var name = ""
  /// The constants.
  package var efficiency = DeviceEfficiency()
  /// What a member's data sheet does not tell, where a member leaves it out.
  var defaults = FamilyDefaults(of: AcceleratorProfile())
  /// Where they come from.
  package var provenance = Provenance()

  /// A family with the general defaults.
  package init() {}
}

extension ArchitectureProfile: FieldDescribed {
  /// The word for such a profile in messages.
  package static let noun = "architecture"
  /// Every number of the profile, with its range and its meaning.
  package static let fields = DeviceEfficiency.fields(\ArchitectureProfile.efficiency)
}
