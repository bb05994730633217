import JSONText
import Profiles
import Reports
import Workloads

/// A file of the user's that `profiles check` reads: what its schema says it is, and all that is wrong with it.
enum ProfileFile {
  /// The schemas that there are.
  private static let schemas = [
    "accelerator/1", "architecture/1", "host/1", "host-architecture/1", "framework/1", "workload/1", "error_band/1",
    "scenario/1", "trends/1", "engine/1", "interconnect/1", "decoder/1", "move_errors/1",
  ]

  /// The schema of a file.
  static func schema(of path: String) throws(Failure) -> String {
    try checking { try schema(of: Library.document(at: path)) }
  }

  private static func schema(of document: JSONDocument) throws(JSONFault) -> String {
    var root = try document.cursor.object()
    // What Hugging Face calls config.json has no schema, and a decoder.
    if root.optional("schema") == nil, root.optional("model_type") != nil { return "decoder/1" }
    return try root.required("schema").choice(of: schemas, as: "schema")
  }

  /// All that is wrong with the JSON of a file, whose families are those of a catalog; empty where it is right.
  static func faults(in document: JSONDocument, _ profiles: ProfileCatalog) -> [JSONFault] {
    let schema: String
    do { schema = try Self.schema(of: document) } catch { return [error] }
    // A document is read again for each of its faults: of a workload, which may have a million values, the first are told.
    let limit = schema == "workload/1" ? 10 : 100
    return allFaults(in: document, limit: limit) { document throws(JSONFault) in
      switch schema {
      case "accelerator/1": _ = try ProfileReader.accelerator(from: document, families: profiles.families)
      case "architecture/1": _ = try ProfileReader.architecture(from: document)
      case "host/1": _ = try ProfileReader.host(from: document, architectures: profiles.hostArchitectures)
      case "host-architecture/1": _ = try ProfileReader.hostArchitecture(from: document)
      case "framework/1": _ = try ProfileReader.framework(from: document)
      case "engine/1": _ = try ProfileReader.engine(from: document)
      case "interconnect/1": _ = try ProfileReader.interconnect(from: document)
      case "scenario/1": _ = try TrendScenario(from: document)
      case "trends/1": _ = try TrendRules(from: document)
      case "error_band/1": _ = try ErrorBand(from: document)
      case "move_errors/1": _ = try MoveErrors(from: document)
      case "decoder/1": _ = try Decoder(from: document)
      case "workload/1": _ = try Workload(from: document)
      default: break
      }
    }
  }

  /// What a right profile leaves to its family, a line for each family; in groups where they are many.
  static func derivations(of item: CatalogItem) -> [String] {
    switch item {
    case .accelerator(let profile): lines(profile)
    case .host(let profile): lines(profile)
    default: []
    }
  }

  private static func lines<Profile: NamedProfile>(_ profile: Profile) -> [String] {
    profile.provenance.derivations.map { owner, paths in
      var groups: [(name: Substring, paths: [String])] = []
      for path in paths {
        let group = path.prefix { $0 != "." }
        if groups.last?.name == group {
          groups[groups.count - 1].paths.append(path)
        } else {
          groups.append((group, [path]))
        }
      }
      let words = groups.map {
        $0.paths.count > 3 ? "\($0.name) (\($0.paths.count) numbers)" : listed($0.paths, by: "and")
      }
      return "derived from \(owner): \(words.joined(separator: ", "))"
    }
  }

  /// What is unusual about the numbers that a right file states itself.
  static func questions(
    about document: JSONDocument, _ profiles: ProfileCatalog
  ) throws(Failure) -> [UnusualNumber] {
    func stated(_ provenance: Provenance, _ paths: [String]) -> Set<String> {
      Set(paths).subtracting(provenance.derivations.flatMap(\.paths))
    }
    return try checking {
      switch try schema(of: document) {
      case "accelerator/1":
        let profile = try ProfileReader.accelerator(from: document, families: profiles.families)
        let paths = stated(profile.provenance, AcceleratorProfile.fields.filter { !$0.isShared }.map(\.path))
        return UnusualNumber.all(in: profile, among: profiles.accelerators, at: paths)
      case "host/1":
        let profile = try ProfileReader.host(from: document, architectures: profiles.hostArchitectures)
        return UnusualNumber.all(
          in: profile, among: profiles.hosts, at: stated(profile.provenance, HostProfile.fields.map(\.path)))
      default: return []
      }
    }
  }

  /// Questions what `--set` makes of a system's parts, where it is far from anything that the catalog has and somebody watches.
  ///
  /// To read the catalog takes longer than most runs: thousands of runs of a script are not made to wait for it.
  ///
  /// - Parameters:
  ///   - overrides: What is set.
  ///   - system: The system as its profiles have it, before.
  ///   - library: Whose profiles are compared.
  /// - Throws: ``Failure`` where the catalog cannot be read.
  static func warn(
    about overrides: [(path: String, value: Double)], of system: System, _ library: Library
  ) throws(Failure) {
    guard Platform.showsProgress else { return warnOfFactors(overrides, of: system) }
    // What is near the profile's own number is near its neighbors', too: the catalog need not be read for that.
    let far = overrides.filter { override in
      let own = SystemNumber(path: override.path)?.value(in: system) ?? 0
      return own <= 0 || override.value > own * UnusualNumber.factor || override.value < own / UnusualNumber.factor
    }
    func paths(_ noun: String) -> Set<String> {
      Set(far.map(\.path).filter { $0.hasPrefix(noun + ".") }.map { String($0.dropFirst(noun.count + 1)) })
    }
    var system = system
    // What cannot be set is refused where it is set.
    for override in far { try? system.set(override.path, to: override.value) }
    let (ofAccelerator, ofHost) = (paths(AcceleratorProfile.noun), paths(HostProfile.noun))
    guard !ofAccelerator.isEmpty || !ofHost.isEmpty else { return }
    let profiles = try library.profiles
    var questions: [(noun: String, number: UnusualNumber)] = []
    if let accelerator = system.accelerator, !ofAccelerator.isEmpty {
      questions += UnusualNumber.all(in: accelerator, among: profiles.accelerators, at: ofAccelerator)
        .map { (AcceleratorProfile.noun, $0) }
    }
    if !ofHost.isEmpty {
      questions += UnusualNumber.all(in: system.host, among: profiles.hosts, at: ofHost).map { (HostProfile.noun, $0) }
    }
    for question in questions { Platform.warn("warning: \(question.noun).\(question.number)") }
  }

  /// Where nobody watches, what is a hundred times the profile's own number or a hundredth of it, which takes no catalog to see.
  private static func warnOfFactors(_ overrides: [(path: String, value: Double)], of system: System) {
    for (path, value) in overrides {
      guard let own = SystemNumber(path: path)?.value(in: system), own > 0, value > 0 else { continue }
      let times = max(value / own, own / value)
      guard times >= 100 else { continue }
      Platform.warn(
        "warning: \(path)=\(NumberFormat.shortest(value)) is \(NumberFormat.significant(times, digits: 3)) times "
          + "\(value > own ? "more" : "less") than the profile's \(NumberFormat.shortest(own)); "
          + "is the unit right? A value may have one, as 8TB/s")
    }
  }
}
