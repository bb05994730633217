import JSONText
import Profiles
import SampleModels
import Testing

/// `--set` and everything else that changes a number by its path.
@Suite("Overriding a number by its path") struct OverrideTests {
  @Test func `changes that number and no other`() throws {
    let system = try Sample.system()
    for path in system.numberPaths where system.number(at: path) != nil {
      let old = try #require(system.number(at: path))
      var changed = system
      // Every sample number and its double are in range, but for shares that end at one and cells that end at a limit.
      let new = old == 0 ? 0.5 : old * 0.75
      do { try changed.set(path, to: new) } catch {
        guard case .outOfRange = error else { throw error }
        continue
      }
      #expect(changed.number(at: path) == new, "\(path)")
      for other in system.numberPaths where other != path {
        #expect(changed.number(at: other) == system.number(at: other), "\(path) leaves \(other)")
      }
      let source = try #require(changed.source(of: path))
      #expect(source.kind == .assumed && source.from == "set by the user", "\(path)")
    }
  }

  @Test func `also sets a number that the profile leaves out`() throws {
    var system = try Sample.system()
    #expect(system.number(at: "accelerator.peak_tflops.bf16") == nil)
    try system.set("accelerator.peak_tflops.bf16", to: 12)
    #expect(system.number(at: "accelerator.peak_tflops.bf16") == 12)
    #expect(system.accelerator?.peakTFLOPS[.bf16] == 12)
  }

  @Test func `reaches all three profiles`() throws {
    var system = try Sample.system()
    try system.set("accelerator.memory.bandwidth_gb_per_s", to: 8000)
    try system.set("host.single_thread_speed", to: 0.5)
    try system.set("framework.dispatch_us.linear", to: 7)
    #expect(system.accelerator?.memory.bandwidthGBPerS == 8000)
    #expect(system.host.singleThreadSpeed == 0.5)
    #expect(system.framework.dispatchUS[.linear] == 7)
  }

  @Test(arguments: [
    ("accelerator.memory.bandwith_gb_per_s", "accelerator.memory.bandwidth_gb_per_s"),
    ("acelerator.memory.capacity_gb", "accelerator.memory.capacity_gb"),
    ("host.single_threaded_speed", "host.single_thread_speed"),
    ("framework.dispatch_us.batchnorm", "framework.dispatch_us.batch_norm"),
  ])
  func `suggests the nearest path`(typed: String, meant: String) throws {
    var system = try Sample.system()
    let before = system
    let fault = #expect(throws: OverrideFault.self) { try system.set(typed, to: 1) }
    #expect(fault == .unknownPath(path: typed, suggestion: meant))
    #expect(fault?.description == "error: no profile number is called '\(typed)'; did you mean '\(meant)'?")
    #expect(system == before, "nothing is changed")
  }

  @Test func `suggests nothing where nothing is near`() throws {
    var system = try Sample.system()
    let fault = #expect(throws: OverrideFault.self) { try system.set("quantum.flux", to: 1) }
    #expect(
      fault?.description
        == "error: no profile number is called 'quantum.flux'; 'profiles show NAME' lists them")
    for path in ["", ".", "host", "host.", "accelerator", "accelerator.name", "accelerator.launch"] {
      #expect(throws: OverrideFault.self, "'\(path)'") { try system.set(path, to: 1) }
      #expect(system.number(at: path) == nil)
    }
  }

  @Test(arguments: [
    ("accelerator.memory.bandwidth_gb_per_s", -3.0, "between 0.001 and 1000000000 GB/s (it is -3.0)"),
    ("accelerator.memory.bandwidth_gb_per_s", 1e10, "between 0.001 and 1000000000 GB/s (it is 10000000000.0)"),
    ("accelerator.launch.call_us", -1, "between 0 and 10000000 us (it is -1.0)"),
    ("host.single_thread_speed", 0, "between 0.001 and 1000 (it is 0.0)"),
    ("accelerator.compute_units", 0.5, "a whole number between 1 and 1000000 (it is 0.5)"),
    ("accelerator.peak_tflops.fp16", 1e300, "between 1e-06 and 1000000000 TFLOP/s (it is 1e+300)"),
    ("framework.dispatch_us.linear", 1e8, "between 0 and 10000000 us (it is 100000000.0)"),
    ("framework.pass_us", .infinity, "between 0 and 10000000 us (it is inf)"),
    ("framework.pass_us", .nan, "between 0 and 10000000 us (it is nan)"),
  ])
  func `keeps to the range`(path: String, value: Double, words: String) throws {
    var system = try Sample.system()
    let before = system
    let fault = #expect(throws: OverrideFault.self) { try system.set(path, to: value) }
    #expect(fault?.description == "error: \(path) must be \(words)")
    #expect(system == before, "nothing is changed")
  }

  @Test func `says that a system without an accelerator has none of its numbers`() throws {
    var system = try Sample.system()
    system.accelerator = nil
    #expect(!system.numberPaths.contains { $0.hasPrefix("accelerator.") })
    #expect(system.number(at: "accelerator.compute_units") == nil)
    #expect(system.source(of: "accelerator.compute_units") == nil)
    let fault = #expect(throws: OverrideFault.self) { try system.set("accelerator.compute_units", to: 1) }
    #expect(
      fault?.description == "error: 'accelerator.compute_units' cannot be set: the system has no accelerator")
  }

  @Test func `of the sustained clock above the boost clock count as the boost clock`() throws {
    var accelerator = try Sample.accelerator()
    #expect(accelerator.sustainedShare == 1)
    accelerator.sustainedClockGHz = 1.2
    #expect(accelerator.sustainedShare == 1.2 / 1.5)
    accelerator.sustainedClockGHz = 2
    #expect(accelerator.sustainedShare == 1)
  }

  /// A trend that followed a misspelt number would follow nothing.
  @Test func `that follow others over the years name numbers that there are`() {
    for number in SystemNumber.all {
      let paths: [String] =
        switch number.trend {
        case .fittedOrFollowing(let path): [path]
        case .following(let product, let divisors): product + divisors
        case .none, .leading, .fitted: []
        }
      for path in paths { #expect(number.sibling(path) != nil, "\(number.path) follows \(path)") }
    }
  }
}
