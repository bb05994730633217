import Profiles
import Roofline
import Simulation
import Workloads

/// One replica of a served decoder: requests arrive, the host schedules, the device steps.
///
/// It is a simulation of events in one order: arrivals, receptions, ends of steps. Times are whole picoseconds; a seed gives the
/// same ones anywhere.
package struct ServedReplica: Sendable {
  /// What is served.
  package let served: ServedDecoder
  private var prices: StepPrices
  private let rules: BatchRules
  private let stageShares: StageShares

  /// A replica.
  ///
  /// - Parameters:
  ///   - served: The decoder, its engine and the system.
  ///   - longest: The most tokens that a request will have, its prompt among them.
  ///   - simulator: How steps are simulated.
  /// - Throws: ``ServingFault`` where the engine serves none that arrive or its cache holds nothing; `WorkloadFault`
  ///   where the engine's operators make no sense for the decoder.
  package init(_ served: ServedDecoder, longest: Int64, with simulator: Simulator = Simulator()) throws {
    self.served = served
    let engine = served.engine
    guard engine.joinsRequests else { throw ServingFault.servesNone(engine: engine.name) }
    if served.parallelism.data > 1 { throw ServingFault.severalReplicas(served.parallelism.data) }
    if served.parallelism.pipeline > 1 { throw ServingFault.pipelined(served.parallelism.pipeline) }
    prices = try StepPrices(served, longest: longest, with: simulator)
    rules = served.batchRules(activationBytes: prices.activationBytes)
    stageShares = StageShares(served)
    guard rules.capacity > 0 else {
      throw ServingFault.noCache(
        decoder: served.decoder.title, missing: -rules.capacity,
        devices: served.smallestTensor { served.spread($0).hasCache })
    }
  }

  /// Serves a load.
  ///
  /// - Parameters:
  ///   - load: The requests.
  ///   - limits: What a request is to keep.
  ///   - timeline: Keeps the steps of some time, and comes back in the result.
  ///   - observe: Is told of each finished request, in the order of their last tokens.
  /// - Returns: What came of it.
  /// - Throws: ``ServingFault/requestTooLong(tokens:most:)`` for one that the cache never holds.
  /// - Complexity: O(1) a step and O(requests in a step) for each that begins or ends, beside the plans of steps of sizes that
  ///   were not seen before.
  package mutating func serve(
    _ load: ServingLoad, _ limits: ServingLimits = ServingLimits(), timeline: ServingTimeline? = nil,
    observe: (FinishedRequest) -> Void = { _ in }
  ) throws -> ServingResult {
    var run = ServingRun(rules, RequestReception(served), RequestStream(load), limits, timeline)
    run.result.cacheBytes = rules.capacity
    let mark = QueueMarks(load)
    var isIdle = true
    while try run.fetch(choosesAhead: served.engine.choosesAhead) {
      let step = run.scheduler.next()
      guard !step.isEmpty else { preconditionFailure("requests wait, and none fits an empty cache") }
      var price = try prices.price(of: step)
      if step.movedBytes > 0 { price.addDevice(moveTime(step.movedBytes)) }
      let isAhead = served.engine.isOverlapped && !isIdle
      let length = Picoseconds(Int64((isAhead ? price.pace : price.latency).rounded()))
      run.account(for: price, step, length, stageShares, isAhead: served.engine.isOverlapped)
      run.end(step, after: length, observe)
      run.mark(mark)
      isIdle = run.scheduler.running == 0
    }
    return run.finished(mark)
  }

  /// Picoseconds in which bytes of a cache are moved over the link to the host.
  private func moveTime(_ bytes: Double) -> Double {
    guard let link = served.decode.accelerator?.link else { return 0 }
    return link.latencyUS * 1e6 + bytes / (link.bandwidthGBPerS * 1e9) * 1e12
  }
}

extension ServedDecoder {
  /// Whether anything is left for a cache beside the weights.
  fileprivate var hasCache: Bool { batchRules(activationBytes: 0).capacity > 0 }
}

/// What each stage of the loop takes of a step's host time, without launches.
struct StageShares: Sendable {
  private typealias Costs = [(stage: EngineStage, step: Double, request: Double, token: Double)]
  private let decodeCosts: Costs
  private let promptCosts: Costs

  init(_ served: ServedDecoder) {
    let system = served.decode
    func picoseconds(_ us: Double) -> Double { Double(system.hostTime(us, in: .interpreter).count) }
    func costs(isDecode: Bool) -> Costs {
      EngineStage.loop.map { stage in
        let cost = served.engine.cost(of: stage, isDecode: isDecode)
        return (stage, picoseconds(cost.stepUS), picoseconds(cost.requestUS), picoseconds(cost.tokenUS))
      }
    }
    decodeCosts = costs(isDecode: true)
    promptCosts = costs(isDecode: false)
  }

  /// Picoseconds of each stage of a step.
  func times(of step: BatchStep) -> [(stage: EngineStage, time: Double)] {
    let (requests, tokens) = (Double(step.decodes + step.pieces), Double(step.decodes + step.promptTokens))
    return (step.pieces == 0 ? decodeCosts : promptCosts).map {
      ($0.stage, $0.step + $0.request * requests + $0.token * tokens)
    }
  }
}
