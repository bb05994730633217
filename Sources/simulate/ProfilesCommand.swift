import CommandSyntax
import JSONText
import Kernels
import Profiles
import Reports
import Workloads

/// `simulate profiles list|show|new|fields|check`: what can be simulated, with every number's source.
enum ProfilesCommand {
  private static let sorts = CatalogItem.sorts

  static let subcommand = Subcommand(
    "profiles", summary: "List, search, show, make and check profiles and workloads",
    [
      Subcommand(
        CommandDefinition(
          "list", summary: "List what the catalog holds",
          positionals: [
            PositionalDefinition(
              "sort", help: sorts.dropLast().joined(separator: ", ") + " or workloads; all if left out")
          ],
          options: CatalogSelection.options + [.format(and: ["names"])],
          examples: [
            CommandExample(
              "simulate profiles list accelerators --where 'bandwidth>3TB/s' --sort rent:up",
              shows: "what is fast enough, the cheapest to rent first"),
            CommandExample("simulate profiles list --like llama", shows: "what there is of a model"),
          ]), list),
      Subcommand(
        CommandDefinition(
          "show", summary: "Show every number of a profile with its unit and source, or what a model is made of",
          discussion: "--format json prints the document, as 'profiles check' reads it.",
          positionals: [PositionalDefinition("name", help: "A name or a file", isRequired: true)],
          options: [
            OptionDefinition(
              "kind", value: "K", help: "What it is, where several have the name", choices: CatalogItem.sorts),
            .format,
          ]),
        show),
      Subcommand(NewProfileCommand.definition, NewProfileCommand.run),
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
    let selection = try CatalogSelection(command)
    let isNames = command.value(of: "format") == "names"
    if isNames, selection.isEverything {
      // Without what tables say of each: to count a workload's operators takes reading and binding it.
      let names = try wanted.map { (sort) throws(Failure) in try Self.names(of: sort, library) }
      Platform.print(names.map { $0.map { $0 + "\n" }.joined() }.joined(separator: "\n"))
      return
    }
    var lists: [List] = []
    for sort in wanted where wanted.count == 1 || selection.fits(sort) {
      lists.append(try list(of: sort, selection, library))
    }
    if lists.isEmpty { throw selection.unknownField(known: CatalogSelection.fieldNames(of: sorts)) }
    // Of several sorts, those say nothing that have nothing.
    let isFound = lists.contains { !$0.names.isEmpty }
    let found = isFound && !selection.isEverything ? lists.filter { !$0.names.isEmpty } : lists
    if !isFound, !selection.isEverything {
      Platform.warn("note: nothing in the catalog is like that")
      // Programs get the columns all the same.
      if ["table", nil].contains(command.value(of: "format")) { return }
    }
    if isNames {
      Platform.print(found.map { $0.names.map { $0 + "\n" }.joined() }.joined(separator: "\n"))
    } else {
      command.print(TableReport(found.map(\.table)))
    }
  }

  private static func names(of sort: String, _ library: Library) throws(Failure) -> [String] {
    switch sort {
    case "accelerators": try library.acceleratorNames
    case "hosts": try library.hostNames
    case "frameworks": try library.frameworkNames
    case "engines": try library.profiles.engines.map(\.name)
    case "interconnects": try library.profiles.interconnects.map(\.name)
    case "decoders": try decoders(library).map(\.name)
    default: library.workloads.names
    }
  }

  /// What is listed of a sort.
  private struct List {
    let table: Table
    let names: [String]

    /// The rows that are asked for, with a column for whatever they were chosen by.
    init<Row: Listed>(
      _ rows: [Row], _ sort: String, _ selection: CatalogSelection, shown: [String], forPrograms: [String] = [],
      _ columns: [Column<Row>]
    ) throws(Failure) {
      let chosen = try selection.rows(of: rows, sort)
      names = chosen.map { $0.names[0] }
      table = Table(
        named: sort, chosen, columns + selection.columns(of: Row.self, besides: shown, forPrograms: forPrograms))
    }
  }

  private static func list(
    of sort: String, _ selection: CatalogSelection, _ library: Library
  ) throws(Failure) -> List {
    switch sort {
    case "accelerators":
      try List(
        library.profiles.accelerators, sort, selection,
        shown: [
          "architecture", "peak_tflops.fp32", "peak_tflops.fp16", "memory.capacity_gb", "memory.bandwidth_gb_per_s",
        ],
        forPrograms: ["watts", "price.list_usd", "price.cloud_usd_per_hour"],
        [
          Column("name") { .text($0.name) },
          Column("released") { .text($0.released + ($0.isAnnounced ? " *" : "")) },
          Column("architecture") { .text($0.architecture) },
          Column("fp32", unit: "TFLOP/s", key: "fp32_tflops", .plain) { .number($0.peakTFLOPS[.fp32]) },
          Column("fp16", unit: "TFLOP/s", key: "fp16_tflops", .plain) { .number($0.peakTFLOPS[.fp16]) },
          Column("memory", unit: "GB", key: "memory_gb", .plain) { .number($0.memory.capacityGB) },
          Column("bandwidth", unit: "GB/s", key: "bandwidth_gb_per_s", .plain) { .number($0.memory.bandwidthGBPerS) },
          Column("power", unit: "W", key: "watts", .plain, for: .programs) { .number($0.watts) },
          Column("price", unit: "USD", key: "list_usd", .plain, for: .programs) { .number($0.price.listUSD) },
          Column("rent", unit: "USD/h", key: "cloud_usd_per_hour", .plain, for: .programs) {
            .number($0.price.cloudUSDPerHour)
          },
          Column("also") { .text($0.aliases.joined(separator: ", ")) },
        ])
    case "hosts":
      try List(
        library.profiles.hosts, sort, selection,
        shown: ["single_thread_speed", "cores"],
        [
          Column("name") { .text($0.name) }, Column("released") { .text($0.released) },
          Column("speed", unit: "of reference", key: "single_thread_speed", .plain) { .number($0.singleThreadSpeed) },
          Column("cores", .plain) { .number($0.cores) }, Column("title") { .text($0.title) },
        ])
    case "frameworks":
      try List(
        library.profiles.frameworks, sort, selection,
        shown: ["mode", "fusion"],
        [
          Column("name") { .text($0.name) }, Column("mode") { .text($0.mode.rawValue) },
          Column("title") { .text($0.title) },
          Column("fusion") { .text($0.fusion.map(\.rawValue).joined(separator: ", ")) },
        ])
    case "engines":
      try List(
        library.profiles.engines, sort, selection,
        shown: ["version", "prefill", "decode"],
        [
          Column("name") { .text($0.name) }, Column("version") { .text($0.version) },
          Column("prefill") { .text($0.prefillFramework) }, Column("decode") { .text($0.decodeFramework) },
          Column("loop", unit: "us", key: "loop_us", .plain) { .number($0.stepUS(requests: 1, tokens: 1)) },
          Column("overlapped") { .flag($0.isOverlapped) }, Column("title") { .text($0.title) },
        ])
    case "interconnects":
      try List(
        library.profiles.interconnects, sort, selection,
        shown: ["bandwidth_gb_per_s", "ranks", "beyond"],
        [
          Column("name") { .text($0.name) },
          Column("bandwidth", unit: "GB/s", key: "bandwidth_gb_per_s", .plain) { .number($0.bandwidthGBPerS) },
          Column("ranks", .plain) { .number($0.ranks) }, Column("switched") { .flag($0.isSwitched) },
          Column("peer access", key: "peer_access") { .flag($0.hasPeerAccess) },
          Column("beyond") { .text($0.beyond ?? "") }, Column("title") { .text($0.title) },
        ])
    case "decoders":
      try List(
        decoders(library), sort, selection,
        shown: ["weights", "layers", "hidden", "heads", "experts", "active_experts", "kind"],
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
      try List(
        workloads(library), sort, selection,
        shown: ["operators", "weights", "batch", "sequence_length", "context"],
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

  private static func workloads(_ library: Library) throws(Failure) -> [ListedWorkload] {
    try checking {
      try library.workloads.names.map { name in
        let workload = try library.workload(name)
        return ListedWorkload(name: name, title: workload.title ?? "", bound: try workload.bindChecked())
      }
    }
  }

  // MARK: show

  @Sendable private static func show(_ command: ParsedCommand, _ library: Library) throws(Failure) {
    try command.checkFormat()
    let name = command.positional("name") ?? ""
    let isFile = Library.isFile(name)
    let item = try isFile ? library.item(file: name) : library.item(named: name, of: command.value(of: "kind"))
    if command.format == .json {
      let path = try isFile ? name : library.document(of: item).file
      return Platform.print(
        document: String(
          decoding: try checking { try readFileBytes(path, limit: Workload.fileSizeLimit) }, as: UTF8.self))
    }
    switch item {
    case .accelerator(let profile): show(profile, command)
    case .host(let profile): show(profile, command)
    case .framework(let profile): show(profile, command)
    case .engine(let profile): show(profile, command)
    case .interconnect(let profile): show(profile, command)
    case .decoder(let decoder): command.print(TableReport([table(of: decoder)]))
    case .workload(let workload):
      command.print(WorkloadReport(title: workload.title ?? "", try checking { try workload.bindChecked() }))
    }
  }

  private static func show<Profile: NamedProfile>(_ profile: Profile, _ command: ParsedCommand) {
    command.print(
      ProfileReport(profile, advice: "Change any of them for one run: --set \(Profile.noun).NUMBER=VALUE"))
  }

  /// A decoder's sizes, as an engine's operators ask for them.
  private static func table(of decoder: Decoder) -> Table {
    let sizes = decoder.parameters(of: decoder.layers.last ?? DecoderLayer()).sorted { $0.key < $1.key }
    return Table(
      named: decoder.name, [(key: "weights", value: decoder.weightElements)] + sizes.filter { $0.value != 0 },
      [Column("size") { .text($0.key) }, Column("value") { .count(Int($0.value)) }])
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
    let profiles = try library.profiles
    for path in command.positionals {
      do { try check(path, library, profiles) } catch { failures.append(error) }
    }
    if !failures.isEmpty { throw Failure(failures) }
  }

  /// Checks all that the catalog has, and says all that is wrong.
  private static func checkCatalog(_ library: Library) throws(Failure) {
    let profiles = try library.profiles
    var failures = library.faults.flatMap { all(behind: $0, profiles) }
    for name in library.workloads.names {
      do { _ = try library.workload(name).bindChecked() } catch { failures.append(Failure(error)) }
    }
    for name in library.decoders.names {
      do { _ = try library.decoder(name) } catch { failures.append(error) }
    }
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

  /// All that is wrong with a file of the catalog of which one thing is known.
  private static func all(behind fault: ProfileFault, _ profiles: ProfileCatalog) -> [Failure] {
    guard case .content(let first) = fault, let document = try? Library.document(at: first.file) else {
      return [Failure(fault)]
    }
    let faults = ProfileFile.faults(in: document, profiles)
    return faults.contains(first) ? faults.map { Failure(ProfileFault.content($0)) } : [Failure(fault)]
  }

  /// Checks a file, and says what of it is not the file's own and what is unusual.
  private static func check(
    _ path: String, _ library: Library, _ profiles: ProfileCatalog
  ) throws(Failure) {
    let document = try checking { try Library.document(at: path) }
    let faults = ProfileFile.faults(in: document, profiles)
    if !faults.isEmpty { throw Failure(faults.map { Failure($0) }) }
    try read(path, library)
    Platform.print("\(visible(path)): right\n")
    let schema = try ProfileFile.schema(of: path)
    guard ["accelerator/1", "host/1"].contains(schema) else { return }
    for line in ProfileFile.derivations(of: try library.item(file: path)) { Platform.print("  \(line)\n") }
    for question in try ProfileFile.questions(about: document, profiles) {
      Platform.warn("\(path): warning: \(question)")
    }
  }

  /// Reads a file for what it is.
  private static func read(_ path: String, _ library: Library) throws(Failure) {
    let file = path.contains("/") ? path : "./" + path
    switch try ProfileFile.schema(of: path) {
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
}
