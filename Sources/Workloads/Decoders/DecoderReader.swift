import JSONText

extension Decoder {
  /// The schema of the catalog's files.
  package static let schema = "decoder/1"

  /// Reads a decoder of the catalog, or a Hugging Face `config.json`.
  ///
  /// - Parameter path: The file.
  /// - Throws: ``WorkloadFault/unreadable(_:)`` or ``WorkloadFault/inFile(_:)``.
  package init(path: String) throws(WorkloadFault) {
    let bytes: [UInt8]
    do { bytes = try readFileBytes(path, limit: Workload.fileSizeLimit) } catch { throw .unreadable(error) }
    do { try self.init(bytes: bytes, file: path) } catch { throw .inFile(error) }
  }

  /// Reads the text of such a file.
  ///
  /// - Parameters:
  ///   - bytes: The text, in UTF-8.
  ///   - file: The name of the file, for faults, and for the name of a decoder that states none.
  /// - Throws: The first thing that is wrong, with its place.
  package init(bytes: [UInt8], file: String) throws(JSONFault) {
    try self.init(from: JSONDocument(bytes: bytes, file: file))
  }

  /// Reads such a document.
  ///
  /// - Throws: The first thing that is wrong, with its place.
  package init(from document: JSONDocument) throws(JSONFault) {
    var root = try document.cursor.object()
    guard root.keys.contains("schema") else {
      try self.init(config: root)
      name = Self.name(ofFile: document.source.file)
      title = name
      source = document.source.file
      return
    }
    try root.schema(Decoder.schema)
    let name = visible(try root.required("name").nonEmptyString())
    let title = try root.optional("title").map { (cursor) throws(JSONFault) in visible(try cursor.string()) }
    let source = visible(try root.optional("source")?.string() ?? "")
    _ = root.optional("notes")
    let stated = try root.optional("parameters").map { (cursor) throws(JSONFault) in
      (cursor: cursor, count: try cursor.integer(1...Shape.elementLimit))
    }
    try self.init(config: try root.required("config").object())
    try root.finish()
    (self.name, self.title, self.source) = (name, title ?? name, source)
    if let stated, stated.count != weightElements {
      throw stated.cursor.fault(
        .described(
          problem: "is \(stated.count), and the sizes of the config make \(weightElements)",
          advice: "mend the config, or leave parameters out"))
    }
  }

  /// `.../llama/config.json` is called `llama`, and `.../my-llama.json` `my-llama`.
  private static func name(ofFile file: String) -> String {
    let parts = file.split(separator: "/")
    let stem = parts.last.map { $0.hasSuffix(".json") ? String($0.dropLast(5)) : String($0) } ?? file
    return visible(stem == "config" && parts.count > 1 ? String(parts[parts.count - 2]) : stem)
  }

  /// Reads the keys that say sizes; the others of the many that such files have do not matter.
  private init(config root: JSONObjectCursor) throws(JSONFault) {
    var root = root
    // A model of several sorts of input has its language model inside.
    if let text = root.optional("text_config"), text.value.kind != .null { root = try text.object() }
    let cursor = try root.required("model_type")
    let kindName = try cursor.nonEmptyString()
    guard let kind = DecoderKind.named(kindName) else {
      let known = DecoderKind.all.map(\.name)
      throw cursor.fault(
        .unknownName(
          what: "kind of decoder", name: kindName, suggestion: nearestName(to: kindName, among: known),
          known: known))
    }
    self.kind = kind.name
    traits = kind.traits
    var reader = ConfigReader(root: root)
    try readSizes(&reader, kind)
    try readTraits(&reader)
    try readExperts(&reader, kind)
    try readLayers(&reader, kind)
    try check(&reader, kind)
  }

  private mutating func readSizes(_ reader: inout ConfigReader, _ kind: DecoderKind) throws(JSONFault) {
    vocabulary = try reader.size("vocab_size")
    hiddenWidth = try reader.size(kind.keys.hidden)
    heads = try reader.size(kind.keys.heads)
    keyHeads = try reader.optionalSize("num_key_value_heads", atLeast: 1) ?? heads
    if let rank = try reader.optionalSize("kv_lora_rank", atLeast: 1) {
      latent = LatentAttention(
        queryRank: try reader.optionalSize("q_lora_rank") ?? 0, rank: rank,
        turnedWidth: try reader.size("qk_rope_head_dim"), plainWidth: try reader.size("qk_nope_head_dim"),
        valueWidth: try reader.size("v_head_dim"))
    }
    headWidth = try reader.optionalSize("head_dim", atLeast: 1) ?? max(1, hiddenWidth / heads)
    if let latent { headWidth = latent.plainWidth + latent.turnedWidth }
    longestContext = try reader.optionalSize("max_position_embeddings", atLeast: 1)
    if longestContext == nil { longestContext = try reader.optionalSize("n_positions", atLeast: 1) }
    if let factor = kind.keys.innerFactor {
      feedForwardWidth = try reader.optionalSize(kind.keys.inner) ?? factor * hiddenWidth
    } else if let dense = try reader.optionalSize("intermediate_size_mlp") {
      feedForwardWidth = dense
    } else {
      feedForwardWidth = try reader.size(kind.keys.inner)
    }
  }

  private mutating func readTraits(_ reader: inout ConfigReader) throws(JSONFault) {
    if let isTied = try reader.flag("tie_word_embeddings") { traits.isTied = isTied }
    if let bias = try reader.flag("attention_bias") { (traits.queryBias, traits.outputBias) = (bias, bias) }
    if let bias = try reader.flag("qkv_bias") { traits.queryBias = bias }
    if let bias = try reader.flag("mlp_bias") { traits.feedForwardBias = bias }
    // Positions that are learned are a table: OPT's begins two rows before the first.
    if kind == "gpt2" { traits.positions = try reader.optionalSize("n_positions") ?? 1024 }
    if kind == "opt" { traits.positions = try reader.optionalSize("max_position_embeddings").map { $0 + 2 } ?? 2050 }
  }

  private mutating func readExperts(_ reader: inout ConfigReader, _ kind: DecoderKind) throws(JSONFault) {
    guard let count = try reader.optionalSize(kind.keys.experts), count > 0 else { return }
    var experts = Experts(
      count: count, active: try reader.size("num_experts_per_tok"), width: try reader.size(kind.keys.expertWidth))
    if let shared = try reader.optionalSize("n_shared_experts") { experts.sharedWidth = shared * experts.width }
    if let width = try reader.optionalSize("shared_expert_intermediate_size"), width > 0 {
      (experts.sharedWidth, experts.hasSharedGate) = (width, true)
    }
    if self.kind == "llama4_text" { experts.sharedWidth = experts.width }
    experts.hasBias = self.kind == "gpt_oss"
    experts.hasChoiceBias = self.kind == "deepseek_v3"
    self.experts = experts
  }

  private mutating func readLayers(_ reader: inout ConfigReader, _ kind: DecoderKind) throws(JSONFault) {
    let count = Int(try reader.size(kind.keys.layers, limit: 10_000))
    layers = Array(repeating: DecoderLayer(), count: count)
    if let window = try reader.optionalSize("sliding_window", atLeast: 1), try reader.flag("use_sliding_window") ?? true
    {
      self.window = window
    } else {
      // Llama 4 attends within chunks, of which a token sees half on average; all of one at most.
      window = try reader.optionalSize("attention_chunk_size", atLeast: 1)
    }
    let types = try reader.layerTypes(count)
    let firstWindowed = Int(try reader.optionalSize("max_window_layers") ?? 0)
    let period = try reader.optionalSize("sliding_window_pattern").map(Int.init) ?? kind.windowPeriod
    let interleaved = try reader.optionalSize("interleave_moe_layer_step") ?? 1
    let step = max(1, Int(try reader.optionalSize("decoder_sparse_step") ?? interleaved))
    let firstDense = Int(try reader.optionalSize("first_k_dense_replace") ?? 0)
    let dense = try reader.integers("mlp_only_layers")
    for index in layers.indices {
      if window != nil {
        if let types, index < types.count {
          layers[index].isWindowed = types[index] != "full_attention"
        } else if let period {
          layers[index].isWindowed = period < 1 || (index + 1) % period != 0
        } else {
          layers[index].isWindowed = kind.windowsAll && index >= firstWindowed
        }
      }
      layers[index].hasExperts =
        experts != nil && index >= firstDense && (index + 1) % step == 0 && !dense.contains(Int64(index))
    }
  }

  private func check(_ reader: inout ConfigReader, _ kind: DecoderKind) throws(JSONFault) {
    if reader.root.optional("head_dim") == nil, latent == nil, hiddenWidth % heads != 0 {
      throw reader.fault(
        kind.keys.heads, "is \(heads), which does not divide the hidden width of \(hiddenWidth)", "state head_dim")
    }
    guard weightEstimate <= Double(Shape.elementLimit) else {
      throw reader.root.cursor.fault(
        .described(problem: "has sizes that come to more than 2^50 weights", advice: "check them"))
    }
    if heads % keyHeads != 0 {
      throw reader.fault(
        "num_key_value_heads", "is \(keyHeads), which does not divide the \(heads) heads of queries",
        "a head of keys serves the same number of heads of queries as any other")
    }
    if let experts, experts.active > experts.count {
      throw reader.fault(
        "num_experts_per_tok", "is \(experts.active), and there are \(experts.count) experts", "make it less")
    }
  }
}

/// Looks up the keys of a `config.json`.
private struct ConfigReader {
  /// The largest size: a hundred times what any model has.
  static let limit: Int64 = 1 << 26

  var root: JSONObjectCursor

  /// A size that must be there, at least 1.
  mutating func size(_ key: String, limit: Int64 = ConfigReader.limit) throws(JSONFault) -> Int64 {
    try root.required(key).integer(1...limit)
  }

  /// A size that may be missing or null.
  mutating func optionalSize(_ key: String, atLeast minimum: Int64 = 0) throws(JSONFault) -> Int64? {
    guard let cursor = root.optional(key) else { return nil }
    if case .null = cursor.value.content { return nil }
    return try cursor.integer(minimum...ConfigReader.limit)
  }

  mutating func flag(_ key: String) throws(JSONFault) -> Bool? {
    guard let cursor = root.optional(key) else { return nil }
    if case .null = cursor.value.content { return nil }
    return try cursor.boolean()
  }

  /// What each layer attends to; nil where the file does not say.
  mutating func layerTypes(_ count: Int) throws(JSONFault) -> [String]? {
    guard let cursor = root.optional("layer_types") else { return nil }
    if case .null = cursor.value.content { return nil }
    let known = ["full_attention", "sliding_attention", "chunked_attention"]
    let types = try cursor.array().map { (item) throws(JSONFault) in try item.choice(of: known, as: "type of layer") }
    guard types.count == count else {
      throw cursor.fault(
        .described(problem: "names \(types.count) layers, and there are \(count)", advice: "name each of them"))
    }
    return types
  }

  mutating func integers(_ key: String) throws(JSONFault) -> [Int64] {
    guard let cursor = root.optional(key) else { return [] }
    if case .null = cursor.value.content { return [] }
    return try cursor.array().map { (item) throws(JSONFault) in try item.integer(0...10_000) }
  }

  mutating func fault(_ key: String, _ problem: String, _ advice: String) -> JSONFault {
    (root.optional(key) ?? root.cursor).fault(.described(problem: problem, advice: advice))
  }
}
