import Kernels
import Profiles
import Roofline
import SampleModels
import Simulation
import Testing
@testable import Serving
@testable import Workloads

/// What a generation takes, from the first token to the last.
@Suite struct GenerationTests {
  static let load = GenerationLoad(batch: 3, prompt: 500, tokens: 9)

  @Test(
    arguments: [
      ("llama-3.2-1b", "vllm"), ("gpt2", "sglang"), ("olmoe-1b-7b", "huggingface"), ("gpt-oss-20b", "vllm"),
      ("deepseek-v2-lite", "sglang"), ("gemma-3-12b", "tensorrt-llm"), ("llama-3.2-1b", "gpt-fast"),
    ] as [(String, String)])
  func `every picosecond has a reason`(_ decoder: String, _ engine: String) throws {
    let generation = try Generation(try Shipped.served(decoder, engine: engine), Self.load)
    for sum in [generation.prefill, generation.decode] {
      #expect(sum.account.wrappedSum() == sum.latency.count)
      #expect(sum.deviceBusy <= sum.latency && sum.deviceBusy > 0)
    }
    #expect(generation.decode.steps == 8)
    #expect(generation.latency == generation.prefill.latency + generation.decode.latency)
    #expect(generation.timeToFirstToken == generation.prefill.latency)
  }

  /// The definition: every step planned and simulated by itself.
  @Test(
    arguments: [
      ("llama-3.2-1b", "vllm"), ("gpt-oss-20b", "sglang"), ("gemma-2-9b", "huggingface"),
      ("deepseek-v2-lite", "vllm"), ("qwen1.5-moe-a2.7b", "vllm"),
    ] as [(String, String)])
  func `steps are what each would be by itself`(_ decoder: String, _ engine: String) throws {
    var served = try Shipped.served(decoder, engine: engine)
    // A window in the middle of the steps.
    if served.decoder.window != nil { served.decoder.window = 505 }
    let generation = try Generation(served, Self.load)
    var naive = StepSum()
    for token in Int64(1)..<9 {
      let step = EngineStep(requests: 3, queries: 1, keys: 500 + token)
      let result = try served.scenario(step, served.decodeLatencyKind).simulate(
        with: Simulator(method: .recurrence))
      try naive.add(result.summary, launches: result.kernelCount)
    }
    #expect(generation.decode == naive)
  }

  @Test func `requests of a file that are alike are a batch`() throws {
    let served = try Shipped.served("gpt2")
    let requests = Array(repeating: GenerationLoad.Request(prompt: 500, tokens: 9), count: 3)
    let listed = try Generation(served, GenerationLoad(requests))
    let batch = try Generation(served, Self.load)
    #expect(listed.prefill == batch.prefill && listed.decode == batch.decode && listed.memory == batch.memory)
  }

  @Test func `requests that are done leave`() throws {
    let served = try Shipped.served("gpt2")
    let load = GenerationLoad([.init(prompt: 100, tokens: 3), .init(prompt: 300, tokens: 6)])
    #expect(
      load.decodeStretches(of: served.engine) == [
        DecodeStretch(requests: 2, firstKeys: 201, steps: 2, growth: 1),
        DecodeStretch(requests: 1, firstKeys: 303, steps: 3, growth: 1),
      ])
    #expect(load.outputTokens == 9 && load.promptTokens == 400)
    #expect(try Generation(served, load).decode.steps == 5)
  }

  @Test func `a faster device is never slower, and neither is a faster host`() throws {
    let load = GenerationLoad(batch: 2, prompt: 200, tokens: 4)
    func time(_ change: @escaping (inout System) -> Void) throws -> Picoseconds {
      try Generation(try Shipped.served("llama-3.2-1b", change: change), load).latency
    }
    let base = try time { _ in }
    for path in ["accelerator.memory.bandwidth_gb_per_s", "accelerator.clock_ghz", "host.single_thread_speed"] {
      let faster = try time { system in
        guard let number = SystemNumber(path: path), let value = number.value(in: system) else { return }
        number.set(value * 1.5, in: &system)
      }
      #expect(faster <= base, "\(path)")
    }
    let overlapped = try time { $0.engine?.overlapped = 1 }
    #expect(overlapped <= base)
  }

  @Test func `lighter weights take less memory and less time`() throws {
    let load = GenerationLoad(batch: 1, prompt: 10, tokens: 4)
    func generation(_ weights: Precision) throws -> Generation {
      var served = try Shipped.served("llama-3.1-8b")
      served.formats.weights = weights
      served.formats.weightArithmetic = .bf16
      return try Generation(served, load)
    }
    let (wide, eight, four) = (try generation(.bf16), try generation(.int8), try generation(.int4))
    #expect(four.memory.weightBytes < eight.memory.weightBytes && eight.memory.weightBytes < wide.memory.weightBytes)
    #expect(four.decode.latency < eight.decode.latency && eight.decode.latency < wide.decode.latency)
  }

  @Test func `memory is what weights and cache come to`() throws {
    let served = try Shipped.served("llama-3.1-8b")
    let memory = try Generation(served, GenerationLoad(batch: 2, prompt: 1000, tokens: 24)).memory
    #expect(memory.weightBytes == 2 * 8_030_261_248)
    // 1,024 tokens of two requests in whole blocks of 16: 32 layers, 8 heads of 128, keys and values.
    #expect(memory.cacheBytes == 2 * 1024 * 32 * 2 * 8 * 128 * 2)
    #expect(memory.fits)
    // The largest batch fits, and one more does not: tried on a part whose engine takes a quarter.
    var small = served
    small.decode.engine?.memoryFraction = 0.25
    func fits(_ batch: Int64) throws -> Bool {
      try Generation(small, GenerationLoad(batch: batch, prompt: 1000, tokens: 24)).memory.fits
    }
    let most = try #require(
      try Generation(small, GenerationLoad(batch: 9, prompt: 1000, tokens: 24)).memory.largestBatch)
    #expect(most > 9 && most < 256)
    #expect(try fits(most))
    #expect(try !fits(most + 1))
  }

  @Test func `a graph is replayed for the next captured number of requests`() throws {
    let served = try Shipped.served("llama-3.2-1b")
    func rows(_ requests: Int64) throws -> Int64? {
      let scenario = try served.scenario(EngineStep(requests: requests, queries: 1, keys: 100), .steadyState)
      return scenario.workload.parameter("tokens")
    }
    #expect(try rows(1) == 1 && rows(3) == 4 && rows(9) == 16 && rows(257) == 272)
    let beyond = try served.scenario(EngineStep(requests: 513, queries: 1, keys: 100), .steadyState)
    #expect(beyond.workload.parameter("tokens") == 513)
    #expect(beyond.system.framework.name == served.prefill.framework.name)
  }

  @Test func `guesses that are always right give one more token than were guessed, and those never right one`() {
    #expect(Speculation(.ngram, tokens: 4, acceptance: 1).tokensPerCycle == 5)
    #expect(Speculation(.ngram, tokens: 4, acceptance: 0).tokensPerCycle == 1)
    // 1 + 1/2 + 1/4
    #expect(Speculation(.ngram, tokens: 2, acceptance: 0.5).tokensPerCycle == 1.75)
  }

  @Test func `tokens hit experts as chance has it`() throws {
    let traits = DecoderTraits()
    let experts = Experts(count: 64, active: 8, width: 1024)
    #expect(EngineStep(requests: 1, queries: 1, keys: 1).loads(of: experts, traits)["experts_hit"] == 8)
    // 64 (1 - (7/8)^4) = 26.48
    let four = EngineStep(requests: 4, queries: 1, keys: 1).loads(of: experts, traits)
    #expect(four["experts_hit"] == 26 && four["rows_per_expert"] == 1)
    let many = EngineStep(requests: 1000, queries: 1, keys: 1).loads(of: experts, traits)
    #expect(many["experts_hit"] == 64 && many["rows_per_expert"] == 125)
  }

  @Test func `step times are those of generations`() throws {
    let served = try Shipped.served("gpt-oss-20b")
    let entries = try StepTimes(served).decode(requests: 4, contexts: [1000, 100, 130])
    #expect(entries.map(\.step.keys) == [1000, 100, 130])
    for entry in entries {
      let scenario = try served.scenario(entry.step, served.decodeLatencyKind)
      #expect(try scenario.simulate().summary == entry.summary, "\(entry.step.keys)")
    }
  }

  @Test func `timelines and kernels are those of the steps`() throws {
    let served = try Shipped.served("gpt2")
    let load = GenerationLoad(batch: 1, prompt: 20, tokens: 3)
    let timeline = try StepTimeline(served, load).timeline
    #expect(!timeline.spans.isEmpty && timeline.spans.allSatisfy { $0.start <= $0.end && $0.start >= 0 })
    let kernels = try StepKernels(served, load)
    let launches = kernels.entries.filter { $0.phase == "decode" }.reduce(0) { $0 + $1.count }
    #expect(Int64(launches) * 2 == (try Generation(served, load)).decode.launches)
  }
}
