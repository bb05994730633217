/// The roofline of a device: what rate a kernel can at best attain, from its arithmetic intensity alone.
///
/// ```swift
/// let v100 = Roofline(peak: FLOPsPerSecond(teraflops: 15.7), bandwidth: BytesPerSecond(gigabytesPerSecond: 900))
/// v100.ridgePoint                              // 17.44 FLOP/byte
/// v100.attainable(at: ArithmeticIntensity(2))  // 1.8 TFLOP/s
/// v100.bound(at: ArithmeticIntensity(2))       // .memoryBound
/// ```
///
/// The equation is `attainable = min(peak, intensity × bandwidth)`: Williams, Waterman, Patterson, "Roofline: An
/// Insightful Visual Performance Model for Multicore Architectures", CACM 52(4), 2009.
///
/// Invariant: the peak and the bandwidth are finite and greater than zero. The roofline assumes that arithmetic and
/// transfers overlap fully and that both run at their nominal rates: it bounds times from below and never predicts one.
public struct Roofline: Hashable, Sendable {
  /// The highest rate of arithmetic.
  public let peak: FLOPsPerSecond

  /// The highest rate at which memory delivers data.
  public let bandwidth: BytesPerSecond

  /// Creates a roofline from numbers known to be good.
  ///
  /// - Precondition: `peak` and `bandwidth` are finite and greater than zero. For numbers that come from outside, use
  ///   `init(validatingPeak:bandwidth:)`.
  public init(peak: FLOPsPerSecond, bandwidth: BytesPerSecond) {
    precondition(peak.isUsableRate, "a roofline's peak must be finite and greater than zero")
    precondition(bandwidth.isUsableRate, "a roofline's bandwidth must be finite and greater than zero")
    self.peak = peak
    self.bandwidth = bandwidth
  }

  /// Creates a roofline from numbers that may be wrong.
  ///
  /// - Parameters:
  ///   - peak: The highest rate of arithmetic.
  ///   - bandwidth: The highest rate at which memory delivers data.
  /// - Throws: `RooflineFault.unusablePeak` or `.unusableBandwidth` where one is not finite and greater than zero.
  public init(validatingPeak peak: FLOPsPerSecond, bandwidth: BytesPerSecond) throws(RooflineFault) {
    guard peak.isUsableRate else { throw .unusablePeak(peak) }
    guard bandwidth.isUsableRate else { throw .unusableBandwidth(bandwidth) }
    self.init(peak: peak, bandwidth: bandwidth)
  }

  /// The intensity from which on the peak, no longer the bandwidth, is the limit.
  public var ridgePoint: ArithmeticIntensity { peak / bandwidth }

  /// The highest rate that a kernel of this intensity can attain; exactly `peak` from the ridge point on.
  ///
  /// - Precondition: `intensity` is zero or more; it may be infinite.
  public func attainable(at intensity: ArithmeticIntensity) -> FLOPsPerSecond {
    switch bound(at: intensity) {
    case .computeBound: peak
    // Rounding may carry the product just below the ridge to an ulp above the peak.
    case .memoryBound: min(peak, intensity * bandwidth)
    }
  }

  /// What limits a kernel of this intensity: at the ridge point itself and above, the peak.
  ///
  /// - Precondition: `intensity` is zero or more; it may be infinite.
  public func bound(at intensity: ArithmeticIntensity) -> RooflineBound {
    precondition(intensity >= .zero, "an arithmetic intensity cannot be negative")
    return intensity >= ridgePoint ? .computeBound : .memoryBound
  }

  /// The attainable rate as a fraction of the peak, from 0 to 1.
  ///
  /// - Precondition: `intensity` is zero or more; it may be infinite.
  public func fractionOfPeak(at intensity: ArithmeticIntensity) -> Double { attainable(at: intensity) / peak }

  /// The least time in which a kernel can run: the longer of its arithmetic and its transfers.
  ///
  /// It is defined for pure copies (no FLOPs), pure arithmetic (no bytes) and for nothing at all (zero seconds).
  ///
  /// - Parameters:
  ///   - flops: The kernel's arithmetic; zero or more.
  ///   - bytes: What it moves to and from memory; zero or more.
  /// - Returns: `max(flops / peak, bytes / bandwidth)`.
  /// - Precondition: neither is negative.
  public func timeLowerBound(flops: FLOPs, bytes: Bytes) -> Seconds {
    precondition(flops >= .zero && bytes >= .zero, "a kernel cannot do less than nothing")
    return max(flops / peak, bytes / bandwidth)
  }
}
