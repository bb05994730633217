/// What work costs a device in energy, beside the time that its roofline allows.
///
/// ```swift
/// let device = EnergyRoofline(
///   roofline: h100, energyPerFLOP: Joules(picojoules: 0.5), energyPerByte: Joules(picojoules: 60),
///   constantPower: Watts(90))
/// device.balancePoint            // 120 FLOP/byte: from there on arithmetic takes the larger part
/// device.energy(of: product)
/// ```
///
/// The equation is `energy = FLOPs·ε + bytes·δ + π·time`: Choi, Bedard, Fowler, Vuduc, "A Roofline Model of Energy",
/// IPDPS 2013. Energies add where times overlap, so there is an arch in place of a corner.
///
/// Invariant: energies are finite and greater than zero, the constant power is finite and zero or more.
public struct EnergyRoofline: Hashable, Sendable {
  /// The device's limits in time.
  public let roofline: Roofline
  /// ε: energy of a floating-point operation.
  public let energyPerFLOP: Joules
  /// δ: energy of a byte that is moved.
  public let energyPerByte: Joules
  /// π: power that is drawn whatever is done.
  public let constantPower: Watts

  /// Creates an energy roofline.
  ///
  /// - Precondition: energies are finite and greater than zero, the power is finite and zero or more.
  public init(roofline: Roofline, energyPerFLOP: Joules, energyPerByte: Joules, constantPower: Watts = .zero) {
    precondition(energyPerFLOP.isUsableRate && energyPerByte.isUsableRate, "an operation and a byte take some energy")
    precondition(constantPower >= .zero && constantPower.isFinite, "a power is finite and zero or more")
    self.roofline = roofline
    self.energyPerFLOP = energyPerFLOP
    self.energyPerByte = energyPerByte
    self.constantPower = constantPower
  }

  /// δ/ε: the intensity at which arithmetic and traffic take as much energy.
  public var balancePoint: ArithmeticIntensity {
    ArithmeticIntensity(energyPerByte.value / energyPerFLOP.value)
  }

  /// The least energy of an amount of work: that of arithmetic, of traffic, and of the least time.
  ///
  /// - Precondition: neither is negative.
  public func energy(flops: FLOPs, bytes: Bytes) -> Joules {
    let time = roofline.timeLowerBound(flops: flops, bytes: bytes)
    return flops.value * energyPerFLOP + bytes.value * energyPerByte + constantPower * time
  }

  /// The least energy of some work.
  public func energy(of work: some Work) -> Joules { energy(flops: work.flops, bytes: work.bytes) }

  /// The power that some work draws while it takes its least time; `nil` for nothing at all.
  public func power(of work: some Work) -> Watts? {
    let time = roofline.timeLowerBound(of: work)
    return time > .zero ? energy(of: work) / time : nil
  }

  /// The most floating-point operations for a joule at an intensity; zero for a copy.
  ///
  /// - Precondition: `intensity` is zero or more; it may be infinite.
  public func flopsPerJoule(at intensity: ArithmeticIntensity) -> Double {
    let rate = roofline.attainable(at: intensity)
    guard rate > .zero else { return 0 }
    let ofTraffic = energyPerByte.value / intensity.value
    return 1 / (energyPerFLOP.value + ofTraffic + constantPower.value / rate.value)
  }
}
