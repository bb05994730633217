/// What Hugging Face's code of one kind of model does that its `config.json` does not say.
///
/// The kinds are data: a kind that is added is a row of ``all``. Most differ in a few traits from Llama.
package struct DecoderKind: Sendable {
  /// The value of `model_type`.
  package let name: String
  /// Traits where the file says nothing else.
  package var traits = DecoderTraits()
  /// The keys of sizes where they are not Llama's.
  package var keys = Keys()
  /// Whether some layers attend to a window where the file does not say which: every one but each so-manieth; 0 where all
  /// do, nil where none does unless the file says so.
  package var windowPeriod: Int?
  /// Whether all layers have a window where the file states one.
  package var windowsAll = false

  /// The keys under which sizes stand.
  package struct Keys: Sendable {
    package var hidden = "hidden_size"
    package var layers = "num_hidden_layers"
    package var heads = "num_attention_heads"
    package var inner = "intermediate_size"
    package var experts = "num_experts"
    package var expertWidth = "moe_intermediate_size"
    /// How many times the hidden width the feed-forward block is wide where the file does not say.
    package var innerFactor: Int64?
  }

  init(_ name: String, _ change: (inout DecoderKind) -> Void = { _ in }) {
    self.name = name
    change(&self)
  }

  /// The kind of a name.
  package static func named(_ name: String) -> DecoderKind? { all.first { $0.name == name } }

  /// Every kind that is known.
  package static let all: [DecoderKind] =
    ["llama", "internlm3", "granite", "smollm3", "minicpm"].map { DecoderKind($0) } + [
      DecoderKind("mistral") { $0.windowsAll = true }, DecoderKind("phi3") { $0.windowsAll = true },
      DecoderKind("qwen2") { ($0.traits.queryBias, $0.windowsAll) = (true, true) },
      DecoderKind("qwen3") { $0.traits.queryNorm = .eachHead },
      DecoderKind("qwen2_moe") { $0.traits.queryBias = true },
      DecoderKind("qwen3_moe") { $0.traits.queryNorm = .eachHead },
      DecoderKind("mixtral") { kind in
        kind.windowsAll = true
        (kind.keys.experts, kind.keys.expertWidth) = ("num_local_experts", "intermediate_size")
      },
      DecoderKind("olmoe") { kind in
        (kind.traits.queryNorm, kind.traits.asksEveryExpert) = (.allHeads, true)
        kind.keys.expertWidth = "intermediate_size"
      },
      DecoderKind("olmo2") { kind in
        kind.traits.queryNorm = .allHeads
        (kind.traits.normsBefore, kind.traits.normsBehind) = (false, true)
      },
      DecoderKind("gemma") { $0.traits.isTied = true },
      DecoderKind("gemma2") { kind in
        (kind.traits.isTied, kind.traits.normsBehind, kind.windowPeriod) = (true, true, 2)
      },
      DecoderKind("gemma3_text") { kind in
        (kind.traits.isTied, kind.traits.normsBehind, kind.windowPeriod) = (true, true, 6)
        kind.traits.queryNorm = .eachHead
      },
      DecoderKind("gpt_oss") { kind in
        (kind.traits.queryBias, kind.traits.outputBias, kind.traits.hasSinks) = (true, true, true)
        (kind.keys.experts, kind.keys.expertWidth) = ("num_local_experts", "intermediate_size")
        kind.windowPeriod = 2
      },
      DecoderKind("llama4_text") { kind in
        (kind.traits.queryNorm, kind.windowPeriod) = (.plain, 4)
        (kind.keys.experts, kind.keys.expertWidth) = ("num_local_experts", "intermediate_size")
      },
      DecoderKind("deepseek_v2") { $0.keys.experts = "n_routed_experts" },
      DecoderKind("deepseek_v3") { $0.keys.experts = "n_routed_experts" },
      DecoderKind("gpt2") { kind in
        kind.traits = .layerNormed(biased: true)
        kind.traits.isTied = true
        kind.keys = Keys(hidden: "n_embd", layers: "n_layer", heads: "n_head", inner: "n_inner", innerFactor: 4)
      },
      DecoderKind("opt") { kind in
        kind.traits = .layerNormed(biased: true)
        kind.traits.isTied = true
        kind.keys.inner = "ffn_dim"
      },
      DecoderKind("phi") { kind in
        kind.traits = .layerNormed(biased: true)
        (kind.traits.isParallel, kind.traits.headBias) = (true, true)
      },
      DecoderKind("gpt_neox") { $0.traits = .layerNormed(biased: true) },
      DecoderKind("starcoder2") { kind in
        kind.windowsAll = true
        kind.traits = .layerNormed(biased: true)
        kind.traits.isTied = true
      },
    ]
}

extension DecoderTraits {
  /// Layer normalization, and a feed-forward block of two products.
  fileprivate static func layerNormed(biased: Bool) -> DecoderTraits {
    var traits = DecoderTraits()
    (traits.usesLayerNorm, traits.isGated) = (true, false)
    (traits.queryBias, traits.outputBias, traits.feedForwardBias) = (biased, biased, biased)
    return traits
  }
}
