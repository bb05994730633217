import Profiles
import SampleModels
import TestSupport
import Testing

@Suite("The source of a number") struct ProvenanceTests {
  @Test func `is the one that names it, or the nearest group around it`() throws {
    let provenance = try Sample.accelerator().provenance
    #expect(provenance.source(of: "peak_tflops.fp16")?.from == "twice fp32", "its own")
    #expect(provenance.source(of: "peak_tflops.fp32")?.from == "a data sheet", "its group's")
    #expect(provenance.source(of: "memory.l2_mb")?.kind == .measured)
    #expect(provenance.source(of: "memory.capacity_gb") == nil, "a neighbor's source is not its own")
    #expect(provenance.source(of: "memory") == nil, "a member's source is not the group's")
  }

  @Test func `of one number does not cover another that begins alike`() throws {
    let text = TextEdit(#""memory.l2_mb": {"#, #""memory.l2_bandwidth_gb_per_s": {"#).apply(to: Sample.acceleratorText)
    let profile = try ProfileReader.accelerator(from: Sample.document(text), families: Sample.families())
    #expect(profile.provenance.source(of: "memory.l2_mb") == nil)
  }

  @Test func `of a whole system is asked for with the profile's word in front`() throws {
    let system = try Sample.system()
    #expect(system.source(of: "accelerator.peak_tflops.fp32")?.kind == .datasheet)
    #expect(system.source(of: "host.cores")?.kind == .datasheet)
    #expect(system.source(of: "framework.dispatch_us.linear")?.kind == .assumed)
    #expect(system.source(of: "host.clock_ghz") == nil)
    #expect(system.source(of: "nothing") == nil)
  }

  /// `simulate profiles show` once said "no source given" for every constant that an accelerator has of its family.
  @Test func `that a profile leaves to its family is the family's`() throws {
    let provenance = try Sample.accelerator().provenance
    #expect(provenance.source(of: "efficiency.vector")?.from == "the Plain family: a test")
    #expect(provenance.source(of: "efficiency.vector")?.kind == .assumed)
    let own = provenance.source(of: "efficiency.matrix_memory")
    #expect(own == nil, "the profile's own number, and it gives no source")
  }

  @Test func `that the user set comes after and wins`() throws {
    var system = try Sample.system()
    try system.set("accelerator.peak_tflops.fp16", to: 3)
    try system.set("accelerator.peak_tflops.fp16", to: 4)
    #expect(system.source(of: "accelerator.peak_tflops.fp16")?.from == "set by the user")
    #expect(system.source(of: "accelerator.peak_tflops.fp32")?.from == "a data sheet", "its neighbor keeps its own")
  }
}
