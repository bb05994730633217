import JSONText

extension ProfileReader {
  /// Reads an engine of schema `engine/1`.
  package static func engine(from document: JSONDocument) throws(JSONFault) -> EngineProfile {
    var root = try opened(document, schema: "engine/1")
    var profile = EngineProfile()
    profile.name = try identifier(root.required("name"))
    profile.aliases = try aliases(&root)
    profile.title = try shownText(&root, "title") ?? profile.name
    profile.version = try shownText(&root, "version") ?? ""
    profile.operators = try identifier(root.required("operators"))
    profile.eagerOperators = try root.optional("eager_operators").map(identifier)
    if let cursor = root.optional("collectives") {
      profile.collectives = try cursor.choice(of: CollectiveLibrary.names, as: "library")
    }
    var frameworks = try root.required("frameworks").object()
    profile.prefillFramework = try identifier(frameworks.required("prefill"))
    profile.decodeFramework = try identifier(frameworks.required("decode"))
    try frameworks.finish()
    if let batches = root.optional("captured_batches") { profile.capturedBatches = try ascending(batches) }
    profile.hasStaticCache = try root.optional("static_cache")?.boolean() ?? false
    profile.chunksPrompts = try root.optional("chunks_prompts")?.boolean() ?? true
    profile.runsPromptsFirst = try root.optional("prompts_first")?.boolean() ?? false
    profile.joinsRequests = try root.optional("joins_requests")?.boolean() ?? true
    if let cursor = root.optional("preemption") {
      profile.swapsPreempted = try cursor.choice(of: ["recompute", "swap"], as: "way") == "swap"
    }
    if let formats = root.optional("computes") { profile.computedFormats = try choices(formats, as: "format") }
    try ProfileField.read(from: &root, group: "", into: &profile)
    let groups = EngineStage.allCases.map(\.key) + ["conversions_per_clock", "grouped_products"]
    for group in groups where root.optional(group) != nil {
      try read(group, of: &root, into: &profile)
    }
    profile.provenance = try Provenance.read(from: &root, known: EngineProfile.sourcePaths, of: profile)
    try root.finish()
    return profile
  }

  /// Whole numbers of at least 1, each above the one before it.
  static func ascending(_ cursor: JSONCursor) throws(JSONFault) -> [Int64] {
    let items = try cursor.array()
    guard !items.isEmpty else {
      throw cursor.fault(.described(problem: "must not be empty", advice: "list a batch size, or remove the key"))
    }
    var numbers: [Int64] = []
    for item in items {
      let number = try item.integer(1...1_000_000_000)
      if let last = numbers.last, number <= last {
        throw item.fault(
          .described(problem: "is not above the batch before it", advice: "list them from the smallest on"))
      }
      numbers.append(number)
    }
    return numbers
  }
}
