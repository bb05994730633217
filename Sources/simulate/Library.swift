import Catalog
import JSONText
import OutputFiles
import Profiles
import Synchronization
import Workloads

/// The profiles and workloads in reach: the user's folder first, then those that travel with the program.
///
/// With a folder of the user's every profile is read, so that all that is wrong there is found; it is said, and stops only
/// who asks for it. Without one, only those are read that are asked for.
struct Library {
  let workloads: WorkloadCatalog
  /// Decoders, by name.
  let decoders: WorkloadCatalog
  /// The operators of engines, by name.
  private let engineWorkloads: WorkloadCatalog
  /// The folders that are searched, the user's first.
  var profileFolders: [String] { profileRoots.flatMap { $0 } }
  private let profileRoots: [[String]]
  private let shipped: ProfileIndex?
  private let whole: ProfileCatalog?
  private let read = ReadProfiles()
  /// The one folder that is searched, where the user has none: that of the program.
  var onlyCatalog: String? { shipped == nil ? nil : Catalog.directory }

  /// Opens the catalogs.
  ///
  /// - Parameter userFolder: What `--catalog` names, or nil.
  /// - Throws: `Failure` when there is no such folder.
  init(userFolder: String?) throws(Failure) {
    var roots: [String] = []
    if let folder = try Self.userFolder(userFolder) { roots.append(folder) }
    // A user's folder may be laid out like the catalog or hold the sorts of profile directly.
    profileRoots = (roots + [Catalog.directory]).map { [$0 + "/hardware-profiles", $0] }
    if roots.isEmpty {
      let folder = Catalog.directory + "/hardware-profiles"
      shipped = ProfileIndex(directory: folder)
      whole = nil
    } else {
      shipped = nil
      whole = ProfileCatalog(roots: profileRoots)
    }
    // A folder that is there and cannot be read is an error of the catalog's, and no folder that is not there.
    let workloadFolders = (roots + [Catalog.directory]).map { $0 + "/workloads" }.filter { FileIdentity($0) != nil }
    workloads = try checking { try WorkloadCatalog(directories: workloadFolders) }
    func below(_ folder: String) -> [String] { workloadFolders.map { $0 + folder }.filter { FileIdentity($0) != nil } }
    decoders = try checking { try WorkloadCatalog(directories: below("/decoders")) }
    engineWorkloads = try checking { try WorkloadCatalog(directories: below("/engines")) }
  }

  private static func userFolder(_ option: String?) throws(Failure) -> String? {
    let variable = "SIMULATE_CATALOG"
    guard let folder = option ?? Platform.environment(variable) else { return nil }
    guard isDirectory(folder) else {
      let source: Message = option == nil ? "the environment variable \(variable)" : "--catalog"
      throw .input(at: folder, "no such folder; \(source) needs one that holds profiles")
    }
    let loose = (try? listFiles(in: folder, suffix: ".json")) ?? []
    let isLaidOut = (["hardware-profiles"] + sorts).contains { FileIdentity(folder + "/" + $0) != nil }
    if let first = loose.first, !isLaidOut {
      Platform.warn(
        "warning: \(folder) has no folder of profiles, so nothing in it is found by its name; "
          + "put \(first) into a folder accelerators, hosts or workloads in it, or name the file by its path")
    }
    return folder
  }

  /// Every profile; they are read now if they have not been.
  var profiles: ProfileCatalog {
    get throws(Failure) {
      if let known = whole ?? read.catalog.withLock({ $0 }) { return known }
      let catalog = try checking { try ProfileCatalog(directories: profileFolders) }
      read.catalog.withLock { $0 = catalog }
      return catalog
    }
  }

  /// What is wrong with profiles of the catalogs, each fault once: one file may be what several profiles need.
  var faults: [ProfileFault] {
    (whole?.faults ?? []).reduce(into: []) { faults, next in
      if !faults.contains(next.fault) { faults.append(next.fault) }
    }
  }

  /// Says what is wrong in the catalogs, but for what a failure has said.
  func warn(except failure: Failure?) {
    for skipped in (whole?.skipped ?? []) + workloads.skipped { Platform.warn("\(skipped)") }
    for fault in faults where failure?.isOf(fault) != true {
      Platform.warn("\(fault.said(as: "warning")); left out")
    }
  }

  /// The accelerators of the headline study, by date of release.
  func flagships() throws(Failure) -> [AcceleratorProfile] {
    try checking { try shipped?.flagships() ?? profiles.accelerators.filter(\.isFlagship) }
  }

  /// A workload by name, by shortened name, or from a file.
  func workload(_ name: String) throws(Failure) -> Workload {
    if Self.isFile(name) || name.hasSuffix(".et") {
      if !name.hasSuffix(".json"), !Platform.exists(name) { throw noFile(name) }
      if let workload = try ExecutionTraceWorkload.read(name) { return workload }
      do { return try checking { try Workload(path: name) } } catch {
        guard (try? ProfileFile.schema(of: name)) == "decoder/1" else { throw error }
        throw .input(
          at: name, "is a model that generates, and no sequence of operators; 'simulate generate \(name)' takes it")
      }
    }
    do {
      return try workloads.load(resolveName(name, among: workloads.names.map { Named(name: $0) }, what: "workload"))
    } catch {
      let failure = Failure(error)
      // A name that no pass has may be that of a model that generates.
      guard case .unknown? = failure.causes.first as? NameFault,
        let decoder = nearestNames(to: name, among: decoders.names, limit: 1).first, sharesWords(of: name, decoder)
      else { throw failure }
      throw .input(
        failure.problem + "; 'simulate generate \(decoder)' has a model that generates", causes: failure.causes)
    }
  }

  /// A decoder by name, by shortened name, or from a file, which may be a Hugging Face `config.json`.
  func decoder(_ name: String) throws(Failure) -> Decoder {
    if Self.isFile(name) {
      if !name.hasSuffix(".json"), !Platform.exists(name) { throw noFile(name) }
      return try checking { try Decoder(path: name) }
    }
    return try checking {
      let found = try resolveName(name, among: decoders.names.map { Named(name: $0) }, what: "decoder")
      return try Decoder(path: decoders.path(of: found))
    }
  }

  /// What a model's name on a hub, which has a slash, may have been meant to be: no file has it.
  private func noFile(_ name: String) -> Failure {
    let model = String(name.split(separator: "/").last ?? "").lowercased()
    let near = (
      workload: nearestModel(to: model, among: workloads.names), decoder: nearestModel(to: model, among: decoders.names)
    )
    let pass: Message? = near.workload.map { "'simulate run \($0)' for a pass" }
    let generation: Message? = near.decoder.map { "'simulate generate \($0)' for a model that generates" }
    let meant = [pass, generation].compactMap { $0 }
    let question: Message =
      meant.isEmpty
      ? ""
      : "; the catalog's names have no slash: did you mean "
        + meant.dropFirst().reduce(meant[0]) { $0 + ", or " + $1 } + "?"
    return .input(
      at: name,
      "no such file" + question + (meant.isEmpty ? ". " : " ")
        + "Any other: tools/export_workload.py --module FILE.py:FUNCTION --output FILE.json exports it from PyTorch, and a "
        + "language model's config.json will do for 'simulate generate'")
  }

  private func nearestModel(to name: String, among names: [String]) -> String? {
    if let found = try? resolveName(name, among: names.map { Named(name: $0) }, what: "model") { return found }
    return nearestNames(to: name, among: names, limit: 1).first
  }

  /// An engine by name or from a file.
  func engine(_ name: String) throws(Failure) -> EngineProfile {
    try checking {
      if Self.isFile(name) { return try shipped?.engine(file: name) ?? profiles.engine(file: name) }
      return try shipped?.engine(named: name) ?? profiles.engine(named: name)
    }
  }

  /// An interconnect by name or from a file.
  func interconnect(_ name: String) throws(Failure) -> InterconnectProfile {
    try checking {
      if Self.isFile(name) { return try shipped?.interconnect(file: name) ?? profiles.interconnect(file: name) }
      return try shipped?.interconnect(named: name) ?? profiles.interconnect(named: name)
    }
  }

  /// The operators that an engine runs.
  func engineOperators(_ name: String, of engine: EngineProfile) throws(Failure) -> Workload {
    guard engineWorkloads.names.contains(name) else {
      throw .input(
        "the engine '\(engine.name)' runs the operators '\(name)', which are not in the catalog's "
          + "workloads/engines")
    }
    return try checking { try engineWorkloads.load(name) }
  }

  /// An accelerator by name or from a file; nil for `none`.
  func accelerator(_ name: String) throws(Failure) -> AcceleratorProfile? {
    if name == "none" { return nil }
    return try checking {
      if Self.isFile(name) { return try shipped?.accelerator(file: name) ?? profiles.accelerator(file: name) }
      return try shipped?.accelerator(named: name) ?? profiles.accelerator(named: name)
    }
  }

  /// A host by name or from a file.
  func host(_ name: String) throws(Failure) -> HostProfile {
    try checking {
      if Self.isFile(name) { return try shipped?.host(file: name) ?? profiles.host(file: name) }
      return try shipped?.host(named: name) ?? profiles.host(named: name)
    }
  }

  /// The host that is named, or else the one of an accelerator's time.
  ///
  /// - Throws: ``Failure`` where the accelerator's file names a host that is not in the catalog.
  func host(_ name: String?, of accelerator: AcceleratorProfile?) throws(Failure) -> HostProfile {
    if let name { return try host(name) }
    let own = SystemDefaults.host(of: accelerator)
    do { return try host(own) } catch {
      guard let accelerator, case .unknown? = error.causes.first as? NameFault else { throw error }
      throw .input(
        "the accelerator '\(accelerator.name)' names the host '\(own)', which is not in the catalog; "
          + "name one with --host")
    }
  }

  /// A framework by name or from a file.
  func framework(_ name: String) throws(Failure) -> FrameworkProfile {
    try checking {
      if Self.isFile(name) { return try shipped?.framework(file: name) ?? profiles.framework(file: name) }
      return try shipped?.framework(named: name) ?? profiles.framework(named: name)
    }
  }

  /// The file of a profile of the catalog, by its folder and name.
  ///
  /// - Parameters:
  ///   - name: The profile's name.
  ///   - folder: The folder of its kind: `hosts`.
  ///   - advice: What to do where there is none.
  /// - Returns: The file.
  /// - Throws: ``Failure`` where there is none.
  func document(of name: String, in folder: String, advice: Message = "") throws(Failure) -> JSONDocument {
    guard let found = try checking({ try profiles.document(of: name, in: folder) }) else {
      throw .input("no file in the catalog's \(folder) is named '\(name)'" + advice)
    }
    return found
  }

  /// The names of all accelerators, by date of release.
  var acceleratorNames: [String] {
    get throws(Failure) {
      if let shipped { return try checking { try shipped.acceleratorNames } }
      return try profiles.accelerators.map(\.name)
    }
  }

  /// The names of all hosts, in order.
  var hostNames: [String] {
    get throws(Failure) {
      if let shipped { return try checking { try shipped.hostNames } }
      return try profiles.hosts.map(\.name)
    }
  }

  /// The names of all frameworks, in order.
  var frameworkNames: [String] {
    get throws(Failure) {
      if let shipped { return try checking { try shipped.frameworkNames } }
      return try profiles.frameworks.map(\.name)
    }
  }

  /// Whether a name is a workload's of the catalog, written out.
  func hasWorkload(_ name: String) -> Bool { workloads.names.contains(name) }

  /// Whether a name denotes an accelerator of the catalog.
  func isAccelerator(_ name: String) -> Bool {
    guard !Self.isFile(name), name != "none" else { return false }
    if let shipped { return shipped.hasAccelerator(named: name) }
    do { return try accelerator(name) != nil } catch {
      return error.causes.first.map(Self.denotesSomething) ?? false
    }
  }

  /// Whether a name denotes a workload of the catalog.
  func isWorkload(_ name: String) -> Bool {
    guard !Self.isFile(name) else { return false }
    let known = workloads.names.map { Named(name: $0) }
    do { return try denotedName(name, among: known, what: "workload") != nil } catch { return true }
  }

  /// Whether a name that did not lead to one thing leads to several.
  private static func denotesSomething(_ fault: any Error) -> Bool {
    if case .unknown? = fault as? NameFault { return false }
    return true
  }

  /// The folders that a catalog may have.
  private static let sorts = [
    "accelerators", "architectures", "engines", "error-bands", "frameworks", "history", "host-architectures", "hosts",
    "interconnects", "measurements", "scenarios", "workloads",
  ]

  /// Refuses an output that would replace a file of a catalog, which was or may be an input.
  func check(isOutside target: OutputTarget) throws(Failure) {
    guard target.replacesFile, let folder = target.folder else { return }
    for catalog in profileFolders {
      for kind in Self.sorts where FileIdentity(catalog + "/" + kind) == folder {
        throw .usage("the output '\(target.path)' is a file of the catalog; give it another name")
      }
    }
  }

  /// Names never hold a slash or end in `.json`; paths of files do.
  static func isFile(_ name: String) -> Bool {
    name.contains("/") || name.hasSuffix(".json")
  }

  private static func isDirectory(_ path: String) -> Bool {
    (try? listFiles(in: path, suffix: "")) != nil
  }
}

/// The program's profiles, once all of them have been read.
private final class ReadProfiles: Sendable {
  let catalog = Mutex<ProfileCatalog?>(nil)
}

extension Failure {
  /// Whether it has said that a profile is wrong.
  fileprivate func isOf(_ fault: ProfileFault) -> Bool {
    causes.contains { $0 as? ProfileFault == fault || $0 as? NameFault == .unusable(fault) }
  }
}
