import JSONText
import Profiles
import SampleModels
import TestSupport
import Testing

@Suite("What a profile leaves to its family") struct FamilyDefaultsTests {
  private static let launch = """
    "launch": { "call_us": 7, "latency_us": 3, "kernel_gap_us": 1, "graph_kernel_gap_us": 0.5, "graph_call_us": 10,
      "graph_latency_us": 4, "graph_node_us": 0.25, "synchronization_us": 5, "queue_depth": 512 }
    """

  /// The family `Plain` with launch and link numbers.
  private static func families() throws -> ArchitectureFamilies {
    let edits = [
      TextEdit(
        "\"sources\": {",
        "\"defaults\": { \(launch), \"link\": { \"bandwidth_gb_per_s\": 55, \"latency_us\": 9 } },\n  \"sources\": {\n"
          + "\"defaults.launch\": { \"kind\": \"assumed\", \"from\": \"another part\" },")
    ]
    let text = edits.reduce(Sample.plainArchitectureText) { $1.apply(to: $0) }
    return ArchitectureFamilies([try ProfileReader.architecture(from: Sample.document(text))])
  }

  private static func accelerator(_ launch: String, _ link: String) throws -> AcceleratorProfile {
    let text = """
      { "schema": "accelerator/1", "name": "a", "architecture": "Plain", "compute_units": 10, "clock_ghz": 1.5,
        "peak_tflops": { "fp32": 10 }, "memory": { "capacity_gb": 16, "bandwidth_gb_per_s": 500, "l2_mb": 4 } \(launch) \(link) }
      """
    return try ProfileReader.accelerator(from: Sample.document(text), families: families())
  }

  @Test func `is its launch and link where it has neither`() throws {
    let profile = try Self.accelerator("", "")
    #expect(profile.launch.callUS == 7 && profile.launch.queueDepth == 512 && profile.launch.graphNodeUS == 0.25)
    #expect(profile.link.bandwidthGBPerS == 55 && profile.link.latencyUS == 9)
    let source = try #require(profile.provenance.source(of: "launch.call_us"))
    #expect(source.kind == .assumed && source.from == "derived from the Plain family: another part")
    let derived = profile.provenance.derivations.flatMap(\.paths)
    #expect(derived.contains("launch.call_us") && derived.contains("link.latency_us"))
  }

  @Test func `is what it leaves out of a group`() throws {
    let profile = try Self.accelerator(#", "launch": { "call_us": 2 }"#, "")
    #expect(profile.launch.callUS == 2 && profile.launch.latencyUS == 3 && profile.launch.graphNodeUS == 0.25)
    #expect(!profile.provenance.derivations.flatMap(\.paths).contains("launch.call_us"))
  }

  /// A file of before there were defaults means what it meant: what it leaves out is none.
  @Test func `is nothing of a group that is complete`() throws {
    let complete = """
      , "launch": { "call_us": 2, "latency_us": 3, "kernel_gap_us": 1, "graph_kernel_gap_us": 0.5, "graph_call_us": 10,
        "graph_latency_us": 4, "synchronization_us": 5, "queue_depth": 1024 }
      """
    let profile = try Self.accelerator(complete, "")
    #expect(profile.launch.graphNodeUS == 0)
    #expect(!profile.provenance.derivations.flatMap(\.paths).contains { $0.hasPrefix("launch") })
  }

  @Test func `is no excuse for a wrong number`() throws {
    for (launch, words) in [
      (#", "launch": { "call_us": -1 }"#, "/launch/call_us must be"),
      (#", "launch": { "cal_us": 1 }"#, "did you mean \"call_us\"?"),
    ] {
      let fault = #expect(throws: JSONFault.self) { try Self.accelerator(launch, "") }
      #expect(fault?.description.contains(words) == true)
    }
  }

  @Test func `of a host is all but the speed of a thread`() throws {
    let text = #"{ "schema": "host/1", "name": "mine", "single_thread_speed": 1.5 }"#
    let catalog = try Shipped.catalog.get()
    let host = try ProfileReader.host(from: Sample.document(text), architectures: catalog.hostArchitectures)
    let reference = try catalog.host(named: "reference")
    #expect(host.singleThreadSpeed == 1.5 && host.cores == reference.cores && host.memory == reference.memory)
    #expect(host.efficiency == reference.efficiency && host.vector == reference.vector)
    #expect(host.provenance.derivations.first?.owner == "the x86 family")
  }

  /// The numbers are written twice, in the part's file and in its family's; this holds them together.
  @Test func `is what the part of the catalog has that the family names`() throws {
    let catalog = try Shipped.catalog.get()
    for family in catalog.families.families {
      let source = try #require(family.provenance.source(of: "defaults.launch"), "\(family.name)")
      let part = try #require(
        catalog.accelerators.first { source.from.hasPrefix("the \($0.name)'s") }, "\(family.name): \(source.from)")
      #expect(part.architecture == family.name)
      let text = """
        { "schema": "accelerator/1", "name": "a", "architecture": "\(family.name)", "compute_units": 10, "clock_ghz": 1.5,
          "peak_tflops": { "fp32": 10 }, "memory": { "capacity_gb": 16, "bandwidth_gb_per_s": 500, "l2_mb": 4 } }
        """
      let bare = try ProfileReader.accelerator(from: Sample.document(text), families: catalog.families)
      #expect(bare.launch == part.launch && bare.link == part.link, "\(family.name)")
    }
    for family in catalog.hostArchitectures {
      let source = try #require(family.provenance.source(of: "defaults"), "\(family.name)")
      let host = try #require(catalog.hosts.first { source.from.hasPrefix("the \($0.name) host's") })
      let text = #"{ "schema": "host/1", "name": "a", "architecture": "\#(family.name)", "single_thread_speed": 1 }"#
      let bare = try ProfileReader.host(from: Sample.document(text), architectures: catalog.hostArchitectures)
      #expect(bare.memory == host.memory && bare.cores == host.cores && bare.efficiency == host.efficiency)
    }
  }

  @Test func `of a price must have a date`() throws {
    let price = #", "price": { "list_usd": 100 }"#
    let fault = #expect(throws: JSONFault.self) { try Self.accelerator(price, "") }
    #expect(fault?.path == "/price/list_usd" && fault?.description.contains("source with a date") == true)
    let dated = #", "sources": { "price.list_usd": { "kind": "datasheet", "from": "a shop", "date": "2026-10" } }"#
    let profile = try Self.accelerator(price, dated)
    #expect(profile.price.listUSD == 100 && profile.provenance.source(of: "price.list_usd")?.date == "2026-10")
    let wrong = dated.replacing("2026-10", with: "2026")
    #expect(throws: JSONFault.self) { try Self.accelerator(price, wrong) }
  }
}
