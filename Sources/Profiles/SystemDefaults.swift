/// What a system is made of where a user names only its accelerator.
package enum SystemDefaults {
  /// The framework: PyTorch as it is run today, operator by operator.
  package static let framework = "pytorch-eager-2"

  /// The host that speeds are relative to, and the one of accelerators that name none.
  package static let referenceHost = "reference"

  /// The host of its time: one that is sold with the accelerator, by its name in the catalog.
  package static func host(of accelerator: AcceleratorProfile?) -> String { accelerator?.host ?? referenceHost }
}
