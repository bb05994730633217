/// Which parts of a simulation follow a number: what has to be computed again when it changes.
package struct NumberEffect: OptionSet, Sendable, Hashable {
  /// The bits.
  package let rawValue: UInt8

  /// A set from its bits.
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// What the host spends, and what a launch takes.
  package static let host = NumberEffect(rawValue: 1)
  /// Times of kernels and copies.
  package static let device = NumberEffect(rawValue: 2)
  /// What the framework makes of the operators: the plan itself.
  package static let plan = NumberEffect(rawValue: 4)
}
