import Profiles
import SampleModels
import Testing

@Suite("A number far from those of its kind and years") struct UnusualNumberTests {
  private static func catalog() throws -> ProfileCatalog { try Shipped.catalog.get() }

  @Test func `is questioned, with the unit that was likely meant`() throws {
    let catalog = try Self.catalog()
    var part = try catalog.accelerator(named: "nvidia-h200")
    part.name = "mine"
    #expect(UnusualNumber.all(in: part, among: catalog.accelerators).isEmpty)
    part.memory.bandwidthGBPerS = 4.8
    part.memory.capacityGB = 141_000
    let found = UnusualNumber.all(in: part, among: catalog.accelerators)
    #expect(found.map(\.path) == ["memory.capacity_gb", "memory.bandwidth_gb_per_s"])
    #expect(found.map(\.likelyUnit) == ["MB", "TB/s"])
    #expect(found[1].description.contains("if 4.8 TB/s is meant, write 4.8TB/s"))
    #expect(UnusualNumber.all(in: part, among: catalog.accelerators, at: ["clock_ghz"]).isEmpty)
  }

  /// Five times the largest is the limit: what is on it is not beyond it.
  @Test func `begins five times beyond the largest`() throws {
    let catalog = try Self.catalog()
    var part = try catalog.accelerator(named: "nvidia-h200")
    part.name = "mine"
    let most = try #require(
      catalog.accelerators.filter { (2021...2027).contains(Int($0.released.prefix(4)) ?? 0) }.map(
        \.memory.bandwidthGBPerS
      ).max())
    part.memory.bandwidthGBPerS = most * 5
    #expect(UnusualNumber.all(in: part, among: catalog.accelerators).isEmpty)
    part.memory.bandwidthGBPerS = most * 5.01
    #expect(UnusualNumber.all(in: part, among: catalog.accelerators).map(\.path) == ["memory.bandwidth_gb_per_s"])
  }
}
