/// The roofline asked backwards: what a kernel or a device would have to be.
///
/// Answers satisfy the forward question up to the rounding of one division. "No answer" is `nil`: it means that the
/// quantity asked for cannot bring about what is wanted, however large it is.
extension Roofline {
  /// The least intensity at which a kernel attains a fraction of the peak.
  ///
  /// - Precondition: `fraction` lies between 0 and 1.
  public func intensity(forFractionOfPeak fraction: Double) -> ArithmeticIntensity {
    precondition(fraction >= 0 && fraction <= 1, "a fraction of the peak lies between 0 and 1")
    return ridgePoint * fraction
  }

  /// The least intensity at which a kernel attains a rate; `nil` where the rate is above the peak.
  ///
  /// - Precondition: `rate` is zero or more.
  public func intensity(toAttain rate: FLOPsPerSecond) -> ArithmeticIntensity? {
    precondition(rate >= .zero, "a rate cannot be negative")
    return rate <= peak ? rate / bandwidth : nil
  }

  /// The least peak that lets a kernel finish within a time at this bandwidth.
  ///
  /// - Parameters:
  ///   - flops: The kernel's arithmetic; zero or more.
  ///   - bytes: What it moves to and from memory; zero or more.
  ///   - time: The time that it may take; finite and greater than zero.
  /// - Returns: The peak, zero for a pure copy; `nil` where the transfers alone take longer than `time`.
  public func peakNeeded(flops: FLOPs, bytes: Bytes, within time: Seconds) -> FLOPsPerSecond? {
    checkQuestion(flops: flops, bytes: bytes, time: time)
    return bytes / bandwidth <= time ? flops / time : nil
  }

  /// The least bandwidth that lets a kernel finish within a time at this peak.
  ///
  /// - Parameters:
  ///   - flops: The kernel's arithmetic; zero or more.
  ///   - bytes: What it moves to and from memory; zero or more.
  ///   - time: The time that it may take; finite and greater than zero.
  /// - Returns: The bandwidth, zero for pure arithmetic; `nil` where the arithmetic alone takes longer than `time`.
  public func bandwidthNeeded(flops: FLOPs, bytes: Bytes, within time: Seconds) -> BytesPerSecond? {
    checkQuestion(flops: flops, bytes: bytes, time: time)
    return flops / peak <= time ? bytes / time : nil
  }

  private func checkQuestion(flops: FLOPs, bytes: Bytes, time: Seconds) {
    precondition(flops >= .zero && bytes >= .zero, "a kernel cannot do less than nothing")
    precondition(time > .zero && time.isFinite, "the time allowed must be finite and greater than zero")
  }
}
