import Profiles
import Roofline
import SampleModels
import Simulation
import Studies
import Testing
import Workloads

@Suite("The knee") struct KneeTests {
  /// The definition of `Knee`, tried batch by batch.
  static func bruteForce(_ workload: Workload, _ system: System, upTo limit: Int) throws -> Int? {
    for batch in 1...limit {
      let result = try Scenario(workload: workload.bind(["batch": Int64(batch)]), system: system, precision: .fp32)
        .simulate()
      if (result.time(in: .dispatch) + result.time(in: .launch)) * 2 < result.latency { return batch }
    }
    return nil
  }

  @Test(arguments: [20.0, 100, 500, 900, 2000, 5000])
  func `is the first batch at which the device sets the latency`(bandwidth: Double) throws {
    let workload = try Samples.workload(elements: 20_000)
    let system = try Samples.system(bandwidth: bandwidth)
    let found = try Knee.find(workload, parameters: [:]) {
      Scenario(workload: $0, system: system, precision: .fp32)
    }
    let expected = try #require(try Self.bruteForce(workload, system, upTo: 600))
    #expect(found == .batch(expected))
  }

  /// The host takes 10 us for an operator, 1 for its kernel and 2 for the call: 13.
  ///
  /// The device takes 1 us between
  /// kernels, 2 us for any kernel and 8 bytes for each element at 0.8 of 500 GB/s: 20 ns for 1,000 elements. So the
  /// device is the slower one from 3 + 0.02 batch > 13 on, beyond 500; at 500 the two are equal.
  @Test func `is where arithmetic by hand puts it`() throws {
    let workload = try Samples.workload(layers: 200, elements: 1000)
    let system = try Samples.system()
    let found = try Knee.find(workload, parameters: [:]) {
      Scenario(workload: $0, system: system, precision: .fp32)
    }
    guard case .batch(let batch) = found else {
      Issue.record("\(found)")
      return
    }
    #expect((498...503).contains(batch), "\(batch)")
  }

  @Test func `is 1 where the device is always slower`() throws {
    let system = try Samples.system(bandwidth: 1)
    let workload = try Samples.workload()
    #expect(
      try Knee.find(workload, parameters: [:]) { Scenario(workload: $0, system: system, precision: .fp32) } == .batch(1)
    )
  }

  @Test func `is nowhere up to the last batch that fits the memory`() throws {
    var system = try Samples.system(bandwidth: 1e6)
    try system.set("accelerator.memory.capacity_gb", to: 1)
    try system.set("host.single_thread_speed", to: 0.001)
    let workload = try Samples.workload()
    // Operand and result are 8 MB for each image: 125 fit in 1 GB, of the powers of two 64.
    let found = try Knee.find(workload, parameters: [:]) { Scenario(workload: $0, system: system, precision: .fp32) }
    #expect(found == .none(upTo: 64))
  }

  @Test func `is looked for up to its limit`() throws {
    var system = try Samples.system(bandwidth: 1e6)
    try system.set("host.single_thread_speed", to: 0.001)
    let workload = try Samples.workload(elements: 10)
    let found = try Knee.find(workload, parameters: [:]) { Scenario(workload: $0, system: system, precision: .fp32) }
    #expect(found == .none(upTo: Knee.limit))
  }
}
