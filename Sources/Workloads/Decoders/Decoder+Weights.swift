/// How many weights a decoder has, counted as its checkpoint does.
extension Decoder {
  /// Elements of all weights.
  package var weightElements: Int64 {
    tableElements + headElements + finalNormElements + layers.reduce(0) { $0 + elements(of: $1) }
  }

  /// A generous bound on their number, which no size can make overflow.
  var weightEstimate: Double {
    let hidden = Double(hiddenWidth)
    let inner = Double(feedForwardWidth)
    let sparse = experts.map { Double($0.count) * Double($0.width) + Double($0.sharedWidth) } ?? 0
    let heads = Double(heads) * Double(headWidth)
    let narrow = latent.map { Double($0.queryRank + $0.rank + $0.turnedWidth) * (hidden + 4 * heads) } ?? 0
    let values =
      latent.map { Double($0.valueWidth + $0.plainWidth) * Double(self.heads) * (hidden + Double($0.rank)) } ?? 0
    let layer = 4 * hidden * heads + 4 * hidden * (inner + sparse) + narrow + values
    return 4 * (Double(vocabulary) + Double(traits.positions)) * hidden + 2 * Double(layerCount) * layer
  }

  /// Elements of the tables of tokens and positions.
  package var tableElements: Int64 { vocabulary * hiddenWidth + traits.positions * hiddenWidth }

  /// Elements of the head, where it is no table.
  package var headElements: Int64 {
    (traits.isTied ? 0 : vocabulary * hiddenWidth) + (traits.headBias ? vocabulary : 0)
  }

  /// Elements of matrices that products of the layers read: what a format of weights is of.
  package var matrixElements: Int64 {
    layers.reduce(0) { $0 + attentionMatrices + feedForwardMatrices(of: $1) }
  }

  /// Elements of the experts' matrices, of all layers.
  package var expertElements: Int64 {
    guard let experts else { return 0 }
    let layers = Int64(layers.count { $0.hasExperts })
    return layers * (traits.isGated ? 3 : 2) * hiddenWidth * experts.count * experts.width
  }

  private var finalNormElements: Int64 { normElements }

  private var normElements: Int64 {
    guard traits.normsHaveWeights else { return 0 }
    return traits.usesLayerNorm ? 2 * hiddenWidth : hiddenWidth
  }

  private func elements(of layer: DecoderLayer) -> Int64 {
    attentionMatrices + attentionRest + feedForwardMatrices(of: layer) + feedForwardRest(of: layer) + norms
  }

  private var norms: Int64 {
    let pairs = (traits.normsBefore ? 2 : 0) + (traits.normsBehind ? 2 : 0)
    return normElements * (traits.isParallel ? 1 : Int64(pairs))
  }

  private var attentionMatrices: Int64 {
    guard let latent else { return hiddenWidth * headWidth * (2 * heads + 2 * keyHeads) }
    let query = heads * (latent.plainWidth + latent.turnedWidth)
    let queries =
      latent.queryRank > 0 ? hiddenWidth * latent.queryRank + latent.queryRank * query : hiddenWidth * query
    let narrowed = hiddenWidth * (latent.rank + latent.turnedWidth)
    let widened = latent.rank * heads * (latent.plainWidth + latent.valueWidth)
    return queries + narrowed + widened + heads * latent.valueWidth * hiddenWidth
  }

  private var attentionRest: Int64 {
    var rest: Int64 = 0
    if traits.queryBias { rest += headWidth * (heads + 2 * keyHeads) }
    if traits.outputBias { rest += hiddenWidth }
    switch traits.queryNorm {
    case .none, .plain: break
    case .eachHead: rest += 2 * headWidth
    case .allHeads: rest += headWidth * (heads + keyHeads)
    }
    if traits.hasSinks { rest += heads }
    if let latent { rest += latent.queryRank + latent.rank }
    return rest
  }

  private func feedForwardMatrices(of layer: DecoderLayer) -> Int64 {
    let factors: Int64 = traits.isGated ? 3 : 2
    guard layer.hasExperts, let experts else { return factors * hiddenWidth * feedForwardWidth }
    return factors * hiddenWidth * (experts.count * experts.width + experts.sharedWidth)
  }

  private func feedForwardRest(of layer: DecoderLayer) -> Int64 {
    let inner: Int64 = traits.isGated ? 2 : 1
    guard layer.hasExperts, let experts else {
      return traits.feedForwardBias ? inner * feedForwardWidth + hiddenWidth : 0
    }
    var rest = hiddenWidth * experts.count
    if experts.hasSharedGate { rest += hiddenWidth }
    if experts.hasBias { rest += experts.count * (inner * experts.width + hiddenWidth + 1) }
    if experts.hasChoiceBias { rest += experts.count }
    return rest
  }

  /// Elements that a token leaves in the cache of a layer.
  package var cachedElements: Int64 {
    if let latent { return latent.rank + latent.turnedWidth }
    return 2 * keyHeads * headWidth
  }
}
