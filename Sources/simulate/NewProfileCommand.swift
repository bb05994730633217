import CommandSyntax
import JSONText
import OutputFiles
import Profiles
import Reports

/// `simulate profiles new`: a profile that is another one's, with what is known to be different.
enum NewProfileCommand {
  static let definition = CommandDefinition(
    "new", summary: "Make a profile from another one, with the numbers that you know",
    discussion: """
      Prints the file of the other profile under the new name, its sources kept. What is set is marked as that. Then replace \
      the sources with where you read the numbers; 'simulate profiles check FILE' says all that is wrong at once.
      """,
    positionals: [PositionalDefinition("name", help: "The new profile's name", isRequired: true)],
    options: [
      OptionDefinition(
        "from", value: "OTHER", help: "The profile to begin with: a catalog name or a file", isRequired: true),
      OptionDefinition(
        "set", value: "FIELD=VALUE", help: "What is different, as bandwidth=4TB/s, watts=400W or released=2026-05",
        longHelp:
          "Numbers go by their paths in the file or by short names, and may have a unit. 'none' leaves a number out: its "
          + "family's is taken, or it has none. The texts are title, vendor, architecture, released, host, interconnect and "
          + "version.", isRepeatable: true),
      OptionDefinition("output", short: "o", value: "FILE", help: "The file; - is standard output", defaultText: "-"),
    ],
    examples: [
      CommandExample(
        "simulate profiles new my-gpu --from h200 --set bandwidth=4TB/s --set memory=96GB -o my-gpu.json",
        shows: "a GPU that is an H200 but for its memory"),
      CommandExample(
        "simulate profiles new my-cpu --from 8480c --set speed=1.9",
        shows: "a processor like one that is known, but faster"),
    ])

  /// The texts that can be set.
  private static let texts = ["title", "vendor", "architecture", "released", "host", "interconnect", "version"]
  /// What is true of the other part alone.
  private static let ownKeys = ["aliases", "flagship", "announced", "price"]

  @Sendable static func run(_ command: ParsedCommand, _ library: Library) throws(Failure) {
    let name = command.positional("name") ?? ""
    let other = command.value(of: "from") ?? ""
    try command.checkEnding(of: "output", holds: "JSON", ["json"])
    try command.checkOutputs(["output"], inputs: [other].filter(Library.isFile), library)
    let item: CatalogItem
    let document: JSONDocument
    if Library.isFile(other) {
      item = try library.item(file: other)
      document = try checking { try Library.document(at: other) }
    } else {
      item = try library.item(named: other, of: nil)
      document = try library.document(of: item)
    }
    let profiles = try library.profiles
    try check(name, isNewAmong: item.place.sort, profiles)
    let edit = try edit(of: document, item, name, command)
    try check(edit, name, profiles)
    if let path = command.value(of: "output"), path != "-" {
      try writeOutput(edit, to: path)
      Platform.warn(
        "wrote \(path), which stands wherever a name does; 'simulate profiles check \(path)' checks it")
    } else {
      Platform.print(document: edit)
    }
  }

  private static func check(
    _ name: String, isNewAmong sort: String, _ profiles: ProfileCatalog
  ) throws(Failure) {
    let taken =
      switch sort {
      case "accelerators": profiles.accelerators.flatMap { [$0.name] + $0.aliases }
      case "hosts": profiles.hosts.flatMap { [$0.name] + $0.aliases }
      case "frameworks": profiles.frameworks.flatMap { [$0.name] + $0.aliases }
      case "engines": profiles.engines.flatMap { [$0.name] + $0.aliases }
      default: profiles.interconnects.flatMap { [$0.name] + $0.aliases }
      }
    guard !taken.contains(name) else {
      throw .usage("the catalog has '\(name)' among its \(sort) already; choose another name")
    }
  }

  private static func edit(
    of document: JSONDocument, _ item: CatalogItem, _ name: String, _ command: ParsedCommand
  ) throws(Failure) -> String {
    switch item {
    case .accelerator(let profile): try edit(of: document, profile, name, command)
    case .host(let profile): try edit(of: document, profile, name, command)
    case .framework(let profile): try edit(of: document, profile, name, command)
    case .engine(let profile): try edit(of: document, profile, name, command)
    case .interconnect(let profile): try edit(of: document, profile, name, command)
    case .workload:
      throw .usage(
        "'\(item.place.name)' is a workload: tools/export_workload.py --module FILE.py:FUNCTION --output FILE.json makes one"
      )
    case .decoder:
      throw .usage(
        "'\(item.place.name)' is a decoder: a config.json of Hugging Face stands wherever a decoder's name does")
    }
  }

  private static func edit<Profile: NamedProfile>(
    of document: JSONDocument, _ profile: Profile, _ name: String, _ command: ParsedCommand
  ) throws(Failure) -> String {
    var changedTexts = ["name": name, "title": name]
    for key in ownKeys { changedTexts[key] = "" }
    var changes: [ProfileEdit.Change] = []
    // Another part has another price.
    var removed = Profile.fields.map(\.path).filter { $0.hasPrefix("price.") }
    for assignment in try checking({ try command.assignments(of: "set") }) {
      if texts.contains(assignment.name) {
        changedTexts[assignment.name] = assignment.value
        continue
      }
      guard let field = FieldName.field(assignment.name, of: Profile.self) else {
        let known = texts + FieldName.names(of: Profile.self)
        let near = nearestName(to: assignment.name, among: known)
        let hint: Message = near.map { "; did you mean '\($0)'?" } ?? ""
        throw .usage(
          "\(Profile.noun)s have no field '\(assignment.name)'" + hint
            + "\n'simulate profiles fields \(Profile.noun)' has them all")
      }
      guard !changes.contains(where: { $0.path == field.path }) else {
        throw .usage("--set gives \(field.path) twice; give it once")
      }
      if assignment.value == "none" {
        removed.append(field.path)
        continue
      }
      let value = try value(assignment.value, of: field)
      let before = field.value(in: profile).map { "\(profile.name) has \(NumberFormat.shortest($0))" } ?? ""
      changes.append(
        ProfileEdit.Change(path: field.path, value: value, kind: .assumed, from: "set by 'profiles new'", note: before))
    }
    warnOfKept(changes.map(\.path) + removed, of: profile)
    return ProfileEdit(of: document, texts: changedTexts, changes, removing: removed).text()
  }

  /// Peaks of several formats are one part's: who sets some and not the others has mixed two.
  private static func warnOfKept<Profile: NamedProfile>(_ set: [String], of profile: Profile) {
    let group = AcceleratorProfile.peaks + "."
    guard set.contains(where: { $0.hasPrefix(group) }) else { return }
    let kept = Profile.fields.filter {
      $0.path.hasPrefix(group) && !set.contains($0.path) && ($0.value(in: profile) ?? 0) > 0
    }
    guard !kept.isEmpty else { return }
    let names = kept.map { String($0.path.dropFirst(group.count)) }
    Platform.warn(
      "warning: the \(kept.count == 1 ? "peak of \(names[0]) is" : "peaks of \(listed(names, by: "and")) are") still "
        + "\(profile.name)'s; set \(kept.count == 1 ? "it" : "them") too, or =none leaves one out")
  }

  private static func value<Profile>(_ text: String, of field: ProfileField<Profile>) throws(Failure) -> Double {
    let value: Double
    do throws(QuantityFault) { value = try field.domain.unit.number(text) } catch {
      throw .usage("--set \(field.path) \(error.words)")
    }
    guard field.range.contains(value) else {
      throw Failure(OverrideFault.outOfRange(path: field.path, value: value, domain: field.domain))
    }
    return value
  }

  /// Checks what has come of it, and questions what is unusual.
  private static func check(_ text: String, _ name: String, _ profiles: ProfileCatalog) throws(Failure) {
    let document = try checking { try JSONDocument(bytes: Array(text.utf8), file: name) }
    let faults = ProfileFile.faults(in: document, profiles)
    guard faults.isEmpty else {
      // The text is nowhere to be looked at: the path says where, and no line.
      throw Failure(faults.map { .input("the new profile: \(Message($0.words))") })
    }
    for question in try ProfileFile.questions(about: document, profiles) { Platform.warn("warning: \(question)") }
  }
}
