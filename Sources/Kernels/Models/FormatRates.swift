import Profiles

/// What the units of a device reach in each format.
struct FormatRates: Sendable, Equatable {
  /// Dense peaks, TFLOP/s.
  private let peaks: PeakTable
  /// Compute units.
  let computeUnits: Double
  private let clockGHz: Double
  /// The share of the data sheet's peaks that the power lets arithmetic sustain.
  private let sustainedClock: Double
  /// 16-bit FLOPs that a unit's operands allow in a clock.
  private let flopsPerClock: Double
  /// Elements that the matrix units align to; none where there are no such units.
  let alignment: Double
  /// The rate of operands that do not align, relative.
  private let unaligned: Double

  /// The rates of a device.
  init(_ accelerator: AcceleratorProfile) {
    peaks = accelerator.peakTFLOPS
    computeUnits = accelerator.computeUnits
    clockGHz = accelerator.clockGHz
    sustainedClock = accelerator.sustainedShare
    flopsPerClock = accelerator.efficiency.matrixFLOPsPerClock
    alignment = accelerator.efficiency.matrixAlignment
    unaligned = accelerator.efficiency.matrixUnaligned
  }

  /// Hertz.
  var clock: Double { clockGHz * 1e9 }

  /// FLOP/s of single precision on the vector units: the data sheet's peak, at the clock that is sustained.
  var vectorPeak: Double { (peaks[.fp32] ?? 0) * 1e12 * sustainedClock }

  /// FLOP/s of a format at the clock that is sustained.
  func peak(_ format: Precision) -> Double { (peaks[format] ?? 0) * 1e12 * sustainedClock }

  /// The format in which the matrix units compute another.
  func carrier(of precision: Precision) -> Precision? {
    precision.widenings.first { $0 != .fp32 && peaks[$0] != nil }
  }

  /// The format in which the matrix units compute another; nil where there are none, or for single precision.
  func matrixFormat(_ precision: Precision) -> Precision? {
    alignment > 0 && precision != .fp32 ? carrier(of: precision) : nil
  }

  /// FLOP/s that the matrix units sustain on operands of some dimensions; nil where they do not take them.
  ///
  /// Libraries load pairs of operands as fast as groups of `matrix_alignment` elements, and single ones at part of the
  /// rate; convolutions whose channels do not align go to the vector units.
  func matrixRate(_ precision: Precision, dimensions: [Double], takesPairs: Bool) -> Double? {
    guard let format = matrixFormat(precision) else { return nil }
    func areMultiples(of alignment: Double) -> Bool {
      dimensions.allSatisfy { $0.truncatingRemainder(dividingBy: alignment) == 0 }
    }
    let rate = matrixRate(format)
    if areMultiples(of: alignment) { return rate }
    guard takesPairs else { return nil }
    return areMultiples(of: 2) ? rate : rate * unaligned
  }

  /// FLOP/s of the matrix units in a format that they have: the peak, unless operands cannot be fetched that fast.
  ///
  /// Parts of one architecture differ in the first (GeForce parts have half of it), hardly in the second, which is why a
  /// GeForce RTX 2080 Ti and a Quadro RTX 8000 with 2.4 times its peak are 1.4 times apart.
  func matrixRate(_ format: Precision) -> Double { rate(format, perClock: flopsPerClock) }

  /// FLOP/s in a format that matrix units have, where operands allow a unit so many 16-bit FLOPs in a clock.
  func rate(_ format: Precision, perClock: Double) -> Double {
    let peak = (peaks[format] ?? 0) * 1e12
    let fed = perClock * 2 / format.bytesPerElement * computeUnits * clockGHz * 1e9
    return min(peak, fed) * sustainedClock
  }

  /// Whether a format is narrower than single precision and the device multiplies it in single precision nonetheless,
  /// since that is faster than what it has for the format itself (Pascal but for GP100).
  func isConverted(_ precision: Precision) -> Bool {
    guard precision.bytesPerElement < 4, let own = peaks[precision] else { return false }
    return own < peaks[.fp32] ?? 0
  }

  /// Seconds of bringing weights into the format of the arithmetic, on all units.
  func conversions(_ kernel: Kernel) -> Double {
    guard kernel.conversions > 0 else { return 0 }
    return kernel.conversions / (kernel.conversionsPerClock * computeUnits * clock)
  }

  /// Whether the same formats have units of their own as by other rates, and operands align alike.
  func haveFormats(of other: FormatRates) -> Bool {
    alignment == other.alignment && Precision.allCases.allSatisfy { (peaks[$0] == nil) == (other.peaks[$0] == nil) }
  }
}
