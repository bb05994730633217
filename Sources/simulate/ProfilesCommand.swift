import CommandSyntax
import JSONText
import Kernels
import Profiles
import Reports
import Workloads

/// `simulate profiles list|show|fields|check`: what can be simulated, with every number's source.
enum ProfilesCommand {
  private static let sorts = [
    "accelerators", "hosts", "frameworks", "engines", "interconnects", "decoders", "workloads",
  ]

  static let subcommand = Subcommand(
    "profiles", summary: "List, show and check profiles and workloads",
    [
      Subcommand(
        CommandDefinition(
          "list", summary: "List what the catalog holds",
          positionals: [
            PositionalDefinition(
              "sort", help: sorts.dropLast().joined(separator: ", ") + " or workloads; all if left out")
          ],
          options: [.format(and: ["names"])]), list),
      Subcommand(
        CommandDefinition(
          "show", summary: "Show every number of a profile with its unit and source",
          positionals: [PositionalDefinition("name", help: "A name or a file", isRequired: true)], options: [.format]),
        show),
      Subcommand(
        CommandDefinition(
          "fields", summary: "Say what numbers a sort of profile has: unit, limits, meaning",
          positionals: [
            PositionalDefinition("sort", help: FieldTable.nouns.joined(separator: ", ") + "; all if left out")
          ],
          options: [.format]), fields),
      Subcommand(
        CommandDefinition(
          "check", summary: "Check profile and workload files; without files, the catalog",
          positionals: [PositionalDefinition("file", help: "A JSON file", isRepeatable: true)]), check),
    ])

  /// The sort that is asked for, or all.
  private static func wanted(
    of sorts: [String], _ command: ParsedCommand, _ refusal: (_ name: String, _ hint: Message) -> Message
  ) throws(Failure) -> [String] {
    guard let name = command.positional("sort") else { return sorts }
    guard !sorts.contains(name) else { return [name] }
    throw .usage(refusal(name, hint(name, sorts)) + "\nknown are \(sorts.joined(separator: ", "))")
  }

  private static func hint(_ name: String, _ known: [String]) -> Message {
    nearestName(to: name, among: known).map { "; did you mean '\($0)'?" } ?? ""
  }

  // MARK: list

  @Sendable private static func list(_ command: ParsedCommand, _ library: Library) throws(Failure) {
    let wanted = try wanted(of: sorts, command) { name, hint in "there are no '\(name)'" + hint }
    try command.checkFormat()
    if command.value(of: "format") == "names" {
      // Without what tables say of each: to count a workload's operators takes reading and binding it.
      let names = try wanted.map { (sort) throws(Failure) in try Self.names(of: sort, library) }
      Platform.print(names.map { $0.map { $0 + "\n" }.joined() }.joined(separator: "\n"))
    } else {
      command.print(TableReport(try wanted.map { (sort) throws(Failure) in try table(of: sort, library) }))
    }
  }

  private static func names(of sort: String, _ library: Library) throws(Failure) -> [String] {
    switch sort {
    case "accelerators": try library.acceleratorNames
    case "hosts": try library.hostNames
    case "frameworks": try library.frameworkNames
    default: library.workloads.names
    }
  }

  private static func table(of sort: String, _ library: Library) throws(Failure) -> Table {
    switch sort {
    case "accelerators":
      Table(
        named: sort, try library.profiles.accelerators,
        [
          Column("name") { .text($0.name) },
          Column("released") { .text($0.released + ($0.isAnnounced ? " *" : "")) },
          Column("architecture") { .text($0.architecture) },
          Column("fp32", unit: "TFLOP/s", key: "fp32_tflops", .plain) { .number($0.peakTFLOPS[.fp32]) },
          Column("fp16", unit: "TFLOP/s", key: "fp16_tflops", .plain) { .number($0.peakTFLOPS[.fp16]) },
          Column("memory", unit: "GB", key: "memory_gb", .plain) { .number($0.memory.capacityGB) },
          Column("bandwidth", unit: "GB/s", key: "bandwidth_gb_per_s", .plain) { .number($0.memory.bandwidthGBPerS) },
          Column("also") { .text($0.aliases.joined(separator: ", ")) },
        ])
    case "hosts":
      Table(
        named: sort, try library.profiles.hosts,
        [
          Column("name") { .text($0.name) }, Column("released") { .text($0.released) },
          Column("speed", unit: "of reference", key: "single_thread_speed", .plain) { .number($0.singleThreadSpeed) },
          Column("cores", .plain) { .number($0.cores) }, Column("title") { .text($0.title) },
        ])
    case "frameworks":
      Table(
        named: sort, try library.profiles.frameworks,
        [
          Column("name") { .text($0.name) }, Column("mode") { .text($0.mode.rawValue) },
          Column("title") { .text($0.title) },
          Column("fusion") { .text($0.fusion.map(\.rawValue).joined(separator: ", ")) },
        ])
    case "engines":
      Table(
        named: sort, try library.profiles.engines,
        [
          Column("name") { .text($0.name) }, Column("version") { .text($0.version) },
          Column("prefill") { .text($0.prefillFramework) }, Column("decode") { .text($0.decodeFramework) },
          Column("loop", unit: "us", key: "loop_us", .plain) { .number($0.stepUS(requests: 1, tokens: 1)) },
          Column("overlapped") { .flag($0.isOverlapped) }, Column("title") { .text($0.title) },
        ])
    case "interconnects":
      Table(
        named: sort, try library.profiles.interconnects,
        [
          Column("name") { .text($0.name) },
          Column("bandwidth", unit: "GB/s", key: "bandwidth_gb_per_s", .plain) { .number($0.bandwidthGBPerS) },
          Column("ranks", .plain) { .number($0.ranks) }, Column("switched") { .flag($0.isSwitched) },
          Column("peer access", key: "peer_access") { .flag($0.hasPeerAccess) },
          Column("beyond") { .text($0.beyond ?? "") }, Column("title") { .text($0.title) },
        ])
    case "decoders":
      Table(
        named: sort, try decoders(library),
        [
          Column("name") { .text($0.name) },
          Column("weights", unit: "10^9", key: "weights_billions", .plain) {
            .number((Double($0.weightElements) / 1e7).rounded() / 100)
          },
          Column("layers") { .count($0.layerCount) }, Column("hidden") { .count(Int($0.hiddenWidth)) },
          Column("heads") { .text($0.latent == nil ? "\($0.heads)/\($0.keyHeads)" : "\($0.heads) latent") },
          Column("experts") { .text($0.experts.map { "\($0.active) of \($0.count)" } ?? "") },
          Column("kind") { .text($0.kind) }, Column("title") { .text($0.title) },
        ])
    default:
      Table(
        named: sort, try workloads(library),
        [
          Column("name") { .text($0.name) }, Column("operators", .plain) { .count(Int($0.bound.operatorCount)) },
          Column("weights", unit: "M", key: "weights_millions", .plain) {
            .number($0.bound.weightElements.map { (Double($0) / 1e5).rounded() / 10 })
          },
          Column("parameters") {
            .text($0.bound.parameters.map { "\($0.name)=\($0.value)" }.joined(separator: ", "))
          },
          Column("title") { .text($0.title) },
        ])
    }
  }

  /// The decoders of the catalog, from the smallest on.
  private static func decoders(_ library: Library) throws(Failure) -> [Decoder] {
    try library.decoders.names.map { (name) throws(Failure) in try library.decoder(name) }
      .sorted { ($0.weightElements, $0.name) < ($1.weightElements, $1.name) }
  }

  private static func workloads(
    _ library: Library
  ) throws(Failure) -> [(name: String, title: String, bound: BoundWorkload)] {
    try checking {
      try library.workloads.names.map { name in
        let workload = try library.workload(name)
        return (name, workload.title ?? "", try workload.bindChecked())
      }
    }
  }

  // MARK: show

  @Sendable private static func show(_ command: ParsedCommand, _ library: Library) throws(Failure) {
    try command.checkFormat()
    let name = command.positional("name") ?? ""
    if Library.isFile(name) { return command.print(try file(name, library)) }
    var found: ProfileReport?
    var ambiguous: Failure?
    // Hosts first: an accelerator may be called after the host beside it, 'apple-m4-max' after 'apple-m4'.
    let searches: [() throws -> ProfileReport?] = [
      { report(try library.host(name)) }, { try library.accelerator(name).map(report) },
      { report(try library.framework(name)) }, { report(try library.engine(name)) },
      { report(try library.interconnect(name)) },
    ]
    for search in searches where found == nil {
      do { found = try search() } catch {
        // A name that is unknown here may be known elsewhere; one that is known here and leads nowhere is a fault.
        let failure = Failure(error)
        switch failure.causes.first as? NameFault {
        case .unknown?, nil: break
        case .ambiguous?, .unusable?: ambiguous = ambiguous ?? failure
        }
      }
    }
    if let found { return command.print(found) }
    if let decoder = try decoder(name, library) { return command.print(TableReport([table(of: decoder)])) }
    if let ambiguous { throw ambiguous }
    let profiles = try library.profiles
    let known =
      profiles.accelerators.flatMap { [$0.name] + $0.aliases } + profiles.hosts.map(\.name)
      + profiles.frameworks.map(\.name) + profiles.engines.map(\.name)
      + profiles.interconnects.map(\.name)
    throw .input("no profile is called '\(name)'\(hint(name, known))\nsee 'simulate profiles list'")
  }

  /// The decoder of a name; nil where none is called so.
  private static func decoder(_ name: String, _ library: Library) throws(Failure) -> Decoder? {
    do { return try library.decoder(name) } catch {
      if case .unknown? = error.causes.first as? NameFault { return nil }
      throw error
    }
  }

  /// A decoder's sizes, as an engine's operators ask for them.
  private static func table(of decoder: Decoder) -> Table {
    let sizes = decoder.parameters(of: decoder.layers.last ?? DecoderLayer()).sorted { $0.key < $1.key }
    return Table(
      named: decoder.name, [(key: "weights", value: decoder.weightElements)] + sizes.filter { $0.value != 0 },
      [Column("size") { .text($0.key) }, Column("value") { .count(Int($0.value)) }])
  }

  private static func file(_ path: String, _ library: Library) throws(Failure) -> ProfileReport {
    switch try schema(of: path) {
    case "host/1": return report(try library.host(path))
    case "framework/1": return report(try library.framework(path))
    case "engine/1": return report(try library.engine(path))
    case "interconnect/1": return report(try library.interconnect(path))
    default:
      guard let profile = try library.accelerator(path) else { preconditionFailure("a path is not 'none'") }
      return report(profile)
    }
  }

  private static func report<Profile: NamedProfile>(_ profile: Profile) -> ProfileReport {
    ProfileReport(profile, advice: "Change any of them for one run: --set \(Profile.noun).NUMBER=VALUE")
  }

  // MARK: fields

  @Sendable private static func fields(_ command: ParsedCommand, _: Library) throws(Failure) {
    let wanted = try wanted(of: FieldTable.nouns, command) { name, hint in "'\(name)' is no sort of profile" + hint }
    try command.checkFormat()
    command.print(TableReport(wanted.compactMap(FieldTable.table(of:))))
  }

  // MARK: check

  @Sendable private static func check(_ command: ParsedCommand, _ library: Library) throws(Failure) {
    if command.positionals.isEmpty {
      try checkCatalog(library)
      return
    }
    var failures: [Failure] = []
    for path in command.positionals {
      do {
        try check(path, library)
        Platform.print("\(visible(path)): right\n")
      } catch { failures.append(error) }
    }
    if !failures.isEmpty { throw Failure(failures) }
  }

  /// Checks all that the catalog has, and says all that is wrong.
  private static func checkCatalog(_ library: Library) throws(Failure) {
    var failures = library.faults.map { Failure($0) }
    for name in library.workloads.names {
      do { _ = try library.workload(name).bindChecked() } catch { failures.append(Failure(error)) }
    }
    for name in library.decoders.names {
      do { _ = try library.decoder(name) } catch { failures.append(error) }
    }
    let profiles = try library.profiles
    do { _ = try profiles.errorBand(named: "calibrated") } catch { failures.append(Failure(error)) }
    do { _ = try ProfileCatalog.moveErrors(directories: library.profileFolders) } catch {
      failures.append(Failure(error))
    }
    // Of a wrong profile the history knows the name: what is said of it once is enough.
    if library.faults.isEmpty {
      do { try library.checkHistory() } catch { failures.append(error) }
    }
    if !failures.isEmpty { throw Failure(failures) }
    Platform.print(
      "the catalog is right: \(profiles.accelerators.count) accelerators, \(profiles.hosts.count) hosts, "
        + "\(profiles.frameworks.count) frameworks, \(profiles.engines.count) engines, "
        + "\(profiles.interconnects.count) interconnects, "
        + "\(library.decoders.names.count) decoders\n")
  }

  private static func check(_ path: String, _ library: Library) throws(Failure) {
    let file = path.contains("/") ? path : "./" + path
    switch try schema(of: path) {
    case "accelerator/1": _ = try library.accelerator(file)
    case "architecture/1":
      let profiles = try library.profiles
      _ = try checking { try profiles.family(file: file) }
    case "host-architecture/1":
      let profiles = try library.profiles
      _ = try checking { try profiles.hostArchitecture(file: file) }
    case "host/1": _ = try library.host(file)
    case "framework/1": _ = try library.framework(file)
    case "scenario/1": _ = try checking { try ProfileCatalog.scenario(file: path) }
    case "trends/1":
      _ = try checking { try TrendRules(from: JSONDocument(bytes: readFileBytes(path), file: path)) }
    case "engine/1": _ = try library.engineOperators(library.engine(file).operators, of: library.engine(file))
    case "interconnect/1": _ = try library.interconnect(file)
    case "decoder/1": _ = try library.decoder(file)
    case "error_band/1":
      _ = try checking { try ErrorBand(from: JSONDocument(bytes: readFileBytes(path), file: path)) }
    case "move_errors/1":
      _ = try checking { try MoveErrors(from: JSONDocument(bytes: readFileBytes(path), file: path)) }
    case "workload/1":
      warn(about: try checking { try library.workload(file).bindChecked() }, path)
    default: _ = try library.accelerator(file)
    }
  }

  /// A workload may be right and still have operators that are guessed.
  private static func warn(about workload: BoundWorkload, _ path: String) {
    let system = System(accelerator: nil, host: HostProfile(), framework: FrameworkProfile())
    let lowered = LoweredProgram(workload, target: LoweringTarget(system: system, precision: .fp16), rules: [])
    guard !lowered.operatorsWithoutRule.isEmpty else { return }
    Platform.warn(
      "\(path): warning: no cost rule for \(lowered.operatorsWithoutRule.joined(separator: ", ")); they will be treated "
        + "as element-wise traffic, \(NumberFormat.percent(lowered.fractionWithoutRule)) of the bytes moved")
  }

  private static func schema(of path: String) throws(Failure) -> String {
    // A workload may be larger than a profile.
    let bytes = try checking { try readFileBytes(path, limit: Workload.fileSizeLimit) }
    return try checking {
      var root = try JSONDocument(bytes: bytes, file: path).cursor.object()
      let cursor = try root.required("schema")
      let schemas = [
        "accelerator/1", "architecture/1", "host/1", "host-architecture/1", "framework/1", "workload/1", "error_band/1",
        "scenario/1", "trends/1",
        "engine/1", "interconnect/1", "decoder/1", "move_errors/1",
      ]
      return try cursor.choice(of: schemas, as: "schema")
    }
  }
}
