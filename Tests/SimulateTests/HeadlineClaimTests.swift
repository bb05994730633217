import Profiles
import Simulation
import TestSupport
import Testing
import Workloads

/// What the product claims, for whatever constants its profiles have.
@Suite("The claim", .tags(.slow)) struct HeadlineClaimTests {
  static func tax(
    _ workload: BoundWorkload, _ accelerator: AcceleratorProfile, _ framework: FrameworkProfile, _ host: HostProfile,
    _ precision: Precision = .fp16
  ) throws -> Double {
    let system = ShippedCatalog.system(accelerator, host, framework)
    return try Scenario(workload: workload, system: system, precision: precision).simulate().frameworkTaxFraction
  }

  @Test(arguments: ["bert-base-uncased", "resnet50"], ["reference", "amd-ryzen-9-9950x"])
  func `that the tax does not fall from any generation to the next`(name: String, host: String) throws {
    let profiles = try ShippedCatalog.profiles()
    let workload = try ShippedCatalog.workloads().load(name).bind(["batch": 1])
    let eager = try profiles.framework(named: "pytorch-eager")
    let host = try profiles.host(named: host)
    let flagships = profiles.accelerators.filter(\.isFlagship)
    #expect(flagships.count >= 5)
    let taxes = try flagships.map { try Self.tax(workload, $0, eager, host) }
    for (index, (older, newer)) in zip(taxes, taxes.dropFirst()).enumerated() {
      #expect(newer >= older, "\(flagships[index].name) to \(flagships[index + 1].name): \(older) to \(newer)")
    }
  }

  @Test func `that a graph at least halves the tax wherever it is above 60 percent`() throws {
    let profiles = try ShippedCatalog.profiles()
    let workloads = try ShippedCatalog.workloads()
    let eager = try profiles.framework(named: "pytorch-eager")
    let graph = try profiles.framework(named: "cuda-graph")
    let host = try profiles.host(named: "reference")
    let headline = ["bert-base-uncased", "resnet50"]
    var count = 0
    for name in workloads.names where ShippedCatalog.isOptimized || headline.contains(name) {
      for batch in [1, 16] as [Int64] {
        let workload = try workloads.load(name).bind(["batch": batch])
        for accelerator in profiles.accelerators where ShippedCatalog.isOptimized || accelerator.isFlagship {
          for precision in [Precision.fp32, .fp16] where ShippedCatalog.isOptimized || precision == .fp16 {
            let before = try Self.tax(workload, accelerator, eager, host, precision)
            guard before > 0.6 else { continue }
            let after = try Self.tax(workload, accelerator, graph, host, precision)
            #expect(
              after <= before / 2, "\(name), \(batch), \(precision) on \(accelerator.name): \(before) to \(after)")
            count += 1
          }
        }
      }
    }
    #expect(count > 5, "the tax is above 60 % in many places")
  }
}
