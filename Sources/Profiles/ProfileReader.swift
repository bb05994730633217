import JSONText

/// The families that accelerators refer to, by name.
package struct ArchitectureFamilies: Sendable {
  /// In the order of the catalog.
  package var families: [ArchitectureProfile]

  /// The given families.
  package init(_ families: [ArchitectureProfile]) {
    self.families = families
  }

  /// The family of a name, or nil when there is none.
  package func named(_ name: String) -> ArchitectureProfile? {
    families.first { $0.name == name }
  }
}

/// Reads the JSON of each sort of profile and checks every value.
package enum ProfileReader {
  /// The most characters of a name: with `.json` behind it, it must be able to be a file's.
  static let nameLimit = 200

  /// Reads an accelerator.
  ///
  /// - Parameters:
  ///   - document: A document of schema `accelerator/1`.
  ///   - families: Where the constants come from that the document leaves out.
  /// - Returns: The accelerator, with every number in its range.
  /// - Throws: `JSONFault` with the place of the first thing that is wrong.
  package static func accelerator(
    from document: JSONDocument, families: ArchitectureFamilies
  ) throws(JSONFault) -> AcceleratorProfile {
    var root = try opened(document, schema: "accelerator/1")
    var profile = AcceleratorProfile()
    profile.name = try identifier(root.required("name"))
    profile.aliases = try aliases(&root)
    profile.title = try shownText(&root, "title") ?? profile.name
    profile.vendor = try shownText(&root, "vendor") ?? ""
    profile.released = try releaseDate(&root)
    profile.host = try root.optional("host").map(identifier)
    profile.interconnect = try root.optional("interconnect").map(identifier)
    profile.isFlagship = try root.optional("flagship")?.boolean() ?? false
    profile.isAnnounced = try root.optional("announced")?.boolean() ?? false

    let architecture = try root.required("architecture")
    profile.architecture = try architecture.nonEmptyString()
    let known = families.families.map(\.name)
    guard let family = families.named(try architecture.choice(of: known, as: "architecture")) else {
      throw architecture.fault(
        .unknownName(what: "architecture", name: profile.architecture, suggestion: nil, known: known))
    }
    profile.efficiency = family.efficiency

    try ProfileField.read(from: &root, group: "", into: &profile)
    profile.ratedClockGHz = profile.clockGHz
    try read("peak_tflops", of: &root, into: &profile)
    try read("memory", of: &root, into: &profile)
    if root.optional("price") != nil { try read("price", of: &root, into: &profile) }
    var derived: [String] = []
    for group in AcceleratorProfile.derivable { derived += try family.defaults.read(group, of: &root, into: &profile) }
    if let own = root.optional("efficiency") {
      try read("efficiency", of: &root, into: &profile, requireAll: false)
      profile.ownEfficiencies = try own.object().keys.map { "efficiency." + $0 }
    }
    profile.provenance = try Provenance.read(from: &root, known: AcceleratorProfile.sourcePaths, of: profile)
    let own = profile.ownEfficiencies
    profile.provenance.inherit(
      from: family,
      AcceleratorProfile.fields.filter { $0.isShared && !own.contains($0.path) }.map(\.path))
    profile.provenance.derive(derived, from: "the \(family.name) family", family.provenance)
    try checkPrices(&root, of: profile)
    try root.finish()
    return profile
  }

  /// Reads an architecture family of schema `architecture/1`.
  package static func architecture(from document: JSONDocument) throws(JSONFault) -> ArchitectureProfile {
    var root = try opened(document, schema: "architecture/1")
    var profile = ArchitectureProfile()
    profile.name = try root.required("name").nonEmptyString()
    try read("efficiency", of: &root, into: &profile)
    try checkCompanions(root.required("efficiency").object())
    profile.defaults = try FamilyDefaults(of: AcceleratorProfile(), from: &root)
    profile.provenance = try Provenance.read(from: &root, known: ArchitectureProfile.sourcePaths, of: profile)
    try root.finish()
    return profile
  }

  /// Reads a family of hosts of schema `host-architecture/1`.
  package static func hostArchitecture(from document: JSONDocument) throws(JSONFault) -> HostArchitecture {
    var root = try opened(document, schema: "host-architecture/1")
    var profile = HostArchitecture()
    profile.name = try root.required("name").nonEmptyString()
    for group in ["speed", "jitter", "scheduler"] { try read(group, of: &root, into: &profile) }
    try checkCaches(profile, &root)
    profile.defaults = try FamilyDefaults(of: HostProfile(), from: &root)
    profile.provenance = try Provenance.read(from: &root, known: HostArchitecture.sourcePaths, of: profile)
    try root.finish()
    return profile
  }

  /// Reads a host.
  ///
  /// - Parameters:
  ///   - document: A document of schema `host/1`.
  ///   - architectures: By whose rules the speeds follow that the document leaves out.
  /// - Returns: The host, with every number in its range.
  /// - Throws: `JSONFault` with the place of the first thing that is wrong.
  package static func host(
    from document: JSONDocument, architectures: [HostArchitecture] = []
  ) throws(JSONFault) -> HostProfile {
    var root = try opened(document, schema: "host/1")
    var profile = HostProfile()
    profile.name = try identifier(root.required("name"))
    profile.aliases = try aliases(&root)
    profile.title = try shownText(&root, "title") ?? profile.name
    profile.vendor = try shownText(&root, "vendor") ?? ""
    profile.released = try releaseDate(&root)
    let architecture = try hostArchitecture(&root, among: architectures)
    profile.architecture = architecture.name
    var derived: [String] = []
    for group in ["", "vector", "memory", "efficiency"] {
      derived += try architecture.defaults.read(group, of: &root, into: &profile)
    }
    profile.provenance = try Provenance.read(from: &root, known: HostProfile.sourcePaths, of: profile)
    profile.provenance.derive(derived, from: "the \(architecture.name) family", architecture.provenance)
    if root.optional("threads") == nil {
      profile.provenance.sources.append(
        Source(path: "threads", kind: .assumed, from: "one thread unless a run sets more", note: ""))
    }
    try readSpeeds(&root, of: architecture, into: &profile)
    try root.finish()
    return profile
  }

  /// The family of a host: the one that it states, or the usual one.
  private static func hostArchitecture(
    _ root: inout JSONObjectCursor, among architectures: [HostArchitecture]
  ) throws(JSONFault) -> HostArchitecture {
    guard let cursor = root.optional("architecture") else {
      return architectures.first { $0.name == HostProfile.defaultArchitecture } ?? HostArchitecture()
    }
    let name = try cursor.choice(of: architectures.map(\.name), as: "host architecture")
    return architectures.first { $0.name == name } ?? HostArchitecture()
  }

  /// Checks that a rule's small cache is smaller than its large one.
  private static func checkCaches(
    _ profile: HostArchitecture, _ root: inout JSONObjectCursor
  ) throws(JSONFault) {
    guard profile.smallCacheMB >= profile.largeCacheMB else { return }
    throw try root.required("speed").fault(
      .described(
        problem: "has a small cache of \(NumberFormat.shortest(profile.smallCacheMB)) MB and a large one of "
          + "\(NumberFormat.shortest(profile.largeCacheMB)) MB",
        advice: "make large_cache_mb larger than small_cache_mb"))
  }

  /// What a host states of its speeds and their scatter, and by the rule of its family what it does not.
  private static func readSpeeds(
    _ root: inout JSONObjectCursor, of architecture: HostArchitecture, into profile: inout HostProfile
  ) throws(JSONFault) {
    profile.speed = architecture.speeds(of: profile)
    profile.cacheRule = architecture.cacheRule
    profile.jitter = architecture.jitter
    profile.sliceUS = architecture.sliceUS
    var stated: Set<String> = []
    for group in ["speed", "jitter", "scheduler"] {
      guard let own = root.optional(group) else { continue }
      for key in try own.object().keys { stated.insert(group + "." + key) }
      try read(group, of: &root, into: &profile, requireAll: false)
    }
    let groups = ["speed.", "jitter.", "scheduler."]
    for field in HostProfile.fields where groups.contains(where: field.path.hasPrefix) && !stated.contains(field.path) {
      let source = architecture.provenance.source(of: field.path)
      let rule = "the rule of \(architecture.name)" + (source.map { ": \($0.from)" } ?? "")
      profile.provenance.sources.append(Source(path: field.path, kind: .derived, from: rule, note: source?.note ?? ""))
    }
  }

  /// Reads a framework of schema `framework/1`.
  package static func framework(from document: JSONDocument) throws(JSONFault) -> FrameworkProfile {
    var root = try opened(document, schema: "framework/1")
    var profile = FrameworkProfile()
    profile.name = try identifier(root.required("name"))
    profile.aliases = try aliases(&root)
    profile.title = try shownText(&root, "title") ?? profile.name
    profile.version = try shownText(&root, "version") ?? ""
    let modes = FrameworkMode.allCases.map(\.rawValue)
    profile.mode = FrameworkMode(rawValue: try root.required("mode").choice(of: modes, as: "mode")) ?? .eager
    try readGraphs(&root, into: &profile)
    try ProfileField.read(from: &root, group: "", into: &profile)
    try read("dispatch_us", of: &root, into: &profile)
    try checkEagerCosts(&root, of: profile)
    if let cursor = root.optional("fusion") { profile.fusion = try choices(cursor, as: "fusion rule") }
    if let cursor = root.optional("fusion_by_architecture") {
      for member in try cursor.object().members {
        profile.fusionByArchitecture.append(
          ArchitectureFusion(architecture: member.key, rules: try choices(member.value, as: "fusion rule")))
      }
    }
    if let cursor = root.optional("decomposition") {
      profile.decomposition = try choices(cursor, as: "decomposition rule")
    }
    profile.isChannelsLast = try root.optional("channels_last")?.boolean() ?? false
    profile.attendsByHeads = try root.optional("attends_by_heads")?.boolean() ?? false
    if let cursor = root.optional("inputs") {
      profile.inputs =
        TensorPlace(rawValue: try cursor.choice(of: TensorPlace.allCases.map(\.rawValue), as: "place")) ?? .device
    }
    if let cursor = root.optional("tf32") { profile.tf32Kinds = try choices(cursor, as: "kind of operator") }
    profile.provenance = try Provenance.read(from: &root, known: FrameworkProfile.sourcePaths, of: profile)
    try root.finish()
    return profile
  }

  /// What runs operator by operator beside graphs must cost the host something.
  private static func checkEagerCosts(
    _ root: inout JSONObjectCursor, of profile: FrameworkProfile
  ) throws(JSONFault) {
    if let free = profile.eagerKinds.first(where: { profile.dispatchUS[$0] == 0 }),
      let cursor = root.optional("eager_kinds")
    {
      throw cursor.fault(
        .described(
          problem: "has \(free.rawValue), whose dispatch takes no time",
          advice: "give dispatch_us.\(free.rawValue) what an eager framework spends"))
    }
    if let cursor = root.optional("captured_batches"), profile.dispatchUS[.other] == 0 {
      throw cursor.fault(
        .described(
          problem: "leaves larger batches to be run operator by operator, and dispatch takes no time",
          advice: "give dispatch_us, python_us and kernel_us what an eager framework spends"))
    }
  }

  /// What a framework makes of the graphs that it launches; other frameworks launch none.
  private static func readGraphs(
    _ root: inout JSONObjectCursor, into profile: inout FrameworkProfile
  ) throws(JSONFault) {
    let (persistent, eager) = (root.optional("persistent"), root.optional("eager_kinds"))
    let batches = root.optional("captured_batches")
    for cursor in [persistent, eager, batches] where profile.mode != .graph {
      guard let cursor else { continue }
      throw cursor.fault(
        .described(
          problem: "is said of a framework whose mode is \(quoted(profile.mode.rawValue))",
          advice: "remove it, or make the mode \"graph\""))
    }
    if let persistent { profile.isPersistent = try persistent.boolean() }
    if let eager { profile.eagerKinds = try choices(eager, as: "kind of operator") }
    if let batches { profile.capturedBatches = try ascending(batches) }
  }

  /// The root object of a document, once its schema is the expected one.
  static func opened(_ document: JSONDocument, schema: String) throws(JSONFault) -> JSONObjectCursor {
    var root = try document.cursor.object()
    try root.schema(schema)
    return root
  }

  /// Reads the numbers of one group, which must be an object of its own.
  static func read<Profile: FieldDescribed>(
    _ group: String, of root: inout JSONObjectCursor, into profile: inout Profile, requireAll: Bool = true
  ) throws(JSONFault) {
    var object = try root.required(group).object()
    try ProfileField.read(from: &object, group: group, into: &profile, requireAll: requireAll)
    try object.finish()
  }

  /// Checks that of constants which make one equation together all are there, or none.
  private static func checkCompanions(_ efficiency: JSONObjectCursor) throws(JSONFault) {
    var efficiency = efficiency
    // Every key is asked for before one is missed, as above.
    for field in ArchitectureProfile.fields { _ = efficiency.optional(field.key) }
    for keys in DeviceEfficiency.companions where keys.contains(where: { efficiency.optional($0) != nil }) {
      for key in keys { _ = try efficiency.required(key) }
    }
  }

  /// A text that is only shown: whatever it holds, it is one line of characters that show themselves.
  static func shownText(_ root: inout JSONObjectCursor, _ key: String) throws(JSONFault) -> String? {
    try root.optional(key).map { (cursor) throws(JSONFault) in visible(try cursor.nonEmptyString()) }
  }

  /// A name, of which a file's name can be made: so it does not begin with a dot, as `..` does, or like an option.
  static func identifier(_ cursor: JSONCursor) throws(JSONFault) -> String {
    let name = try cursor.nonEmptyString()
    let isPlain = name.utf8.allSatisfy { byte in
      (97...122).contains(byte) || (48...57).contains(byte) || byte == 45 || byte == 46 || byte == 95
    }
    guard isPlain else {
      throw cursor.fault(
        .described(
          problem: "must be made of a-z, 0-9, '-', '.' and '_' (it is \(quoted(name)))",
          advice: "the title may hold any text"))
    }
    guard let first = name.utf8.first, first >= 97 || (48...57).contains(first) else {
      throw cursor.fault(
        .described(
          problem: "must begin with a letter or a digit (it is \(quoted(name)))", advice: "choose another name"))
    }
    guard name.utf8.count <= nameLimit else {
      throw cursor.fault(
        .described(
          problem: "must have at most \(nameLimit) characters (it has \(name.utf8.count))", advice: "shorten it"))
    }
    return name
  }

  static func aliases(_ root: inout JSONObjectCursor) throws(JSONFault) -> [String] {
    guard let cursor = root.optional("aliases") else { return [] }
    var names: [String] = []
    for element in try cursor.array() { names.append(try identifier(element)) }
    return names
  }

  /// A price is one of some month, and of whoever asked for it.
  private static func checkPrices(
    _ root: inout JSONObjectCursor, of profile: AcceleratorProfile
  ) throws(JSONFault) {
    guard let cursor = root.optional("price") else { return }
    for member in try cursor.object().members
    where profile.provenance.source(of: "price.\(member.key)")?.date.isEmpty ?? true {
      throw member.value.fault(
        .described(
          problem: "has no source with a date",
          advice: "add to sources \"price.\(member.key)\" with \"date\": \"YYYY-MM\""))
    }
  }

  private static func releaseDate(_ root: inout JSONObjectCursor) throws(JSONFault) -> String {
    try root.optional("released").map(month) ?? ""
  }

  /// A year and a month: `2017-06`.
  static func month(_ cursor: JSONCursor) throws(JSONFault) -> String {
    let text = try cursor.string()
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].utf8.count == 4, let year = Int(parts[0]), (1970...2100).contains(year),
      parts[1].utf8.count == 2, let month = Int(parts[1]), (1...12).contains(month)
    else {
      throw cursor.fault(
        .described(problem: "must be a year and a month (it is \(quoted(text)))", advice: "write it as \"2017-06\""))
    }
    return text
  }

  /// Reads an array of words, each one of a set.
  static func choices<Choice: RawRepresentable & CaseIterable>(
    _ cursor: JSONCursor, as what: String
  ) throws(JSONFault) -> [Choice] where Choice.RawValue == String {
    let words = Choice.allCases.map(\.rawValue)
    var choices: [Choice] = []
    for element in try cursor.array() {
      if let choice = Choice(rawValue: try element.choice(of: words, as: what)) { choices.append(choice) }
    }
    return choices
  }
}
