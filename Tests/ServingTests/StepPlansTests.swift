import Profiles
import Roofline
import SampleModels
import Simulation
import Testing

@testable import Serving

@Suite("Plans that several systems share") struct StepPlansTests {
  private func entries(_ served: ServedDecoder) throws -> [PassSummary] {
    let times = StepTimes(served)
    return try times.decode(requests: 3, contexts: [7, 130, 1024]).map(\.summary)
      + [try times.prefill(requests: 2, prompt: 96).summary]
  }

  @Test("Steps take what they take by plans of their own, whatever other numbers the plans were made with")
  func shared() throws {
    var base = try Shipped.served("llama-3.2-1b")
    base.plans = StepPlans()
    var seen: [[PassSummary]] = []
    for (path, value) in [
      ("host.single_thread_speed", 0.5), ("host.single_thread_speed", 3),
      ("accelerator.memory.bandwidth_gb_per_s", 700),
      ("accelerator.launch.graph_kernel_gap_us", 2.5),
    ] {
      var served = base
      try served.prefill.set(path, to: value)
      try served.decode.set(path, to: value)
      let found = try entries(served)
      var own = served
      own.plans = nil
      #expect(try found == entries(own), "\(path)")
      #expect(!seen.contains(found))
      seen.append(found)
    }
  }

  @Test("A load is served by shared plans as by its own")
  func serving() throws {
    var base = try Shipped.served("llama-3.2-1b")
    base.plans = StepPlans()
    for rate in [2.0, 9] {
      let load = ServingLoad(
        arrivals: .rate(perSecond: rate, shape: 1), prompt: .fixed(100), tokens: .fixed(20), durationSeconds: 2, seed: 5
      )
      var own = base
      own.plans = nil
      var (shared, alone) = (
        try ServedReplica(base, longest: load.longest), try ServedReplica(own, longest: load.longest)
      )
      let (found, expected) = (try shared.serve(load), try alone.serve(load))
      #expect(found.steps == expected.steps && found.duration == expected.duration)
    }
  }
}
