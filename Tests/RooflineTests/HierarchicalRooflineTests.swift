import Roofline
import Testing

@Suite("The hierarchical roofline")
struct HierarchicalRooflineTests {
  /// 16 TFLOP/s, L2 at 4 TB/s, DRAM at 1 TB/s: ridge points 16 / 4 = 4 and 16 / 1 = 16 FLOP/byte.
  static let device = HierarchicalRoofline(
    peak: FLOPsPerSecond(teraflops: 16),
    levels: [
      MemoryLevel(name: "L2", bandwidth: BytesPerSecond(terabytesPerSecond: 4)),
      MemoryLevel(name: "DRAM", bandwidth: BytesPerSecond(terabytesPerSecond: 1)),
    ])

  @Test("Every level has its ridge point")
  func ridgePoints() {
    #expect(Self.device.ridgePoints == [ArithmeticIntensity(4), ArithmeticIntensity(16)])
    #expect(Self.device.roofline(ofLevel: 1).ridgePoint == ArithmeticIntensity(16))
  }

  struct Kernel: Sendable {
    let megaflops: Double
    let megabytes: [Double]
    let microseconds: Double
    let bound: HierarchicalBound

    var flops: FLOPs { FLOPs(megaflops * 1e6) }
    var traffic: [Bytes] { megabytes.map(Bytes.init(megabytes:)) }
  }

  /// One microsecond is 16 MFLOP, 4 MB of L2 traffic, 1 MB of DRAM traffic.
  static let kernels = [
    Kernel(megaflops: 160, megabytes: [8, 5], microseconds: 10, bound: .computeBound),  // max(10, 2, 5)
    Kernel(megaflops: 16, megabytes: [40, 5], microseconds: 10, bound: .memoryBound(level: 0)),  // max(1, 10, 5)
    Kernel(megaflops: 16, megabytes: [8, 5], microseconds: 5, bound: .memoryBound(level: 1)),  // max(1, 2, 5)
    Kernel(megaflops: 16, megabytes: [20, 5], microseconds: 5, bound: .memoryBound(level: 0)),  // a tie: the first
    Kernel(megaflops: 80, megabytes: [4, 5], microseconds: 5, bound: .computeBound),  // at DRAM's ridge point
    Kernel(megaflops: 0, megabytes: [0, 5], microseconds: 5, bound: .memoryBound(level: 1)),  // a copy past L2
    Kernel(megaflops: 16, megabytes: [0, 0], microseconds: 1, bound: .computeBound),  // arithmetic alone
  ]

  @Test("The slowest of arithmetic and levels sets the time and binds", arguments: kernels)
  func timeAndBound(kernel: Kernel) {
    let time = Self.device.timeLowerBound(flops: kernel.flops, traffic: kernel.traffic)
    #expect(time.microseconds.isWithinRounding(of: kernel.microseconds))
    #expect(Self.device.bound(flops: kernel.flops, traffic: kernel.traffic) == kernel.bound)
  }

  @Test("The attainable rate is the work over the least time", arguments: kernels.filter { $0.megaflops > 0 })
  func attainable(kernel: Kernel) {
    let rate = Self.device.attainable(at: kernel.traffic.map { kernel.flops / $0 })
    #expect(rate.isWithinRounding(of: kernel.flops / Seconds(microseconds: kernel.microseconds)))
  }

  @Test("With a single level it is the flat roofline", arguments: Device.all)
  func reducesToFlat(device: Device) {
    let flat = device.roofline
    let single = HierarchicalRoofline(
      peak: flat.peak, levels: [MemoryLevel(name: "DRAM", bandwidth: flat.bandwidth)])
    for intensity in RooflineTests.intensities {
      let bytes = Bytes(megabytes: 8)
      let flops = intensity * bytes
      #expect(single.attainable(at: [intensity]) == flat.attainable(at: intensity))
      #expect(
        single.timeLowerBound(flops: flops, traffic: [bytes]) == flat.timeLowerBound(flops: flops, bytes: bytes))
      let expected: HierarchicalBound =
        flat.bound(at: intensity) == .computeBound ? .computeBound : .memoryBound(level: 0)
      #expect(single.bound(flops: flops, traffic: [bytes]) == expected)
    }
  }

  @Test("Numbers that describe no hierarchy are thrown back, the first fault first")
  func faults() {
    let (peak, good) = (FLOPsPerSecond(teraflops: 16), BytesPerSecond(terabytesPerSecond: 1))
    func fault(_ peak: FLOPsPerSecond, _ levels: [MemoryLevel]) -> RooflineFault? {
      do throws(RooflineFault) {
        _ = try HierarchicalRoofline(validatingPeak: peak, levels: levels)
        return nil
      } catch {
        return error
      }
    }
    let dram = MemoryLevel(name: "DRAM", bandwidth: good)
    #expect(fault(peak, [dram]) == nil)
    #expect(fault(.zero, []) == .unusablePeak(.zero))
    #expect(fault(peak, []) == .noLevels)
    #expect(fault(peak, [dram, dram]) == .duplicateLevel("DRAM"))
    #expect(
      fault(peak, [dram, MemoryLevel(name: "L2", bandwidth: .zero)])
        == .unusableLevelBandwidth(level: "L2", .zero))
  }

  @Test("Traffic must be given for every level")
  func preconditions() async {
    await #expect(processExitsWith: .failure) {
      _ = HierarchicalRooflineTests.device.timeLowerBound(flops: FLOPs(1), traffic: [Bytes(1)])
    }
    await #expect(processExitsWith: .failure) {
      _ = HierarchicalRoofline(peak: FLOPsPerSecond(1), levels: [])
    }
  }
}
