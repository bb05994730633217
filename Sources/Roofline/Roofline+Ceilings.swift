/// A roofline below a device's own: what it can reach of it without one of its means.
public struct Ceiling: Hashable, Sendable {
  /// What is done without, in words.
  public let name: String
  /// What is left.
  public let roofline: Roofline

  /// Names a roofline.
  public init(name: String, roofline: Roofline) {
    self.name = name
    self.roofline = roofline
  }
}

/// Williams, Waterman, Patterson 2009, section 4: ceilings under the roof.
extension Roofline {
  /// Without fused multiply-adds: an operation where two were.
  public var withoutFusedMultiplyAdd: Roofline { Roofline(peak: peak / 2, bandwidth: bandwidth) }

  /// On one of several compute units, which share the memory.
  ///
  /// - Precondition: there is at least one.
  public func onOneUnit(of units: Int) -> Roofline {
    precondition(units >= 1, "a device has at least one compute unit")
    return Roofline(peak: peak / Double(units), bandwidth: bandwidth)
  }

  /// With another peak: that of the vector units, where matrix units have nothing to do.
  ///
  /// - Precondition: `peak` is finite and greater than zero.
  public func with(peak: FLOPsPerSecond) -> Roofline { Roofline(peak: peak, bandwidth: bandwidth) }

  /// With another bandwidth: the measured one.
  ///
  /// - Precondition: `bandwidth` is finite and greater than zero.
  public func with(bandwidth: BytesPerSecond) -> Roofline { Roofline(peak: peak, bandwidth: bandwidth) }
}
