import Profiles
import Testing

@Suite("A number by the name that people have for it") struct FieldNameTests {
  @Test(arguments: [
    ("bandwidth", "memory.bandwidth_gb_per_s"), ("memory.bandwidth_gb_per_s", "memory.bandwidth_gb_per_s"),
    ("accelerator.memory.bandwidth_gb_per_s", "memory.bandwidth_gb_per_s"), ("fp16", "peak_tflops.fp16"),
    ("call_us", "launch.call_us"), ("call", "launch.call_us"), ("power", "watts"), ("compute-units", "compute_units"),
    ("price", "price.list_usd"),
  ])
  func `is found`(name: String, path: String) {
    #expect(FieldName.field(name, of: AcceleratorProfile.self)?.path == path)
  }

  /// Two numbers end so, or none.
  @Test(arguments: ["latency_us", "latency", "bandwith", "host.cores", ""])
  func `is none where several end so`(name: String) {
    #expect(FieldName.field(name, of: AcceleratorProfile.self) == nil)
  }

  @Test func `is short for a number that there is`() {
    for short in AcceleratorProfile.shortNames { #expect(AcceleratorProfile.fields.contains { $0.path == short.path }) }
    for short in HostProfile.shortNames { #expect(HostProfile.fields.contains { $0.path == short.path }) }
  }
}
