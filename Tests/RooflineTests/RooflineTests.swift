import Roofline
import Testing

@Suite("The roofline")
struct RooflineTests {
  /// Intensities from far below any ridge to far above, with exact powers of two so that doubling is exact.
  static let intensities = (-10...12).map { ArithmeticIntensity($0 < 0 ? 1 / Double(1 << -$0) : Double(1 << $0)) }

  @Test("The ridge point is peak over bandwidth", arguments: Device.all)
  func ridgePoint(device: Device) {
    #expect(abs(device.roofline.ridgePoint.value - device.ridge) <= 0.005)
  }

  struct Vector: Sendable {
    let intensity: Double
    let tflops: Double
    let bound: RooflineBound
  }

  /// V100, 15.7 TFLOP/s and 900 GB/s: below 17.44 FLOP/byte the rate is intensity × 0.9 TFLOP/s, above it is 15.7.
  static let v100Vectors = [
    Vector(intensity: 0, tflops: 0, bound: .memoryBound),  // a copy computes nothing
    Vector(intensity: 0.25, tflops: 0.225, bound: .memoryBound),  // 0.25 × 0.9: one add per fp32 element read
    Vector(intensity: 2, tflops: 1.8, bound: .memoryBound),  // 2 × 0.9
    Vector(intensity: 17, tflops: 15.3, bound: .memoryBound),  // 17 × 0.9, just below the ridge
    Vector(intensity: 18, tflops: 15.7, bound: .computeBound),  // 18 × 0.9 = 16.2 > 15.7
    Vector(intensity: 1_000, tflops: 15.7, bound: .computeBound),
    Vector(intensity: .infinity, tflops: 15.7, bound: .computeBound),  // pure arithmetic
  ]

  @Test("The attainable rate is the lower of the two ceilings", arguments: v100Vectors)
  func attainable(vector: Vector) {
    let intensity = ArithmeticIntensity(vector.intensity)
    #expect(Device.v100.attainable(at: intensity).tflops.isWithinRounding(of: vector.tflops))
    #expect(Device.v100.fractionOfPeak(at: intensity).isWithinRounding(of: vector.tflops / 15.7))
    #expect(Device.v100.bound(at: intensity) == vector.bound)
  }

  struct Kernel: Sendable {
    let flops: FLOPs
    let bytes: Bytes
    let microseconds: Double
  }

  /// V100: 15.7 MFLOP and 0.9 MB each take exactly one microsecond.
  static let v100Kernels = [
    Kernel(flops: FLOPs(0), bytes: Bytes(megabytes: 9), microseconds: 10),  // a copy: 9 / 0.9
    Kernel(flops: FLOPs(giga: 0.157), bytes: Bytes(0), microseconds: 10),  // arithmetic alone: 157 / 15.7
    Kernel(flops: FLOPs(0), bytes: Bytes(0), microseconds: 0),
    Kernel(flops: FLOPs(giga: 0.157), bytes: Bytes(megabytes: 1.8), microseconds: 10),  // max(10, 2)
    Kernel(flops: FLOPs(giga: 0.0157), bytes: Bytes(megabytes: 1.8), microseconds: 2),  // max(1, 2)
  ]

  @Test("A kernel takes at least its arithmetic and at least its transfers", arguments: v100Kernels)
  func timeLowerBound(kernel: Kernel) {
    let time = Device.v100.timeLowerBound(flops: kernel.flops, bytes: kernel.bytes)
    #expect(time.microseconds.isWithinRounding(of: kernel.microseconds))
  }

  @Test("At the ridge point the peak is attained exactly, and the ceilings meet", arguments: Device.all)
  func continuousAtTheRidge(device: Device) {
    let (roofline, ridge) = (device.roofline, device.roofline.ridgePoint)
    #expect(roofline.bound(at: ridge) == .computeBound)
    #expect(roofline.attainable(at: ridge) == roofline.peak)
    #expect(roofline.fractionOfPeak(at: ridge) == 1)
    let justBelow = ArithmeticIntensity(ridge.value.nextDown)
    #expect(roofline.bound(at: justBelow) == .memoryBound)
    #expect(roofline.attainable(at: justBelow).isWithinRounding(of: roofline.peak))
    #expect(roofline.attainable(at: justBelow) <= roofline.peak)
  }

  @Test("More intensity never attains less, and never more than the peak", arguments: Device.all)
  func monotonic(device: Device) {
    let rates = Self.intensities.map(device.roofline.attainable(at:))
    #expect(zip(rates, rates.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(rates.allSatisfy { $0 <= device.roofline.peak })
  }

  @Test("Scaling the device scales rates and times: a power of two does so exactly", arguments: Device.all)
  func scalingLaws(device: Device) {
    let one = device.roofline
    let twice = Roofline(peak: one.peak * 2, bandwidth: one.bandwidth * 2)
    let (flops, bytes) = (FLOPs(giga: 3), Bytes(megabytes: 50))
    #expect(twice.ridgePoint == one.ridgePoint)
    #expect(twice.timeLowerBound(flops: flops, bytes: bytes) * 2 == one.timeLowerBound(flops: flops, bytes: bytes))
    #expect(
      one.timeLowerBound(flops: flops * 2, bytes: bytes * 2) == one.timeLowerBound(flops: flops, bytes: bytes) * 2)
    for intensity in Self.intensities {
      #expect(twice.attainable(at: intensity) == one.attainable(at: intensity) * 2)
    }
  }

  @Test("The rate and the time are one law: flops / time = attainable(flops / bytes)", arguments: Device.all)
  func rateAndTimeAgree(device: Device) {
    let bytes = Bytes(megabytes: 8)
    for intensity in Self.intensities {
      let flops = intensity * bytes
      let rate = flops / device.roofline.timeLowerBound(flops: flops, bytes: bytes)
      #expect(rate.isWithinRounding(of: device.roofline.attainable(at: flops / bytes)))
    }
  }

  @Test("A peak that is not a positive finite number is thrown back", arguments: [0, -1, .infinity])
  func rejectsPeak(value: Double) {
    let peak = FLOPsPerSecond(value)
    #expect(throws: RooflineFault.unusablePeak(peak)) {
      try Roofline(validatingPeak: peak, bandwidth: BytesPerSecond(1))
    }
  }

  @Test("A bandwidth that is not a positive finite number is thrown back", arguments: [0, -1, .infinity])
  func rejectsBandwidth(value: Double) {
    let bandwidth = BytesPerSecond(value)
    #expect(throws: RooflineFault.unusableBandwidth(bandwidth)) {
      try Roofline(validatingPeak: FLOPsPerSecond(1), bandwidth: bandwidth)
    }
  }

  @Test("The validating initializer accepts what the plain one does")
  func accepts() throws {
    #expect(try Roofline(validatingPeak: Device.v100.peak, bandwidth: Device.v100.bandwidth) == Device.v100)
  }

  @Test("Preconditions hold in every build")
  func preconditions() async {
    await #expect(processExitsWith: .failure) { _ = Roofline(peak: .zero, bandwidth: BytesPerSecond(1)) }
    await #expect(processExitsWith: .failure) { _ = Roofline(peak: FLOPsPerSecond(1), bandwidth: .zero) }
    await #expect(processExitsWith: .failure) { _ = Device.v100.bound(at: ArithmeticIntensity(-1)) }
    await #expect(processExitsWith: .failure) {
      _ = Device.v100.timeLowerBound(flops: FLOPs(-1), bytes: Bytes(0))
    }
  }
}
