import Kernels
import Profiles
import Workloads

/// What a rank has of a decoder: parameters of an engine's operators.
extension Parallelism {
  /// The values that are the same in all layers.
  ///
  /// Heads of keys that are fewer than ranks are there once for each rank; the vocabulary is padded to what divides.
  ///
  /// - Parameter decoder: The decoder.
  /// - Returns: Values by parameter name.
  func values(of decoder: Decoder) -> [String: Int64] {
    [
      "ranks": tensor, "split": tensor > 1 ? 1 : 0, "stages": pipeline,
      "kv_heads": max(decoder.keyHeads, tensor), "vocabulary": (decoder.vocabulary + tensor - 1) / tensor * tensor,
    ]
  }

  /// The values of layers with experts.
  func values(of experts: Experts, rows: Int64) -> [String: Int64] {
    let choices = rows * experts.active
    guard expert > 1 else {
      return [
        "expert_cut": tensor, "local_experts": experts.count, "local_active": experts.active, "expert_rows": choices,
      ]
    }
    let local = experts.count / expert
    // Of a token's choices as many are of one rank as it has of all experts, and one at least of those that come to it.
    let active = Double(experts.active * local) / Double(experts.count)
    return [
      "expert_ranks": expert, "exchanges": data > 1 ? 1 : 0, "expert_cut": 1, "local_experts": local,
      "local_active": max(1, Int64(active.rounded())), "expert_rows": max(1, busiest(choices * data)),
    ]
  }

  /// What comes to the rank that most comes to, of so many choices of experts at random.
  ///
  /// Of m balls in n bins the fullest holds m/n + sqrt(2 m ln n / n) (Raab, Steger, "Balls into bins: a simple and tight
  /// analysis", RANDOM 1998); all others wait for it.
  private func busiest(_ choices: Int64) -> Int64 {
    let (m, n) = (Double(choices), Double(expert))
    return min(choices, Int64((m / n + (2 * m * n.naturalLogarithm / n).squareRoot()).rounded(.up)))
  }
}

extension ServedDecoder {
  /// Checks that the decoder can be spread so, by an engine that does it.
  ///
  /// - Throws: ``ServingFault``, which says what would do.
  package func checkParallelism() throws(ServingFault) {
    let known = Set(operators.parameters.map(\.name))
    for (way, count, name) in parallelism.parameters where count > 1 && !known.contains(name) {
      throw .notSplit(engine: engine.name, way: way)
    }
    if parallelism.pipeline > Int64(decoder.layerCount) {
      throw .tooManyStages(parallelism.pipeline, layers: Int64(decoder.layerCount))
    }
    if let size = undivided(among: parallelism.tensor) {
      let doing = (1...Int64(64)).filter { undivided(among: $0) == nil }
      throw .undivided(parallelism.tensor, size: size.name, of: size.value, doing: doing)
    }
    guard parallelism.expert > 1 else { return }
    guard let experts = decoder.experts else { throw .noExperts(decoder: decoder.name) }
    guard experts.count % parallelism.expert == 0 else {
      let doing = (1...experts.count).filter { experts.count % $0 == 0 }
      throw .undivided(parallelism.expert, size: "experts", of: experts.count, doing: doing)
    }
  }

  /// What so many ranks cannot share; nil where they can share everything.
  private func undivided(among ranks: Int64) -> (name: String, value: Int64)? {
    var sizes: [(name: String, value: Int64)] = [("heads", decoder.heads)]
    if decoder.layers.contains(where: { !$0.hasExperts }) {
      sizes.append(("intermediate width", decoder.feedForwardWidth))
    }
    if let experts = decoder.experts {
      if parallelism.expert == 1 { sizes.append(("width of an expert", experts.width)) }
      if experts.sharedWidth > 0 { sizes.append(("width of the shared expert", experts.sharedWidth)) }
    }
    if let size = sizes.first(where: { $0.value % ranks != 0 }) { return size }
    let keys = decoder.keyHeads
    let isShared = decoder.latent != nil || keys % ranks == 0 || ranks % keys == 0
    return isShared ? nil : ("heads of keys", keys)
  }

  /// The smallest number of ranks that can share it, by this engine, and for which something holds; nil for none up to 64.
  func smallestTensor(where holds: (Parallelism) -> Bool) -> Int64? {
    let canShare = operators.parameters.contains { $0.name == "ranks" }
    return (1...Int64(canShare ? 64 : 1)).first { undivided(among: $0) == nil && holds(Parallelism(tensor: $0)) }
  }

  /// The same, spread otherwise.
  func spread(_ parallelism: Parallelism) -> ServedDecoder {
    var served = self
    served.prefill.parallelism = parallelism
    served.decode.parallelism = parallelism
    // Each rank has other operators then.
    served.plans = nil
    return served
  }
}
