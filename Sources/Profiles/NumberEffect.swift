/// Which parts of a simulation follow a number: what has to be computed again when it changes.
public struct NumberEffect: OptionSet, Sendable, Hashable {
  /// The bits.
  public let rawValue: UInt8

  /// A set from its bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// What the host spends, and what a launch takes.
  public static let host = NumberEffect(rawValue: 1)
  /// Times of kernels and copies.
  public static let device = NumberEffect(rawValue: 2)
  /// What the framework makes of the operators: the plan itself.
  public static let plan = NumberEffect(rawValue: 4)
}
