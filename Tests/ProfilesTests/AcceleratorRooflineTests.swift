import Profiles
import Roofline
import TestSupport
import Testing

@Suite("The roofline of an accelerator") struct AcceleratorRooflineTests {
  private static func h100() throws -> AcceleratorProfile {
    try ProfileCatalog(directories: [packageRoot + "/hardware-profiles"]).accelerator(named: "nvidia-h100-sxm")
  }

  @Test func `is that of its data sheet`() throws {
    let roofline = try Roofline(accelerator: Self.h100(), precision: .bf16)
    #expect(roofline.peak == FLOPsPerSecond(teraflops: 989))
    #expect(roofline.bandwidth == BytesPerSecond(gigabytesPerSecond: 3350))
  }

  @Test func `is in the fastest format that carries one without units of its own`() throws {
    var profile = try Self.h100()
    profile.peakTFLOPS[.fp8] = nil
    #expect(try Roofline(accelerator: profile, precision: .fp8).peak == FLOPsPerSecond(teraflops: 989))
    profile.peakTFLOPS[.fp64] = nil
    #expect(throws: RooflineFault.unusablePeak(.zero)) { try Roofline(accelerator: profile, precision: .fp64) }
  }

  @Test func `has a level for the cache where its bandwidth is known`() throws {
    var profile = try Self.h100()
    let levels = try HierarchicalRoofline(accelerator: profile, precision: .fp16).levels
    #expect(levels.map(\.name) == ["L2", "DRAM"])
    #expect(levels.map(\.bandwidth.gigabytesPerSecond) == [9800, 3350])
    profile.memory.l2BandwidthGBPerS = nil
    #expect(try HierarchicalRoofline(accelerator: profile, precision: .fp16).levels.map(\.name) == ["DRAM"])
  }

  @Test func `has ceilings below it, the highest first`() throws {
    let profile = try Self.h100()
    let ceilings = try profile.ceilings(.fp16)
    #expect(
      ceilings.map(\.name) == [
        "measured bandwidth", "no fused multiply-add", "no matrix units", "one compute unit",
      ])
    #expect(ceilings[1].roofline.peak.teraflops == 494.5)
    #expect(ceilings[2].roofline.peak.teraflops == 66.9)
    #expect(abs(ceilings[3].roofline.peak.teraflops - 989 / 132) < 1e-9)
    #expect(ceilings[0].roofline.bandwidth < BytesPerSecond(gigabytesPerSecond: 3350))
    #expect(try profile.ceilings(.fp32).map(\.name).contains("no matrix units") == false)
  }
}
