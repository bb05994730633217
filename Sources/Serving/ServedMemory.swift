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
  /// Bytes that one more token takes in the cache.
  package let bytesPerToken: Double

  /// What a load takes at its last token.
  ///
  /// - Parameters:
  ///   - served: The decoder and its system.
  ///   - load: The requests.
  ///   - activationBytes: Bytes of activations in the largest step.
  ///   - drafter: What guesses tokens ahead, whose weights lie beside the decoder's.
  package init(
    _ served: ServedDecoder, _ load: GenerationLoad, activationBytes: Double, drafter: ServedDecoder? = nil
  ) {
    self.activationBytes = activationBytes
    let devices = Double(served.devices)
    weightBytes = (served.weightBytes + (drafter?.weightBytes ?? 0)) / devices
    bytesPerToken = served.cacheBytesPerToken / devices
    cacheBytes = load.groups.reduce(0) { sum, group in
      sum + Double(group.count) * served.cacheBytes(tokens: group.request.prompt + group.request.tokens) / devices
    }
    let capturesGraphs = served.decode.framework.mode == .graph
    graphBytes = capturesGraphs ? served.engine.graphsGB * 1e9 : 0
    usableFraction = served.engine.memoryFraction
    capacityBytes = served.decode.accelerator.map { $0.memory.capacityGB * 1e9 }
  }

  /// All of it.
  package var requiredBytes: Double { weightBytes + cacheBytes + activationBytes + graphBytes }

  /// Whether the device can hold it.
  package var fits: Bool { capacityBytes.map { requiredBytes <= $0 } ?? true }

  /// The most requests of a load's mean length that fit beside weights, activations and graphs in what the engine takes; nil without an accelerator.
  package func largestBatch(of load: GenerationLoad) -> Int64? {
    guard let capacityBytes, cacheBytes > 0 else { return nil }
    let free = capacityBytes * usableFraction - weightBytes - activationBytes - graphBytes
    return max(0, Int64((free / (cacheBytes / Double(load.batch))).rounded(.down)))
  }

  /// The most tokens, prompt and generated ones, that each request of a load can have; nil without an accelerator.
  package func largestContext(of load: GenerationLoad) -> Int64? {
    guard let capacityBytes, bytesPerToken > 0 else { return nil }
    let free = capacityBytes * usableFraction - weightBytes - activationBytes - graphBytes
    return max(0, Int64((free / Double(load.batch) / bytesPerToken).rounded(.down)))
  }
}

extension ServedDecoder {
  /// Bytes of all weights: matrices of layers in the format of weights, the rest as activations are.
  var weightBytes: Double {
    let matrices = Double(decoder.matrixElements)
    let rest = Double(decoder.weightElements) - matrices
    return matrices * formats.weights.bytesPerElement + rest * formats.activations.bytesPerElement
  }

  /// Bytes that a token leaves in the caches of all layers that see all of a context.
  var cacheBytesPerToken: Double {
    let wide = decoder.layers.count { !$0.isWindowed || decoder.window == nil }
    return Double(wide > 0 ? wide : decoder.layerCount) * tokenBytes
  }

  private var tokenBytes: Double { Double(decoder.cachedElements) * formats.cache.bytesPerElement }

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
