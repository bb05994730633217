import JSONText

/// A language model that generates, by its sizes, as a Hugging Face `config.json` says them.
///
/// An engine's operators for it are a workload whose parameters are these sizes (``parameters(of:)``).
package struct Decoder: Sendable {
  /// The stable name: `llama-3.1-8b`; of a `config.json` the name of its folder.
  package var name = ""
  /// The name that people read.
  package var title = ""
  /// Where the sizes come from.
  package var source = ""
  /// The kind of model, as `model_type` has it: `llama`.
  package var kind = ""
  /// Tokens in the vocabulary.
  package var vocabulary: Int64 = 0
  /// Width of the activations between layers.
  package var hiddenWidth: Int64 = 0
  /// Heads of queries.
  package var heads: Int64 = 0
  /// Heads of keys and values; several heads of queries may share one.
  package var keyHeads: Int64 = 0
  /// Width of a head's queries and keys.
  package var headWidth: Int64 = 0
  /// Latent attention, where keys and values are kept as one narrow tensor.
  package var latent: LatentAttention?
  /// Width inside a dense feed-forward block.
  package var feedForwardWidth: Int64 = 0
  /// The experts of layers that have them.
  package var experts: Experts?
  /// How many of the last positions windowed layers attend to.
  package var window: Int64?
  /// The most tokens of a request that it was made for, if the file says so.
  package var longestContext: Int64?
  /// The layers, from the first to the last.
  package var layers: [DecoderLayer] = []
  /// What stands in a layer beside its products.
  package var traits = DecoderTraits()

  /// How many layers it has.
  package var layerCount: Int { layers.count }
}

/// What one layer is, where layers differ.
package struct DecoderLayer: Sendable, Hashable {
  /// Whether its attention sees a window only.
  package var isWindowed = false
  /// Whether its feed-forward block is one of experts.
  package var hasExperts = false

  /// A dense layer that attends to everything.
  package init() {}
}

/// The experts of a layer: feed-forward blocks of which each token runs through a few.
package struct Experts: Sendable, Hashable {
  /// How many there are.
  package var count: Int64
  /// How many a token runs through.
  package var active: Int64
  /// Width inside one.
  package var width: Int64
  /// Width inside the block that every token runs through beside them; 0 for none.
  package var sharedWidth: Int64 = 0
  /// Whether that block's result is weighted by a gate of its own.
  package var hasSharedGate = false
  /// Whether they have biases, and the router.
  package var hasBias = false
  /// Whether the router has a bias that corrects its choice.
  package var hasChoiceBias = false
}

/// Keys and values as a narrow tensor that every head shares (DeepSeek-AI, "DeepSeek-V2", 2024, section 2.1).
package struct LatentAttention: Sendable, Hashable {
  /// Width to which queries are narrowed; 0 where they are not.
  package var queryRank: Int64
  /// Width of what is cached of keys and values.
  package var rank: Int64
  /// Width of the part of a head that is turned by its position; one of keys is cached beside the rest.
  package var turnedWidth: Int64
  /// Width of the part that is not.
  package var plainWidth: Int64
  /// Width of a head's values.
  package var valueWidth: Int64
}

/// What stands in a decoder's layers beside its products.
package struct DecoderTraits: Sendable, Hashable {
  /// Layer normalization with a mean and a bias; else root mean square.
  package var usesLayerNorm = false
  /// Whether normalizations have weights.
  package var normsHaveWeights = true
  /// Whether attention and feed-forward block have normalizations before them, and behind them.
  package var normsBefore = true
  package var normsBehind = false
  /// Whether both blocks read the same input.
  package var isParallel = false
  /// Whether the feed-forward block multiplies two projections.
  package var isGated = true
  /// Biases of queries, keys and values; of attention's output; of the feed-forward block; of the head.
  package var queryBias = false
  package var outputBias = false
  package var feedForwardBias = false
  package var headBias = false
  /// Whether queries and keys are normalized: over each head, or over all of them together.
  package var queryNorm = QueryNorm.none
  /// Rows of the table of learned positions; 0 where positions turn queries and keys.
  package var positions: Int64 = 0
  /// Whether the head's matrix is the table of tokens.
  package var isTied = false
  /// Whether transformers' code asks every expert at each token, also those that none chose.
  package var asksEveryExpert = false
  /// Whether each head has an extra score that takes part in the softmax.
  package var hasSinks = false

  /// Over what queries and keys are normalized.
  package enum QueryNorm: Sendable, Hashable {
    /// Not at all, each head by itself, all heads together.
    case none, eachHead, allHeads
    /// Each head, without weights.
    case plain
  }
}

extension Decoder {
  /// The layers as loops: equal ones that follow one another, and patterns that repeat.
  package var layerBlocks: [Block<DecoderLayer>] {
    // Dense layers before those of experts stand alone; what follows repeats with the period of its windows.
    let first = layers.first?.hasExperts
    let head = layers.prefix { $0.hasExperts == first }
    let isPrefixed = head.count < layers.count && head.count <= 4 && first == false
    let (prefix, rest) = isPrefixed ? (Array(head), Array(layers.dropFirst(head.count))) : ([], layers)
    return Self.runs(prefix) + Self.periods(rest)
  }

  private static func periods(_ layers: [DecoderLayer]) -> [Block<DecoderLayer>] {
    for period in 1...12 where layers.count >= 2 * period {
      guard layers.indices.allSatisfy({ layers[$0] == layers[$0 % period] }) else { continue }
      let pattern = runs(Array(layers.prefix(period)))
      let whole = layers.count / period
      let body = period == 1 ? [Block.leaf(layers[0])] : pattern
      return [.loop(count: whole, body: body)] + runs(Array(layers.suffix(layers.count % period)))
    }
    return runs(layers)
  }

  /// Equal layers that follow one another as one loop each.
  private static func runs(_ layers: [DecoderLayer]) -> [Block<DecoderLayer>] {
    var runs: [(layer: DecoderLayer, count: Int)] = []
    for layer in layers {
      if let last = runs.last, last.layer == layer { runs[runs.count - 1].count += 1 } else { runs.append((layer, 1)) }
    }
    return runs.map { .loop(count: $0.count, body: [.leaf($0.layer)]) }
  }
}
