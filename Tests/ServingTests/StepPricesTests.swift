import Kernels
import Profiles
import Roofline
import SampleModels
import Simulation
import Testing
import Workloads

@testable import Serving

/// Steps between those that are planned.
@Suite struct StepPricesTests {
  @Test(arguments: ["llama-3.2-1b", "qwen3-30b-a3b", "gpt-oss-20b"])
  func `a step over next tokens is priced as it is planned`(decoder: String) throws {
    let served = try Shipped.served(decoder)
    var prices = try StepPrices(served, longest: 8_000)
    var random = RandomSource(seed: 11)
    for _ in 0..<20 {
      let requests = Int64.random(in: 1...200, using: &random)
      let keys = Int64.random(in: 2...6_000, using: &random)
      let price = try prices.price(of: BatchStep(decodes: requests, keys: requests * keys))
      let step = EngineStep(requests: requests, queries: 1, keys: keys)
      let planned = try served.scenario(step, served.decodeLatencyKind).simulate()
      let error = price.latency / Double(planned.latency.count) - 1
      #expect(abs(error) < 0.05, "\(decoder): \(requests) requests, \(keys) keys: \(error)")
      #expect(abs(price.deviceBusy / Double(planned.deviceBusy.count) - 1) < 0.05)
    }
  }

  @Test(arguments: ["llama-3.2-1b", "qwen3-30b-a3b"])
  func `a step over a prompt is priced as it is planned`(decoder: String) throws {
    let served = try Shipped.served(decoder)
    var prices = try StepPrices(served, longest: 8_000)
    var random = RandomSource(seed: 12)
    for _ in 0..<20 {
      let tokens = Int64.random(in: 2...4_000, using: &random)
      let before = Int64.random(in: 0...4_000, using: &random)
      let step = BatchStep(pieces: 1, promptTokens: tokens, pairs: tokens * before + tokens * (tokens + 1) / 2)
      let price = try prices.price(of: step)
      let planned = try served.scenario(
        EngineStep(requests: 1, queries: tokens, keys: tokens + before), .synchronized
      ).simulate()
      let error = price.latency / Double(planned.latency.count) - 1
      #expect(abs(error) < 0.06, "\(decoder): \(tokens) tokens after \(before): \(error)")
    }
  }

  @Test func `more work takes no less`() throws {
    var prices = try StepPrices(try Shipped.served("llama-3.2-1b"), longest: 8_000)
    let prompt = try prices.price(of: BatchStep(pieces: 1, promptTokens: 512, pairs: 131_328))
    let both = try prices.price(
      of: BatchStep(decodes: 64, keys: 64 * 2_000, pieces: 1, promptTokens: 512, pairs: 131_328))
    let decodes = try prices.price(of: BatchStep(decodes: 64, keys: 64 * 2_000))
    #expect(both.latency > max(prompt.latency, decodes.latency))
    // Weights are read once for both.
    #expect(both.deviceBusy < prompt.deviceBusy + decodes.deviceBusy)
    #expect(both.hostBusy > prompt.hostBusy)
  }

  @Test(arguments: [1, 2, 32, 33, 47, 64, 100, 300, 511, 513, 5_000])
  func `sizes lie between those of the grid`(size: Int64) {
    for captured: [Int64] in [[], [1, 8, 512]] {
      let (low, high) = StepPrices.neighbors(of: size, captured: captured)
      #expect(low <= size && size <= high)
      #expect(Double(high) <= max(32, Double(low) * 1.26))
      // Nothing is mixed of steps with a graph and without.
      if let largest = captured.last { #expect((low <= largest) == (high <= largest)) }
    }
  }
}
