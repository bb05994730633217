import Kernels
import Profiles
import Roofline
import SampleModels
import Simulation
import Testing
import Workloads

@testable import Serving

/// What ranks have of a decoder, and what they take.
@Suite struct ParallelismOfDecoderTests {
  static func served(
    _ decoder: String, _ parallelism: Parallelism, engine: String = "vllm", change: (inout System) -> Void = { _ in }
  ) throws -> ServedDecoder {
    let interconnect = try Shipped.catalog.get().interconnect(named: "nvlink-4-switch")
    return try Shipped.served(decoder, engine: engine) { system in
      system.parallelism = parallelism
      system.connection = DeviceConnection(interconnect)
      change(&system)
    }
  }

  static let load = GenerationLoad(batch: 4, prompt: 300, tokens: 6)

  @Test(arguments: ["vllm", "sglang", "tensorrt-llm", "gpt-fast"])
  func `one rank is none`(engine: String) throws {
    for decoder in ["llama-3.2-1b", "olmoe-1b-7b"] {
      let alone = try Generation(try Shipped.served(decoder, engine: engine), Self.load)
      let rank = try Generation(try Self.served(decoder, Parallelism(), engine: engine), Self.load)
      #expect(alone.prefill == rank.prefill && alone.decode == rank.decode && alone.memory == rank.memory)
      #expect(rank.decode.time(in: .communication) == 0)
    }
  }

  @Test(arguments: [
    "2", "8", "pipeline=2", "tensor=2,pipeline=4", "data=2", "tensor=2,data=2,expert=4", "data=64,expert=64",
  ])
  func `every picosecond has a reason, and several devices communicate`(text: String) throws {
    let parallelism = try Parallelism(text)
    for decoder in ["llama-3.1-8b", "qwen3-30b-a3b"] where parallelism.expert == 1 || decoder.hasPrefix("qwen3-30b") {
      let served = try Self.served(decoder, parallelism)
      try served.checkParallelism()
      let generation = try Generation(served, Self.load)
      for sum in [generation.prefill, generation.decode] {
        #expect(sum.account.wrappedSum() == sum.latency.count)
        #expect((sum.time(in: .communication) > 0) == (parallelism.devicesOfReplica > 1 || parallelism.expert > 1))
      }
    }
  }

  /// Two all-reduces a layer, one behind the embedding, and one all-gather of the logits.
  @Test func `a tensor's ranks sum up twice a layer`() throws {
    let served = try Self.served("llama-3.1-8b", Parallelism(tensor: 4))
    let plan = try served.scenario(EngineStep(requests: 3, queries: 1, keys: 100), .synchronized).plan()
    var counts: [String: Int] = [:]
    plan.lowered.statements.forEachLeaf { operation, times in
      for kernel in plan.lowered.operations[operation].kernels {
        guard case .collective(let shape) = plan.lowered.kernels[kernel].work else { continue }
        #expect(shape.ranks == 4)
        counts["\(shape.kind.rawValue) \(Int(shape.bytes))", default: 0] += times
      }
    }
    // Graphs are captured for 4 requests: 4 x 4,096 numbers of two bytes; 128,256 / 4 logits of each request.
    #expect(counts == ["all_reduce 32768": 65, "all_gather 192384": 1])
  }

  @Test func `weights and caches are shared`() throws {
    func memory(_ text: String, _ decoder: String = "llama-3.1-70b", batch: Int64 = 8) throws -> ServedMemory {
      let served = try Self.served(decoder, try Parallelism(text))
      return ServedMemory(served, GenerationLoad(batch: batch, prompt: 1000, tokens: 24), activationBytes: 0)
    }
    let one = try memory("1")
    for (text, share) in [("2", 2.0), ("8", 8), ("pipeline=2", 2), ("tensor=4,pipeline=2", 8)] {
      let part = try memory(text)
      #expect(abs(part.weightBytes * share / one.weightBytes - 1) < 1e-12)
      #expect(abs(part.cacheBytes * share / one.cacheBytes - 1) < 1e-12)
    }
    // Eight heads of keys lie at sixteen ranks twice.
    #expect(try memory("16").cacheBytes == memory("8").cacheBytes)
    // Of 80 layers the fullest of three stages has 27.
    #expect(abs(try memory("pipeline=3").weightBytes / one.weightBytes - 27.0 / 80) < 1e-12)
    // Replicas have all weights, and the requests that are theirs.
    let replica = try memory("data=2")
    #expect(replica.weightBytes == one.weightBytes && replica.cacheBytes == one.cacheBytes / 2)
    // Of unlike requests the first replica has the longest, and the most.
    let unlike = [(10, 9), (2000, 40), (10, 9), (10, 9), (300, 40)].map {
      GenerationLoad.Request(prompt: $0, tokens: $1)
    }
    let dealt = GenerationLoad(unlike).share(of: 2)
    #expect(dealt.batch == 3 && dealt.promptTokens == 2020 && dealt.outputTokens == 58)
    #expect(GenerationLoad(unlike).share(of: 9).promptTokens == 2000)
    #expect(GenerationLoad(unlike).share(of: 1) == GenerationLoad(unlike))
    // Latent keys and values are the same for all heads: every rank has them.
    let latent = try (memory("1", "deepseek-v3"), memory("8", "deepseek-v3"))
    #expect(latent.0.cacheBytes == latent.1.cacheBytes && abs(latent.0.weightBytes / latent.1.weightBytes - 8) < 1e-9)
    // Whole experts lie on all tensor and data ranks, the rest on tensor ranks alone.
    let spread = try memory("tensor=2,data=4,expert=8", "deepseek-v3")
    #expect(spread.weightBytes < latent.0.weightBytes / 2 && spread.weightBytes > latent.0.weightBytes / 8)
  }

  @Test(arguments: [
    ("llama-3.1-70b", "3", "vllm", "3 ranks cannot share its heads of 64; these can: 1, 2, 4, 8, 16, 32, 64"),
    ("gpt2", "8", "vllm", "8 ranks cannot share its heads of 12; these can: 1, 2, 3, 4, 6, 12"),
    ("gpt2", "pipeline=13", "vllm", "13 stages are more than the model's 12 layers; a stage has one at least"),
    ("gpt2", "tensor=2,expert=2", "vllm", "'gpt2' has no experts to spread; leave out expert="),
    (
      "llama-3.2-1b", "2", "huggingface",
      "the engine 'huggingface' has no tensor parallelism; 'vllm', 'sglang' and 'tensorrt-llm' have"
    ),
    (
      "llama-3.2-1b", "pipeline=2", "gpt-fast",
      "the engine 'gpt-fast' has no pipeline parallelism; 'vllm', 'sglang' and 'tensorrt-llm' have"
    ),
  ])
  func `what does not divide says what does`(_ decoder: String, _ text: String, _ engine: String, _ words: String)
    throws
  {
    let served = try Self.served(decoder, try Parallelism(text), engine: engine)
    do {
      try served.checkParallelism()
      Issue.record("nothing is said")
    } catch { #expect("\(error)" == "error: " + words) }
  }

  @Test func `more ranks take less, until they have more to say than to do`() throws {
    func step(_ text: String, batch: Int64 = 1) throws -> Double {
      let load = GenerationLoad(batch: batch, prompt: 300, tokens: 3)
      return try Generation(try Self.served("llama-3.1-70b", try Parallelism(text)), load).timePerOutputTokenUS
    }
    let (one, two, four, eight) = try (step("1"), step("2"), step("4"), step("8"))
    #expect(one > two && two > four && four > eight)
    #expect(eight > one / 8, "what is sent is not shared")
    // A stage after the other: one request is no faster for them.
    #expect(try step("pipeline=2") >= one)
    // Eight requests are two batches of four, one in each stage: a step of all takes what one of four does.
    #expect(try step("pipeline=2", batch: 8) < step("1", batch: 8) * 1.05)
  }

  @Test func `a wider link is never slower`() throws {
    func time(_ factor: Double) throws -> Picoseconds {
      let served = try Self.served("llama-3.1-8b", Parallelism(tensor: 8)) {
        $0.changeInterconnect { $0.bandwidthGBPerS *= factor }
      }
      return try Generation(served, Self.load).latency
    }
    let times = try [0.25, 0.5, 1, 2, 8].map(time)
    #expect(times == times.sorted(by: >))
  }

  @Test func `ranks share the cores of a host`() throws {
    func step(cores: Double, helpers: Double = 0) throws -> Double {
      let served = try Self.served("llama-3.1-8b", Parallelism(tensor: 8)) { system in
        system.host.cores = cores
        // Who wakes waits for its turn as well; here only what the work takes is looked at.
        system.host.sliceUS = 0
        system.engine?.helperThreads = helpers
      }
      return try Generation(served, Self.load).decode.hostBusy.seconds
    }
    // A process that receives, and one that schedules for all eight.
    let ample = try step(cores: 10)
    #expect(try step(cores: 64) == ample, "a core for each is enough")
    let starved = try step(cores: 5)
    #expect(abs(starved / ample - 2) < 0.01, "ten threads on five cores")
    #expect(abs(try step(cores: 9, helpers: 1) / ample - 2) < 0.01)
    #expect(try step(cores: 64, helpers: 1) == ample)
  }
}
