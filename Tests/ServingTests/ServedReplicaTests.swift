import Kernels
import Profiles
import Roofline
import SampleModels
import Simulation
import Testing
import Workloads

@testable import Serving

/// A replica that requests arrive at.
@Suite struct ServedReplicaTests {
  static func replica(
    _ decoder: String = "llama-3.2-1b", engine: String = "vllm", longest: Int64 = 2_000,
    change: (inout System) -> Void = { _ in }
  ) throws -> ServedReplica {
    try ServedReplica(try Shipped.served(decoder, engine: engine, change: change), longest: longest)
  }

  static func load(_ rate: Double, _ seconds: Double, seed: UInt64 = 1) -> ServingLoad {
    ServingLoad(
      arrivals: .rate(perSecond: rate), prompt: .logNormal(median: 200, ninetieth: 260),
      tokens: .logNormal(median: 20, ninetieth: 60), durationSeconds: seconds, seed: seed)
  }

  @Test(arguments: ["vllm", "vllm-async", "sglang", "tgi"])
  func `all requests are served, and nothing is lost or made`(engine: String) throws {
    var replica = try Self.replica(engine: engine)
    var finished: [FinishedRequest] = []
    let load = Self.load(40, 6)
    let result = try replica.serve(load) { finished.append($0) }
    var stream = RequestStream(load)
    var (count, prompts, answers) = (Int64(0), Int64(0), Int64(0))
    while let request = stream.take() {
      count += 1
      prompts += request.prompt
      answers += request.tokens
    }
    #expect(result.requests == count && count > 180)
    #expect(result.promptTokens == prompts && result.outputTokens == answers)
    #expect(Set(finished.map(\.request.number)).count == Int(count))
    #expect(result.interTokenLatency.count == answers - count)
    #expect(result.timeToFirstToken.count == count)
    #expect(result.deviceBusy <= result.duration && result.hostBusy <= result.duration)
    // Of every request: first token, then the others, one after the other.
    for request in finished {
      #expect(request.timeToFirstToken > 0 && request.lastToken >= request.firstToken)
    }
    // What the device waits for is no more than what it does not work.
    let exposed = result.exposure.stages.values.reduce(0, +) + result.exposure.launch + result.exposure.queue
    let idle = Double((result.duration - result.deviceBusy).count)
    #expect(exposed > 0 && exposed <= idle * 1.001)
  }

  @Test func `the same seed gives the same times, another gives others`() throws {
    var (first, second) = (try Self.replica(), try Self.replica())
    func times(_ replica: inout ServedReplica, seed: UInt64) throws -> [FinishedRequest] {
      var finished: [FinishedRequest] = []
      _ = try replica.serve(Self.load(30, 3, seed: seed)) { finished.append($0) }
      return finished
    }
    let expected = try times(&first, seed: 7)
    #expect(try times(&second, seed: 7) == expected)
    // A replica that has served others knows more steps, and serves the same.
    _ = try times(&first, seed: 9)
    #expect(try times(&first, seed: 7) == expected)
    #expect(try times(&first, seed: 8) != expected)
  }

  /// Steps of half a second, one after the other on the device and within each other on the host where it works ahead.
  @Test(arguments: ["vllm", "vllm-async"])
  func `a timeline has the steps of its window`(engine: String) throws {
    var replica = try Self.replica(engine: engine)
    let half = Picoseconds(500_000_000_000)
    let window = ServingTimeline(from: half, to: half + half)
    let timeline = try #require(try replica.serve(Self.load(40, 2), timeline: window).timeline)
    let device = timeline.spans.filter { $0.lane == .stream(0) }
    #expect(device.count > 20)
    for (span, next) in zip(device, device.dropFirst()) { #expect(span.end <= next.start) }
    let host = timeline.spans.filter { $0.lane == .host }
    #expect(Set(host.map { timeline.labels[$0.label] }) == ["schedule", "prepare", "launch", "sample", "process"])
    // A loop that takes turns does nothing while the device works, but for its launches.
    let overlap = device.contains { span in
      host.contains { $0.category == .dispatch && $0.start < span.end && $0.end > span.start }
    }
    #expect(overlap == (engine == "vllm-async"))
  }

  /// Whoever comes during a step waits for half of it on average, and for a whole one more where the next was chosen.
  @Test(arguments: [("tensorrt-llm", 0.2...0.9), ("vllm", 1.1...1.9), ("vllm-async", 1.1...1.9)])
  func `a loop that chooses ahead lets newcomers wait for one more step`(
    engine: String, expected: ClosedRange<Double>
  ) throws {
    var replica = try Self.replica(engine: engine)
    func newcomer(_ time: Double) -> ServedRequest {
      ServedRequest(arrival: Picoseconds(costInSeconds: time), prompt: 20, tokens: 1)
    }
    let alone = try replica.serve(ServingLoad(arrivals: .listed([newcomer(0)])))
    let first = ServedRequest(arrival: 0, prompt: 20, tokens: 1_500)
    let busy = try replica.serve(
      ServingLoad(arrivals: .listed([first] + (1...60).map { newcomer(Double($0) * 0.02137) })))
    let wait = try #require(busy.timeToFirstToken.mean) - #require(alone.timeToFirstToken.mean)
    let steps = wait / (try #require(busy.interTokenLatency.quantile(0.5)))
    #expect(expected.contains(steps), "\(steps)")
  }

  /// Little's law of a closed loop: as many as are in flight leave in the time that one takes.
  @Test func `in flight are the rate times the latency`() throws {
    var replica = try Self.replica()
    var load = Self.load(1, 60)
    load.arrivals = .concurrency(16)
    let result = try replica.serve(load)
    let mean = try #require(result.latency.mean)
    #expect(abs(result.requestsPerSecond * mean / 1e3 / 16 - 1) < 0.01)
    #expect(result.mostRunning <= 16)
  }

  /// Prompts of one length and one token, one at a time: the mean wait of M/D/1 is rho D / (2 (1 - rho)) (Pollaczek and
  /// Khinchine).
  @Test(arguments: [0.4, 0.6])
  func `one after the other waits as M/D/1 does`(utilization: Double) throws {
    var replica = try Self.replica { system in
      system.engine?.maxRequests = 1
      system.engine?[.receive] = StageCost()
    }
    let alone = try replica.serve(
      ServingLoad(arrivals: .listed([ServedRequest(arrival: 0, prompt: 100, tokens: 1)])))
    let service = try #require(alone.latency.mean)
    let load = ServingLoad(
      arrivals: .rate(perSecond: utilization / service * 1e3), prompt: .fixed(100), tokens: .fixed(1),
      durationSeconds: 30_000 * service / 1e3 / utilization, seed: 3)
    let result = try replica.serve(load)
    let wait = try #require(result.timeToFirstToken.mean) - service
    let expected = utilization * service / (2 * (1 - utilization))
    #expect(abs(wait / expected - 1) < 0.05, "\(wait) for \(expected)")
  }

  /// Receiving processes are M/D/k: Cosmetatos' approximation, "Some approximate equilibrium results for the multi-server
  /// queue (M/G/r)", 1976, is within 1 % here.
  @Test func `receiving processes wait as M/D/k does`() throws {
    let (servers, utilization) = (3, 0.6)
    let served = try Shipped.served("llama-3.2-1b") { $0.engine?.apiProcesses = Double(servers) }
    var reception = RequestReception(served)
    let cost = reception.receive(ServedRequest(arrival: 0, prompt: 10, tokens: 1))
    reception = RequestReception(served)
    var random = RandomSource(seed: 5)
    var (time, wait) = (0.0, 0.0)
    let count = 100_000
    for _ in 0..<count {
      time += random.exponential() * Double(cost.count) / (utilization * Double(servers))
      let arrival = Picoseconds(Int64(time))
      wait += Double((reception.receive(ServedRequest(arrival: arrival, prompt: 10, tokens: 1)) - arrival - cost).count)
    }
    let (c, load) = (Double(servers), utilization * Double(servers))
    var (term, sum) = (1.0, 1.0)
    for k in 1..<servers {
      term *= load / Double(k)
      sum += term
    }
    let last = term * load / c / (1 - utilization)
    let erlang = last / (sum + last)
    let exponential = erlang / (c * (1 - utilization))
    let correction = 1 + (1 - utilization) * (c - 1) * ((4 + 5 * c).squareRoot() - 2) / (16 * utilization * c)
    let expected = 0.5 * exponential * correction
    #expect(abs(wait / Double(count) / Double(cost.count) / expected - 1) < 0.05)
  }

  @Test func `more arrive than are served: it says so, and ends`() throws {
    var replica = try Self.replica { $0.engine?.maxRequests = 2 }
    #expect(try replica.serve(Self.load(100, 20)).isOverloaded)
    #expect(try !replica.serve(Self.load(2, 20)).isOverloaded)
    // In less time than a step takes there is no middle to look at the queue in; what comes at once is no rate.
    #expect(try replica.serve(Self.load(20_000, 0.002)).isOverloaded)
    #expect(try replica.serve(Self.load(20_000, 0.02)).isOverloaded)
    let burst = (0..<40).map { ServedRequest(number: $0, arrival: 0, prompt: 20, tokens: 2) }
    #expect(try !replica.serve(ServingLoad(arrivals: .listed(burst))).isOverloaded)
  }

  @Test func `a full cache preempts, and all are served`() throws {
    let served = try Shipped.served("llama-3.2-1b")
    let prices = try StepPrices(served, longest: 2_000)
    let free = served.batchRules(activationBytes: prices.activationBytes).capacity
    var replica = try Self.replica(longest: 2_000) { system in
      // As much cache as some requests have.
      guard let capacity = system.accelerator?.memory.capacityGB, let share = system.engine?.memoryFraction else {
        return
      }
      system.engine?.memoryFraction = share - (free - 0.2e9) / (capacity * 1e9)
    }
    let load = ServingLoad(
      arrivals: .concurrency(64), prompt: .fixed(100), tokens: .fixed(200), durationSeconds: 10)
    let result = try replica.serve(load)
    #expect(result.preemptions > 0)
    #expect(result.requests > 64)
  }

  @Test func `a request that the cache never holds is refused`() throws {
    var replica = try Self.replica()
    let load = ServingLoad(arrivals: .listed([ServedRequest(arrival: 0, prompt: 9_000_000, tokens: 1)]))
    #expect(throws: ServingFault.self) { try replica.serve(load) }
  }

  @Test func `what does not serve says what does`() throws {
    #expect(throws: ServingFault.servesNone(engine: "huggingface")) { try Self.replica(engine: "huggingface") }
    #expect {
      try Self.replica("llama-3.1-405b")
    } throws: { error in
      guard case .noCache(_, let missing, let devices)? = error as? ServingFault else { return false }
      return missing > 0 && (devices ?? 0) > 8
    }
  }

  /// A faster host, a faster device and looser limits never hold less; the rate found keeps the limits and 2 % more does not.
  @Test func `the capacity is where the limits are`() throws {
    let limits = ServingLimits(ttftMS: 60, tpotMS: 8)
    let load = ServingLoad(
      arrivals: .rate(perSecond: 1), prompt: .fixed(1_500), tokens: .fixed(20), durationSeconds: 6, seed: 2)
    func capacity(_ limits: ServingLimits, change: (inout System) -> Void = { _ in }) throws -> Double {
      var replica = try Self.replica(change: change)
      return try ServingCapacity(of: &replica, load, limits).ratePerSecond
    }
    let rate = try capacity(limits)
    var replica = try Self.replica()
    var beyond = load
    beyond.arrivals = .rate(perSecond: rate * 1.02)
    #expect(rate > 1)
    #expect(try !ServingCapacity.keeps(replica.serve(beyond, limits), limits))
    #expect(try capacity(ServingLimits(ttftMS: 120, tpotMS: 16)) >= rate)
    #expect(try capacity(limits) { $0.host.singleThreadSpeed *= 2 } >= rate)
    #expect(try capacity(ServingLimits(ttftMS: 0.001)) == 0)
  }
}
