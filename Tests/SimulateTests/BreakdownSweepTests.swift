import JSONText
import Profiles
import Reports
import Roofline
import Simulation
import TestSupport
import Testing
import Workloads

/// Each picosecond of a latency belongs to one part of its breakdown, whatever is simulated.
@Suite("The breakdown", .tags(.slow)) struct BreakdownSweepTests {
  /// Every workload on every accelerator and on none, by every framework, in every precision: 400,000 passes.
  ///
  /// An optimized build (`swift test -c release`) runs them all. Without optimization each workload is run twelve times,
  /// and between them they meet every accelerator, every framework and every precision.
  @Test(arguments: try ShippedCatalog.workloads().names)
  func `sums to the latency, for everything that is shipped`(name: String) throws {
    let profiles = try ShippedCatalog.profiles()
    let workloads = try ShippedCatalog.workloads()
    let host = try profiles.host(named: "reference")
    var systems: [(accelerator: AcceleratorProfile?, framework: FrameworkProfile, precision: Precision)] = []
    for accelerator in profiles.accelerators + [nil] {
      for framework in profiles.frameworks {
        for precision in Precision.selectable { systems.append((accelerator, framework, precision)) }
      }
    }
    if !ShippedCatalog.isOptimized {
      let row = try #require(workloads.names.firstIndex(of: name))
      systems = (0..<12).map { systems[(row * 151 + $0 * 157) % systems.count] }
    }
    let bound = try workloads.load(name).bind([:])
    for (accelerator, framework, precision) in systems {
      let system = ShippedCatalog.system(accelerator, host, framework)
      let result = try Scenario(workload: bound, system: system, precision: precision).simulate()
      let parts = CostCategory.allCases.map { result.time(in: $0) }
      let isRight =
        parts.reduce(.zero, +) == result.latency && parts.allSatisfy { $0 >= 0 } && result.latency > 0
        && (0...result.latency).contains(result.deviceBusy) && result.operatorCount == bound.operatorCount
      #expect(isRight, "on \(accelerator?.name ?? "none"), \(framework.name), \(precision): \(parts)")
    }
  }

  @Test func `sums to the latency as the digits of the JSON, also with one synchronization per pass`() throws {
    let profiles = try ShippedCatalog.profiles()
    let workloads = try ShippedCatalog.workloads()
    for name in ["bert-base-uncased", "resnet18", "gpt2"] {
      let bound = try workloads.load(name).bind(["batch": 3])
      for accelerator in [try profiles.accelerator(named: "nvidia-v100"), nil] {
        for framework in profiles.frameworks {
          for kind in LatencyKind.allCases {
            let system = ShippedCatalog.system(accelerator, try profiles.host(named: "grace"), framework)
            let scenario = Scenario(workload: bound, system: system, precision: .bf16, latencyKind: kind)
            let json = try RunJSON(RunReport(scenario: scenario, result: scenario.simulate()).json())
            let sum = try json.breakdown().reduce(0) { $0 + $1.picoseconds }
            #expect(try sum == json.picoseconds("latency_us"), "\(name) \(framework.name) \(kind)")
            let tax = try json.picoseconds("framework_tax_us")
            #expect(try tax == json.picoseconds("latency_us") - json.picoseconds("device_busy_us"))
          }
        }
      }
    }
  }
}
