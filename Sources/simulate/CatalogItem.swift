import JSONText
import OutputFiles
import Profiles
import Reports
import Workloads

/// A thing of the catalog, or of a file, that can be shown: one of the sorts that `profiles list` has.
enum CatalogItem {
  case accelerator(AcceleratorProfile)
  case host(HostProfile)
  case framework(FrameworkProfile)
  case engine(EngineProfile)
  case interconnect(InterconnectProfile)
  case decoder(Decoder)
  case workload(Workload)

  /// The sorts, as `profiles list` names them.
  static let sorts = ["accelerators", "hosts", "frameworks", "engines", "interconnects", "decoders", "workloads"]

  /// The sort that it is of, and its name within that.
  var place: (sort: String, name: String) {
    switch self {
    case .accelerator(let profile): ("accelerators", profile.name)
    case .host(let profile): ("hosts", profile.name)
    case .framework(let profile): ("frameworks", profile.name)
    case .engine(let profile): ("engines", profile.name)
    case .interconnect(let profile): ("interconnects", profile.name)
    case .decoder(let decoder): ("decoders", decoder.name)
    case .workload(let workload): ("workloads", workload.name)
    }
  }
}

extension Library {
  /// What a name of the catalog denotes, of whatever sort.
  ///
  /// - Parameters:
  ///   - name: The name, which may be shortened.
  ///   - sort: The only sort to look in; nil for all.
  /// - Returns: The thing.
  /// - Throws: ``Failure`` where nothing is called so, or several things of a sort are.
  func item(named name: String, of sort: String? = nil) throws(Failure) -> CatalogItem {
    // Hosts first: an accelerator may be called after the host beside it, 'apple-m4-max' after 'apple-m4'.
    let searches: [(sort: String, find: () throws -> CatalogItem?)] = [
      ("hosts", { .host(try host(name)) }), ("accelerators", { try accelerator(name).map { .accelerator($0) } }),
      ("frameworks", { .framework(try framework(name)) }), ("engines", { .engine(try engine(name)) }),
      ("interconnects", { .interconnect(try interconnect(name)) }), ("decoders", { .decoder(try decoder(name)) }),
      ("workloads", { .workload(try workload(name)) }),
    ]
    var ambiguous: Failure?
    for search in searches where sort == nil || sort == search.sort {
      do { if let found = try search.find() { return found } } catch {
        // A name that is unknown here may be known elsewhere; one that is known here and leads nowhere is a fault.
        let failure = Failure(error)
        if case .unknown? = failure.causes.first as? NameFault { continue }
        ambiguous = ambiguous ?? failure
      }
    }
    if let ambiguous { throw ambiguous }
    let known = try knownNames(of: sort)
    let what: Message = sort.map { "\($0.dropLast())" } ?? "profile or workload"
    let near = nearestName(to: name, among: known).map { [$0] } ?? nearestNames(to: name, among: known)
    let hint: Message = near.isEmpty ? "" : "; did you mean \(near.map { "'\($0)'" }.joined(separator: " or "))?"
    throw .input("no \(what) is called '\(name)'" + hint + "\nsee 'simulate profiles list'")
  }

  private func knownNames(of sort: String?) throws(Failure) -> [String] {
    let profiles = try profiles
    let names: [(sort: String, names: [String])] = [
      ("accelerators", profiles.accelerators.flatMap { [$0.name] + $0.aliases }), ("hosts", profiles.hosts.map(\.name)),
      ("frameworks", profiles.frameworks.map(\.name)), ("engines", profiles.engines.map(\.name)),
      ("interconnects", profiles.interconnects.map(\.name)), ("decoders", decoders.names),
      ("workloads", workloads.names),
    ]
    return names.filter { sort == nil || $0.sort == sort }.flatMap(\.names)
  }

  /// What a file holds, by its schema.
  ///
  /// - Throws: ``Failure`` for a file that is wrong, or holds none of the sorts.
  func item(file path: String) throws(Failure) -> CatalogItem {
    let file = path.contains("/") ? path : "./" + path
    switch try ProfileFile.schema(of: path) {
    case "host/1": return .host(try host(file))
    case "framework/1": return .framework(try framework(file))
    case "engine/1": return .engine(try engine(file))
    case "interconnect/1": return .interconnect(try interconnect(file))
    case "decoder/1": return .decoder(try decoder(file))
    case "workload/1": return .workload(try workload(file))
    default:
      guard let profile = try accelerator(file) else { preconditionFailure("a path is not 'none'") }
      return .accelerator(profile)
    }
  }

  /// The file that a thing of the catalog was read from.
  func document(of item: CatalogItem) throws(Failure) -> JSONDocument {
    let (sort, name) = item.place
    switch item {
    case .decoder: return try checking { try Self.document(at: decoders.path(of: name)) }
    case .workload: return try checking { try Self.document(at: workloads.path(of: name)) }
    default: return try document(of: name, in: sort)
    }
  }

  /// A file as a tree.
  static func document(at path: String) throws -> JSONDocument {
    try JSONDocument(bytes: readFileBytes(path, limit: Workload.fileSizeLimit), file: path)
  }
}
