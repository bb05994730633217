import Profiles

/// What ranks do together, each with a tensor of its own.
public struct CollectiveShape: Hashable, Sendable {
  /// What they do.
  package var kind: CollectiveKind
  /// How many.
  public var ranks: Double
  /// Bytes that a rank gives.
  public var bytes: Double

  /// A collective.
  package init(_ kind: CollectiveKind, ranks: Double, bytes: Double) {
    self.kind = kind
    self.ranks = ranks
    self.bytes = bytes
  }
}
