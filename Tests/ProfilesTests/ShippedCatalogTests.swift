import JSONText
import Profiles
import TestSupport
import Testing

/// The profiles that travel with the program.
@Suite("The shipped profiles") struct ShippedCatalogTests {
  static let folder = packageRoot + "/hardware-profiles"

  /// Read once: without optimization that takes longer than what most tests look at.
  private static let read = Result { try ProfileCatalog(directories: [folder]) }

  static func catalog() throws -> ProfileCatalog { try read.get() }

  @Test func `all load, from files that have their names`() throws {
    let catalog = try Self.catalog()
    func files(_ sort: String) throws -> Set<String> {
      Set(try listFiles(in: Self.folder + "/" + sort, suffix: ".json").map { String($0.dropLast(5)) })
    }
    #expect(try files("accelerators") == Set(catalog.accelerators.map(\.name)))
    #expect(try files("hosts") == Set(catalog.hosts.map(\.name)))
    #expect(try files("frameworks") == Set(catalog.frameworks.map(\.name)))
    let families = catalog.families.families.map { $0.name.lowercased().map { $0 == " " ? "-" : $0 } }
    #expect(try files("architectures") == Set(families.map { String($0) }))
  }

  @Test func `have names and aliases of their own, which resolve`() throws {
    let catalog = try Self.catalog()
    let sorts = [
      catalog.accelerators.map { ($0.name, $0.aliases) }, catalog.hosts.map { ($0.name, $0.aliases) },
      catalog.frameworks.map { ($0.name, $0.aliases) },
    ]
    for sort in sorts {
      let all = sort.flatMap { [$0.0] + $0.1 }
      #expect(Set(all).count == all.count, "each name once")
    }
    for profile in catalog.accelerators {
      for name in [profile.name] + profile.aliases {
        #expect(try catalog.accelerator(named: name).name == profile.name)
      }
    }
    for profile in catalog.hosts {
      for name in [profile.name] + profile.aliases { #expect(try catalog.host(named: name).name == profile.name) }
    }
    for profile in catalog.frameworks {
      for name in [profile.name] + profile.aliases {
        #expect(try catalog.framework(named: name).name == profile.name)
      }
    }
  }

  @Test func `are those that other tools rely on`() throws {
    let catalog = try Self.catalog()
    let accelerators = [
      "nvidia-titan-x-pascal", "nvidia-gtx-1080-ti", "nvidia-v100", "nvidia-rtx-2080-ti", "nvidia-quadro-rtx-8000",
      "nvidia-rtx-3090", "nvidia-rtx-a6000", "nvidia-a100", "nvidia-h100-sxm", "nvidia-b200", "nvidia-t4",
      "nvidia-a10", "nvidia-rtx-4090", "nvidia-l4", "nvidia-l40s", "nvidia-h100-pcie", "nvidia-h200", "amd-mi100",
      "amd-mi210", "amd-mi250x", "amd-mi300x", "nvidia-rubin", "nvidia-h800-sxm", "nvidia-h20", "nvidia-a800-sxm4-80gb",
      "nvidia-l20", "nvidia-l40", "nvidia-rtx-6000-ada", "nvidia-rtx-pro-6000-server", "nvidia-gb200", "nvidia-gb300",
      "nvidia-gh200",
    ]
    for name in accelerators { #expect(throws: Never.self, "\(name)") { try catalog.accelerator(named: name) } }
    for name in ["reference", "xeon-w-2295", "epyc-7742", "8480c", "grace", "raspberry-pi-4"] {
      #expect(throws: Never.self, "\(name)") { try catalog.host(named: name) }
    }
    for name in ["pytorch-eager", "torchscript", "onnxruntime", "cuda-graph"] {
      #expect(throws: Never.self, "\(name)") { try catalog.framework(named: name) }
    }
  }

  @Test(arguments: [
    ("h100-sxm", "nvidia-h100-sxm"), ("h200", "nvidia-h200"), ("b200", "nvidia-b200"), ("l40s", "nvidia-l40s"),
    ("l40", "nvidia-l40"), ("a100", "nvidia-a100-sxm4-40gb"), ("v100", "nvidia-v100-sxm2-16gb"), ("t4", "nvidia-t4"),
    ("mi300", "amd-mi300x"), ("rtx-5090", "nvidia-rtx-5090"), ("5070", "nvidia-rtx-5070"),
    ("rtx-6000", "nvidia-rtx-6000-ada"), ("rtx-pro-6000", "nvidia-rtx-pro-6000"), ("gh200", "nvidia-gh200"),
    ("h20", "nvidia-h20"), ("h800", "nvidia-h800-sxm"), ("tpu-v5e", "google-tpu-v5e"), ("dgx-spark", "nvidia-gb10"),
    ("apple-m5", "apple-m5"),
  ])
  func `are found by their short names`(short: String, name: String) throws {
    #expect(try Self.catalog().accelerator(named: short).name == name)
  }

  @Test func `are fed by hosts of the catalog, each no more than some years younger`() throws {
    let catalog = try Self.catalog()
    for profile in catalog.accelerators {
      let name = try #require(profile.host, "\(profile.name) names a host")
      let host = try catalog.host(named: name)
      let (part, fed) = (Int(profile.released.prefix(4)) ?? 0, Int(host.released.prefix(4)) ?? 0)
      #expect(fed <= part + 2, "\(profile.name) of \(part), fed by \(name) of \(fed)")
    }
  }

  @Test func `name a source for every number`() throws {
    let catalog = try Self.catalog()
    func check<Profile: FieldDescribed>(_ name: String, _ profile: Profile, _ provenance: Provenance) {
      for field in Profile.fields where field.value(in: profile) != nil {
        #expect(provenance.source(of: field.path) != nil, "\(name): \(field.path) has no source")
      }
    }
    for profile in catalog.families.families { check(profile.name, profile, profile.provenance) }
    for profile in catalog.accelerators { check(profile.name, profile, profile.provenance) }
    for profile in catalog.hosts { check(profile.name, profile, profile.provenance) }
    for profile in catalog.frameworks { check(profile.name, profile, profile.provenance) }
    for profile in catalog.engines { check(profile.name, profile, profile.provenance) }
  }

  @Test func `say when parts were released, and announce only those of the future`() throws {
    let catalog = try Self.catalog()
    for profile in catalog.accelerators {
      #expect(!profile.released.isEmpty && !profile.vendor.isEmpty && profile.title != profile.name, "\(profile.name)")
      if !profile.isAnnounced {
        for source in profile.provenance.sources { #expect(source.kind != .announced, "\(profile.name) ships") }
      }
    }
    for profile in catalog.hosts where profile.name != "reference" {
      #expect(!profile.released.isEmpty && profile.title != profile.name, "\(profile.name)")
    }
    let dates = catalog.accelerators.map(\.released)
    #expect(dates == dates.sorted(), "by date of release")
    #expect(try catalog.host(named: "reference").singleThreadSpeed == 1)
  }

  @Test func `are physical`() throws {
    let catalog = try Self.catalog()
    for profile in catalog.accelerators {
      let peaks = profile.peakTFLOPS
      let fp32 = try #require(peaks[.fp32])
      for precision in [Precision.fp16, .bf16, .tf32, .fp8] {
        guard let peak = peaks[precision] else { continue }
        // The GTX 1080 Ti and the Titan X of the same chip compute half precision at 1/64 of the rate.
        #expect(peak >= fp32 || profile.architecture == "Pascal", "\(profile.name): \(precision)")
      }
      if let fp64 = peaks[.fp64] { #expect(fp64 <= fp32 * 2.01, "\(profile.name)") }
      if let l2 = profile.memory.l2BandwidthGBPerS { #expect(l2 > profile.memory.bandwidthGBPerS, "\(profile.name)") }
      #expect(profile.launch.graphKernelGapUS <= profile.launch.kernelGapUS, "\(profile.name)")
      #expect(profile.link.bandwidthGBPerS < profile.memory.bandwidthGBPerS, "\(profile.name)")
      let hasUnits = profile.efficiency.matrixAlignment > 0
      // A TPU multiplies in bf16 alone.
      let half = max(peaks[.fp16] ?? 0, peaks[.bf16] ?? 0)
      #expect(!hasUnits || half >= 1.9 * fp32, "\(profile.name): matrix units are at least twice as fast")
    }
    for profile in catalog.hosts {
      #expect(profile.boostClockGHz >= profile.clockGHz, "\(profile.name)")
      #expect(profile.memory.singleCoreBandwidthGBPerS <= profile.memory.bandwidthGBPerS, "\(profile.name)")
    }
  }

  @Test func `have flagships in the order of the headline`() throws {
    let names = try Self.catalog().accelerators.filter { $0.isFlagship && !$0.isAnnounced }.map(\.name)
    #expect(
      names == [
        "nvidia-titan-x-pascal", "nvidia-v100-sxm2-16gb", "nvidia-a100-sxm4-40gb", "nvidia-h100-sxm", "nvidia-b200",
      ])
  }
}
