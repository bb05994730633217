/// What an engine's operators may ask of a decoder: the parameters of its workload, by name.
extension Decoder {
  /// The sizes of one kind of layer, and of what stands before and behind the layers; 0 for what it does not have.
  ///
  /// - Parameter layer: The kind of layer.
  /// - Returns: Values by parameter name; all engines' files know them all.
  package func parameters(of layer: DecoderLayer) -> [String: Int64] {
    var values: [String: Int64] = [
      "vocabulary": vocabulary, "hidden": hiddenWidth, "heads": heads, "kv_heads": keyHeads, "head_width": headWidth,
      "intermediate": feedForwardWidth, "layers": Int64(layerCount), "gated": traits.isGated ? 1 : 0,
      "layer_norm": traits.usesLayerNorm ? 1 : 0, "norms_before": traits.normsBefore ? 1 : 0,
      "norms_behind": traits.normsBehind ? 1 : 0, "parallel": traits.isParallel ? 1 : 0,
      "qkv_bias": traits.queryBias ? 1 : 0, "output_bias": traits.outputBias ? 1 : 0,
      "mlp_bias": traits.feedForwardBias ? 1 : 0, "qk_norm": traits.queryNorm == .none ? 0 : 1,
      "rotary": traits.positions == 0 ? 1 : 0, "positions": traits.positions > 0 ? 1 : 0,
      "position_rows": traits.positions,
      "dense": layer.hasExperts ? 0 : 1, "sparse": layer.hasExperts ? 1 : 0, "latent": latent == nil ? 0 : 1,
    ]
    let experts = layer.hasExperts ? self.experts : nil
    values["experts"] = experts?.count ?? 0
    values["active_experts"] = experts?.active ?? 0
    values["expert_width"] = experts?.width ?? 0
    values["shared_width"] = experts?.sharedWidth ?? 0
    values["shared"] = (experts?.sharedWidth ?? 0) > 0 ? 1 : 0
    values["narrow_queries"] = (latent?.queryRank ?? 0) > 0 ? 1 : 0
    values["query_rank"] = latent?.queryRank ?? 0
    values["latent_rank"] = latent?.rank ?? 0
    values["turned_width"] = latent?.turnedWidth ?? 0
    values["plain_width"] = latent?.plainWidth ?? 0
    values["value_width"] = latent?.valueWidth ?? headWidth
    return values
  }
}
