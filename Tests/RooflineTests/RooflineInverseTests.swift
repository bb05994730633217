import Roofline
import Testing

@Suite("The roofline's inverse questions")
struct RooflineInverseTests {
  @Test("Half of a V100's peak needs half of its ridge point")
  func halfOfPeak() {
    // 0.5 × 15,700 / 900 = 8.722 FLOP/byte
    #expect(abs(Device.v100.intensity(forFractionOfPeak: 0.5).value - 8.722) < 0.0005)
  }

  @Test(
    "The fraction of the peak at the intensity that a fraction needs is that fraction",
    arguments: Device.all, [0, 0.001, 0.1, 0.5, 0.75, 0.999, 1])
  func fractionRoundTrip(device: Device, fraction: Double) {
    let intensity = device.roofline.intensity(forFractionOfPeak: fraction)
    #expect(device.roofline.fractionOfPeak(at: intensity).isWithinRounding(of: fraction))
  }

  @Test("The rate attained at the intensity that a rate needs is that rate", arguments: Device.all)
  func rateRoundTrip(device: Device) throws {
    for part in [0, 0.25, 0.5, 1] {
      let rate = device.roofline.peak * part
      let intensity = try #require(device.roofline.intensity(toAttain: rate))
      #expect(device.roofline.attainable(at: intensity).isWithinRounding(of: rate))
    }
    #expect(device.roofline.intensity(toAttain: device.roofline.peak * 1.01) == nil)
  }

  @Test("A device with the peak that a time needs takes that time", arguments: Device.all)
  func peakRoundTrip(device: Device) throws {
    let (flops, bytes) = (FLOPs(giga: 40), Bytes(megabytes: 10))
    // The transfers take at most 10 MB / 480 GB/s = 20.8 µs on these devices: 30 µs leave the choice to the peak.
    let time = Seconds(microseconds: 30)
    let peak = try #require(device.roofline.peakNeeded(flops: flops, bytes: bytes, within: time))
    let needed = Roofline(peak: peak, bandwidth: device.roofline.bandwidth)
    #expect(needed.timeLowerBound(flops: flops, bytes: bytes).isWithinRounding(of: time))
  }

  @Test("A device with the bandwidth that a time needs takes that time", arguments: Device.all)
  func bandwidthRoundTrip(device: Device) throws {
    let (flops, bytes) = (FLOPs(giga: 0.1), Bytes(megabytes: 10))
    // The arithmetic takes at most 0.1 GFLOP / 10.97 TFLOP/s = 9.1 µs on these devices.
    let time = Seconds(microseconds: 15)
    let bandwidth = try #require(device.roofline.bandwidthNeeded(flops: flops, bytes: bytes, within: time))
    let needed = Roofline(peak: device.roofline.peak, bandwidth: bandwidth)
    #expect(needed.timeLowerBound(flops: flops, bytes: bytes).isWithinRounding(of: time))
  }

  @Test("No peak helps a kernel whose transfers alone are too slow, and no bandwidth one whose arithmetic is")
  func noAnswer() {
    // V100: 9 MB take 10 µs and 157 MFLOP take 10 µs.
    let (flops, bytes, short) = (FLOPs(giga: 0.157), Bytes(megabytes: 9), Seconds(microseconds: 9.9))
    #expect(Device.v100.peakNeeded(flops: flops, bytes: bytes, within: short) == nil)
    #expect(Device.v100.bandwidthNeeded(flops: flops, bytes: bytes, within: short) == nil)
  }

  @Test("A pure copy needs no peak, and pure arithmetic no bandwidth")
  func degenerateKernels() {
    let time = Seconds(microseconds: 10)
    #expect(Device.v100.peakNeeded(flops: .zero, bytes: Bytes(megabytes: 1), within: time) == .zero)
    #expect(Device.v100.bandwidthNeeded(flops: FLOPs(giga: 0.1), bytes: .zero, within: time) == .zero)
  }

  @Test("Questions outside their domain stop the program")
  func preconditions() async {
    await #expect(processExitsWith: .failure) { _ = Device.v100.intensity(forFractionOfPeak: 1.01) }
    await #expect(processExitsWith: .failure) {
      _ = Device.v100.peakNeeded(flops: FLOPs(1), bytes: Bytes(1), within: .zero)
    }
  }
}
