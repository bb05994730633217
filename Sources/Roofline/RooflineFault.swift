/// Why numbers do not describe a roofline: facts, for a caller to put into words beside where the numbers came from.
public enum RooflineFault: Error, Hashable, Sendable {
  /// The peak is zero, negative or infinite.
  case unusablePeak(FLOPsPerSecond)
  /// The bandwidth of the only memory level is zero, negative or infinite.
  case unusableBandwidth(BytesPerSecond)
  /// The bandwidth of a named memory level is zero, negative or infinite.
  case unusableLevelBandwidth(level: String, BytesPerSecond)
  /// A hierarchy has no memory level.
  case noLevels
  /// Two memory levels of a hierarchy have one name.
  case duplicateLevel(String)
}

extension Quantity {
  /// Whether the value can stand for a rate that something really has: greater than zero, and finite.
  var isUsableRate: Bool { value > 0 && isFinite }
}
