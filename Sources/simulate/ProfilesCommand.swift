import CommandSyntax
import JSONText
import Kernels
import Profiles
import Reports
import Workloads

/// `simulate profiles list|show|fields|check`: what can be simulated, with every number's source.
enum ProfilesCommand {
  private static let sorts = ["accelerators", "hosts", "frameworks", "workloads"]

  static let subcommand = Subcommand(
    "profiles", summary: "List, show and check profiles and workloads",
    [
      Subcommand(
        CommandDefinition(
          "list", summary: "List what the catalog holds",
          positionals: [
            PositionalDefinition("sort", help: "accelerators, hosts, frameworks or workloads; all if left out")
          ],
          options: [formatOption]), list),
      Subcommand(
        CommandDefinition(
          "show", summary: "Show every number of a profile with its unit and source",
          positionals: [PositionalDefinition("name", help: "A name or a file", isRequired: true)]), show),
      Subcommand(
        CommandDefinition(
          "fields", summary: "Say what numbers a sort of profile has: unit, limits, meaning",
          positionals: [
            PositionalDefinition("sort", help: FieldTable.nouns.joined(separator: ", ") + "; all if left out")
          ],
          options: [
            OptionDefinition(
              "format", value: "F", help: "Format of the list", choices: ["table", "csv", "markdown"],
              defaultText: "table")
          ]), fields),
      Subcommand(
        CommandDefinition(
          "check", summary: "Check profile and workload files; without files, the catalog",
          positionals: [PositionalDefinition("file", help: "A JSON file", isRepeatable: true)]), check),
    ])

  private static let formatOption = OptionDefinition(
    "format", value: "F", help: "Format of the list", choices: ["table", "csv", "names"], defaultText: "table")

  // MARK: list

  @Sendable private static func list(_ command: ParsedCommand, _ library: Library) throws(Failure) {
    let wanted = command.positional("sort")
    if let wanted, !sorts.contains(wanted) {
      let hint: Message = nearestName(to: wanted, among: sorts).map { "; did you mean '\($0)'?" } ?? ""
      throw Failure(.wrongUsage, "error: there are no '\(wanted)'\(hint)\nknown are \(sorts.joined(separator: ", "))")
    }
    try command.refuseASCII(of: command.format)
    var text = ""
    for sort in sorts where wanted == nil || wanted == sort {
      let table = try table(of: sort, library)
      if !text.isEmpty { text += "\n" }
      switch command.format {
      case "csv": text += table.csv()
      case "names": text += table.rows.map { $0[0].text + "\n" }.joined()
      default:
        text += (wanted == nil ? sort + "\n" : "") + table.text(styled: Platform.showsStyles, width: Platform.width)
      }
    }
    if command.format == "csv" {
      Platform.print(document: text)
    } else {
      Platform.print(text)
    }
  }

  private static func table(of sort: String, _ library: Library) throws(Failure) -> TextTable {
    switch sort {
    case "accelerators": acceleratorTable(try library.profiles.accelerators)
    case "hosts": hostTable(try library.profiles.hosts)
    case "frameworks": frameworkTable(try library.profiles.frameworks)
    default: try workloadTable(library)
    }
  }

  private static func acceleratorTable(_ accelerators: [AcceleratorProfile]) -> TextTable {
    var table = TextTable(columns: [
      TextTable.Column("name"), TextTable.Column("released"), TextTable.Column("architecture"),
      TextTable.Column("fp32", unit: "TFLOP/s", alignment: .number, key: "fp32_tflops"),
      TextTable.Column("fp16", unit: "TFLOP/s", alignment: .number, key: "fp16_tflops"),
      TextTable.Column("memory", unit: "GB", alignment: .number, key: "memory_gb"),
      TextTable.Column("bandwidth", unit: "GB/s", alignment: .number, key: "bandwidth_gb_per_s"),
      TextTable.Column("also"),
    ])
    for profile in accelerators {
      table.append([
        TextTable.Cell(profile.name), TextTable.Cell(profile.released + (profile.isAnnounced ? " *" : "")),
        TextTable.Cell(profile.architecture), number(profile.peakTFLOPS[.fp32]), number(profile.peakTFLOPS[.fp16]),
        number(profile.memory.capacityGB), number(profile.memory.bandwidthGBPerS),
        TextTable.Cell(profile.aliases.joined(separator: ", ")),
      ])
    }
    return table
  }

  private static func hostTable(_ hosts: [HostProfile]) -> TextTable {
    var table = TextTable(columns: [
      TextTable.Column("name"), TextTable.Column("released"),
      TextTable.Column("speed", unit: "of reference", alignment: .number, key: "single_thread_speed"),
      TextTable.Column("cores", alignment: .number), TextTable.Column("title"),
    ])
    for profile in hosts {
      table.append([
        TextTable.Cell(profile.name), TextTable.Cell(profile.released), number(profile.singleThreadSpeed),
        number(profile.cores), TextTable.Cell(profile.title),
      ])
    }
    return table
  }

  private static func frameworkTable(_ frameworks: [FrameworkProfile]) -> TextTable {
    var table = TextTable(columns: [
      TextTable.Column("name"), TextTable.Column("mode"), TextTable.Column("title"), TextTable.Column("fusion"),
    ])
    for profile in frameworks {
      table.append([
        TextTable.Cell(profile.name), TextTable.Cell(profile.mode.rawValue), TextTable.Cell(profile.title),
        TextTable.Cell(profile.fusion.map(\.rawValue).joined(separator: ", ")),
      ])
    }
    return table
  }

  private static func workloadTable(_ library: Library) throws(Failure) -> TextTable {
    var table = TextTable(columns: [
      TextTable.Column("name"), TextTable.Column("operators", alignment: .number),
      TextTable.Column("weights", unit: "M", alignment: .number, key: "weights_millions"),
      TextTable.Column("parameters"), TextTable.Column("title"),
    ])
    for name in library.workloads.names {
      let workload = try library.workload(name)
      let bound: BoundWorkload
      do { bound = try workload.bindChecked() } catch { throw Failure(.wrongInput, "\(error)") }
      table.append([
        TextTable.Cell(name), TextTable.Cell(String(bound.operatorCount)),
        number(bound.weightElements.map { (Double($0) / 1e5).rounded() / 10 }),
        TextTable.Cell(bound.parameters.map { "\($0.name)=\($0.value)" }.joined(separator: ", ")),
        TextTable.Cell(workload.title ?? ""),
      ])
    }
    return table
  }

  private static func number(_ value: Double?) -> TextTable.Cell {
    guard let value else { return TextTable.Cell("-", data: "") }
    return TextTable.Cell(NumberFormat.shortest(value))
  }

  // MARK: show

  @Sendable private static func show(_ command: ParsedCommand, _ library: Library) throws(Failure) {
    let name = command.positional("name") ?? ""
    if name.contains("/") || name.hasSuffix(".json") {
      Platform.print(try showFile(name, library))
      return
    }
    var found: [String] = []
    var ambiguous: Failure?
    func attempt(_ find: () throws(Failure) -> String) {
      do {
        found.append(try find())
      } catch {
        // A name that is unknown here may be known elsewhere; one that is known here and leads nowhere is a fault.
        switch error.cause as? NameFault {
        case .unknown?, nil: break
        case .ambiguous?, .unusable?: ambiguous = ambiguous ?? error
        }
      }
    }
    attempt { () throws(Failure) in
      guard let profile = try library.accelerator(name) else { throw Failure(.wrongInput, "") }
      return numbers(of: profile, title: profile.title, provenance: profile.provenance)
    }
    attempt { () throws(Failure) in
      let profile = try library.host(name)
      return numbers(of: profile, title: profile.title, provenance: profile.provenance)
    }
    attempt { () throws(Failure) in
      let profile = try library.framework(name)
      return numbers(of: profile, title: profile.title, provenance: profile.provenance)
    }
    if let only = found.first {
      Platform.print(only)
      return
    }
    if let ambiguous { throw ambiguous }
    let profiles = try library.profiles
    let known =
      profiles.accelerators.flatMap { [$0.name] + $0.aliases } + profiles.hosts.map(\.name)
      + profiles.frameworks.map(\.name)
    let hint: Message = nearestName(to: name, among: known).map { "; did you mean '\($0)'?" } ?? ""
    throw Failure(.wrongInput, "error: no profile is called '\(name)'\(hint)\nsee 'simulate profiles list'")
  }

  private static func showFile(_ path: String, _ library: Library) throws(Failure) -> String {
    switch try schema(of: path) {
    case "host/1":
      let profile = try library.host(path)
      return numbers(of: profile, title: profile.title, provenance: profile.provenance)
    case "framework/1":
      let profile = try library.framework(path)
      return numbers(of: profile, title: profile.title, provenance: profile.provenance)
    default:
      guard let profile = try library.accelerator(path) else { return "" }
      return numbers(of: profile, title: profile.title, provenance: profile.provenance)
    }
  }

  private static func numbers<Profile: FieldDescribed>(
    of profile: Profile, title: String, provenance: Provenance
  ) -> String {
    var table = TextTable(columns: [
      TextTable.Column("number"), TextTable.Column("value", alignment: .number), TextTable.Column("source"),
      TextTable.Column("meaning"),
    ])
    var notes = SourceNotes()
    for field in Profile.fields {
      guard let value = field.value(in: profile) else { continue }
      table.append([
        TextTable.Cell(field.path), TextTable.Cell(NumberFormat.shortest(value)),
        TextTable.Cell(notes.mark(provenance.source(of: field.path))), TextTable.Cell(field.meaning),
      ])
    }
    return "\(title)\n\n" + table.text(styled: Platform.showsStyles, width: Platform.width) + "\n" + notes.text
      + "\nChange any of them for one run: --set \(Profile.noun).NUMBER=VALUE\n"
  }

  // MARK: fields

  @Sendable private static func fields(_ command: ParsedCommand, _: Library) throws(Failure) {
    let wanted = command.positional("sort")
    if let wanted, !FieldTable.nouns.contains(wanted) {
      let hint: Message = nearestName(to: wanted, among: FieldTable.nouns).map { "; did you mean '\($0)'?" } ?? ""
      throw Failure(
        .wrongUsage,
        "error: '\(wanted)' is no sort of profile\(hint)\nknown are \(FieldTable.nouns.joined(separator: ", "))")
    }
    try command.refuseASCII(of: command.format)
    var text = ""
    for noun in FieldTable.nouns where wanted == nil || wanted == noun {
      guard let table = FieldTable.table(of: noun) else { continue }
      if wanted == nil { text += (text.isEmpty ? "" : "\n") + (command.format == "table" ? noun + "\n" : "") }
      switch command.format {
      case "csv": text += table.csv()
      case "markdown": text += table.markdown()
      default: text += table.text(styled: Platform.showsStyles, width: Platform.width)
      }
    }
    if command.format == "table" { Platform.print(text) } else { Platform.print(document: text) }
  }

  // MARK: check

  @Sendable private static func check(_ command: ParsedCommand, _ library: Library) throws(Failure) {
    if command.positionals.isEmpty {
      try checkCatalog(library)
      return
    }
    var failures: [Message] = []
    for path in command.positionals {
      do {
        try check(path, library)
        Platform.print("\(visible(path)): right\n")
      } catch { failures.append(error.words) }
    }
    if !failures.isEmpty { throw Failure(.wrongInput, Message(lines: failures)) }
  }

  /// Checks all that the catalog has, and says all that is wrong.
  private static func checkCatalog(_ library: Library) throws(Failure) {
    var failures: [Message] = library.faults.map { Message(outside: "\($0.fault)") }
    for name in library.workloads.names {
      do { _ = try library.workload(name).bindChecked() } catch {
        failures.append((error as? Failure)?.words ?? Message(outside: "\(error)"))
      }
    }
    let profiles = try library.profiles
    do { _ = try profiles.errorBand(named: "calibrated") } catch { failures.append(Message(outside: "\(error)")) }
    if !failures.isEmpty { throw Failure(.wrongInput, Message(lines: failures)) }
    Platform.print(
      "the catalog is right: \(profiles.accelerators.count) accelerators, \(profiles.hosts.count) hosts, "
        + "\(profiles.frameworks.count) frameworks\n")
  }

  private static func check(_ path: String, _ library: Library) throws(Failure) {
    let file = path.contains("/") ? path : "./" + path
    switch try schema(of: path) {
    case "accelerator/1": _ = try library.accelerator(file)
    case "architecture/1":
      let profiles = try library.profiles
      _ = try checkingInput { () throws(ProfileFault) in try profiles.family(file: file) }
    case "host/1": _ = try library.host(file)
    case "framework/1": _ = try library.framework(file)
    case "error_band/1":
      let bytes = try checkingInput { () throws(FileFault) in try readFileBytes(path) }
      _ = try checkingInput { () throws(JSONFault) in try ErrorBand(from: JSONDocument(bytes: bytes, file: path)) }
    case "workload/1":
      do { warn(about: try library.workload(file).bindChecked(), path) } catch {
        throw error as? Failure ?? Failure(.wrongInput, "\(error)")
      }
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
    let bytes = try checkingInput { () throws(FileFault) in try readFileBytes(path, limit: Workload.fileSizeLimit) }
    return try checkingInput { () throws(JSONFault) in
      var root = try JSONDocument(bytes: bytes, file: path).cursor.object()
      let cursor = try root.required("schema")
      let schemas = ["accelerator/1", "architecture/1", "host/1", "framework/1", "workload/1", "error_band/1"]
      return try cursor.choice(of: schemas, as: "schema")
    }
  }
}

/// The sources of a listing, each once, as numbered notes.
private struct SourceNotes {
  private var notes: [String] = []

  /// The number of a source's note, in brackets.
  mutating func mark(_ source: Source?) -> String {
    guard let source else { return "-" }
    let note = "\(source.kind.rawValue): \(source.from)" + (source.note.isEmpty ? "" : " (\(source.note))")
    if let known = notes.firstIndex(of: note) { return "[\(known + 1)]" }
    notes.append(note)
    return "[\(notes.count)]"
  }

  /// The notes, wrapped to the terminal.
  var text: String {
    notes.enumerated().map { paragraph("[\($0 + 1)] \($1)", width: Platform.width, indent: 4) }.joined()
  }
}
