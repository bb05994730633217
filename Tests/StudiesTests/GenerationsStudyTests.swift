import Profiles
import Roofline
import SampleModels
import Simulation
import Studies
import Testing
import Workloads

@Suite("The study of generations") struct GenerationsStudyTests {
  static func generation(_ name: String, bandwidth: Double, announced: Bool = false) throws -> AcceleratorProfile {
    var profile = try Sample.accelerator()
    profile.name = name
    profile.title = name.uppercased()
    profile.memory.bandwidthGBPerS = bandwidth
    profile.isAnnounced = announced
    return profile
  }

  static func study(_ accelerators: [AcceleratorProfile]) throws -> GenerationsStudy {
    try GenerationsStudy(
      workloads: [Samples.workload("first", elements: 100_000), Samples.workload("second", elements: 1000)],
      accelerators: accelerators, host: Sample.host(),
      hostOfItsTime: { accelerator in
        var host = try Sample.host()
        host.singleThreadSpeed = accelerator.name == "new" ? 2 : 1
        return host
      }, framework: Sample.framework(), precision: .fp32,
      batches: [1, 16])
  }

  @Test func `simulates every workload on every accelerator at every batch`() throws {
    let study = try Self.study([Self.generation("old", bandwidth: 10), Self.generation("new", bandwidth: 1000)])
    #expect(
      study.rows.map { "\($0.workload) \($0.accelerator.name)" } == [
        "first old", "first new", "second old", "second new",
      ])
    #expect(study.rows.allSatisfy { $0.results.count == 2 })
    let single = try Scenario(
      workload: Samples.workload("first", elements: 100_000).bind(["batch": 16]),
      system: System(
        accelerator: Self.generation("old", bandwidth: 10), host: Sample.host(), framework: Sample.framework()),
      precision: .fp32
    ).simulate()
    #expect(study.rows[0].results[1] == single)
  }

  @Test func `finds how much faster device and pass became, and the tax, up to the last that ships`() throws {
    let study = try Self.study([
      Self.generation("old", bandwidth: 10), Self.generation("new", bandwidth: 1000),
      Self.generation("next", bandwidth: 100_000, announced: true),
    ])
    let finding = try #require(study.finding)
    #expect(finding.workload == "first" && finding.oldest == "OLD" && finding.newest == "NEW")
    let old = study.rows[0].ownResults[0]
    let new = study.rows[1].ownResults[0]
    #expect(study.rows[1].ownResults[0] != study.rows[1].results[0], "its own host is faster")
    #expect(finding.deviceSpeedup == old.deviceBusy.fraction(of: new.deviceBusy))
    #expect(finding.latencySpeedup == old.latency.fraction(of: new.latency))
    #expect(finding.oldestTax == old.frameworkTaxFraction && finding.newestTax == new.frameworkTaxFraction)
    #expect(finding.deviceSpeedup > finding.latencySpeedup && finding.newestTax > finding.oldestTax)
  }

  @Test func `finds nothing in nothing`() throws {
    #expect(try Self.study([]).finding == nil)
    #expect(try Self.study([Self.generation("next", bandwidth: 1, announced: true)]).finding == nil)
  }
}
