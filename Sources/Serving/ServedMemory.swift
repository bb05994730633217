import Profiles
import Workloads

/// What a decoder that is served takes of one device's memory.
package struct ServedMemory: Sendable, Equatable {
  /// Bytes of the weights.
  package let weightBytes: Double
  /// Bytes of cached keys and values, at the last token.
  package let cacheBytes: Double
  /// Bytes of the activations that live at once in the largest step.
  package let activationBytes: Double
  /// Bytes of captured graphs.
  package let graphBytes: Double
  /// Bytes of the device's memory; nil without an accelerator.
  package let capacityBytes: Double?
  /// The share of that memory that the engine takes.
  package let usableFraction: Double
  /// The most requests of a load's mean lengths that fit; nil without an accelerator.
  package private(set) var largestBatch: Int64?
  /// The most tokens, prompt and generated ones, that each request of a load can have; nil without an accelerator.
  package private(set) var largestContext: Int64?

  /// What a load takes at its last token.
  ///
  /// - Parameters:
  ///   - served: The decoder and its system.
  ///   - load: The requests.
  ///   - activationBytes: Bytes of activations in the largest step.
  ///   - tokens: How many tokens that step has.
  ///   - drafter: What guesses tokens ahead, whose weights lie beside the decoder's.
  package init(
    _ served: ServedDecoder, _ load: GenerationLoad, activationBytes: Double, of tokens: Int64 = 1,
    drafter: ServedDecoder? = nil
  ) {
    self.activationBytes = activationBytes
    weightBytes = served.weightBytesOfRank + (drafter?.weightBytesOfRank ?? 0)
    cacheBytes = load.share(of: served.parallelism.data).groups.reduce(0) { sum, group in
      sum + Double(group.count) * served.cacheBytesOfRank(tokens: group.request.prompt + group.request.tokens)
    }
    let capturesGraphs = served.decode.framework.mode == .graph
    graphBytes = capturesGraphs ? served.engine.graphsGB * 1e9 : 0
    usableFraction = served.engine.memoryFraction
    capacityBytes = served.decode.accelerator.map { $0.memory.capacityGB * 1e9 }
    findLargest(served, load, activationsOfToken: activationBytes / Double(max(1, tokens)))
  }

  /// All of it.
  package var requiredBytes: Double { weightBytes + cacheBytes + activationBytes + graphBytes }

  /// Bytes that the engine takes of the device's memory; nil without an accelerator.
  package var usableBytes: Double? { capacityBytes.map { $0 * usableFraction } }

  /// Whether what the engine takes can hold it.
  package var fits: Bool { usableBytes.map { requiredBytes <= $0 } ?? true }

  /// Looks for the largest batch and context: activations grow with a step's tokens, caches with whole blocks.
  private mutating func findLargest(_ served: ServedDecoder, _ load: GenerationLoad, activationsOfToken: Double) {
    guard let usableBytes else { return }
    let (prompt, tokens) = (load.promptTokens / load.batch, load.outputTokens / load.batch)
    let free = usableBytes - weightBytes - graphBytes
    let budget = served.engine.maxTokens
    let replicas = served.parallelism.data
    func fits(_ batch: Int64, _ length: Int64) -> Bool {
      // Replicas share the requests.
      let own = Double((batch + replicas - 1) / replicas)
      let step = min(budget, own * Double(min(prompt, length)))
      let caches = own * served.cacheBytesOfRank(tokens: length)
      return caches + max(step, 1) * activationsOfToken <= free
    }
    let most = Int64(served.engine.maxRequests) * replicas
    largestBatch = Self.largest(upTo: most) { fits($0, prompt + tokens) }
    let limit = served.decoder.longestContext ?? 1 << 30
    largestContext = Self.largest(upTo: limit) { fits(load.batch, $0) }
  }

  /// The largest number for which something holds that holds for all smaller ones; 0 for none.
  private static func largest(upTo limit: Int64, where holds: (Int64) -> Bool) -> Int64 {
    guard !holds(limit) else { return limit }
    var (low, high) = (Int64(0), limit)
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if holds(middle) { low = middle } else { high = middle }
    }
    return low
  }
}

extension ServedDecoder {
  /// Bytes of all weights: matrices of layers in the format of weights, the rest as activations are.
  var weightBytes: Double {
    let matrices = Double(decoder.matrixElements)
    let rest = Double(decoder.weightElements) - matrices
    return matrices * formats.weights.bytesPerElement + rest * formats.activations.bytesPerElement
  }

  /// The largest share of the layers that a stage has.
  private var stageShare: Double {
    let layers = Double(decoder.layerCount)
    return (layers / Double(parallelism.pipeline)).rounded(.up) / layers
  }

  /// Bytes of the weights of the rank that has most.
  ///
  /// Experts that are spread whole lie on more ranks than the rest, where there are replicas.
  var weightBytesOfRank: Double {
    let experts = Double(decoder.expertElements) * formats.weights.bytesPerElement
    let spread = Double(max(parallelism.expert, parallelism.tensor))
    return ((weightBytes - experts) / Double(parallelism.tensor) + experts / spread) * stageShare
  }

  /// Bytes that a request has in the caches of the rank that has most: a replica's requests are a part of all, heads of keys
  /// that are fewer than ranks are there several times, and latent keys and values at every rank.
  func cacheBytesOfRank(tokens: Int64) -> Double { cacheBytes(tokens: tokens) * cacheShareOfRank }

  /// The share of a request's cache that the rank that has most has.
  var cacheShareOfRank: Double {
    let cuts = decoder.latent == nil ? min(parallelism.tensor, decoder.keyHeads) : 1
    return stageShare / Double(cuts)
  }

  /// Bytes of a token in the cache of one layer.
  var tokenBytes: Double { Double(decoder.cachedElements) * formats.cache.bytesPerElement }

  /// Bytes that a request of so many tokens has in the caches, in whole blocks; windowed layers keep their window.
  func cacheBytes(tokens: Int64) -> Double {
    let block = Int64(engine.blockTokens)
    func kept(_ tokens: Int64) -> Double { Double((tokens + block - 1) / block * block) }
    return decoder.layers.reduce(0) { sum, layer in
      let length = layer.isWindowed ? min(tokens, decoder.window ?? tokens) : tokens
      return sum + kept(length) * tokenBytes
    }
  }
}
