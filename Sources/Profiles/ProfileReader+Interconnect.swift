import JSONText
import Roofline

extension ProfileReader {
  /// Reads an interconnect of schema `interconnect/1`.
  package static func interconnect(from document: JSONDocument) throws(JSONFault) -> InterconnectProfile {
    var root = try opened(document, schema: "interconnect/1")
    var profile = InterconnectProfile()
    profile.name = try identifier(root.required("name"))
    profile.aliases = try aliases(&root)
    profile.title = try shownText(&root, "title") ?? profile.name
    _ = try shownText(&root, "notes")
    profile.isSwitched = try root.optional("switched")?.boolean() ?? false
    profile.hasPeerAccess = try root.optional("peer_access")?.boolean() ?? true
    profile.beyond = try root.optional("beyond").map(identifier)
    try ProfileField.read(from: &root, group: "", into: &profile)
    if let paths = root.optional("shared") {
      for path in try paths.array() { profile.sharedPaths.append(try sharedPath(path)) }
    }
    let libraries = try root.required("libraries")
    var object = try libraries.object()
    for name in CollectiveLibrary.names {
      if let cursor = object.optional(name) { profile.libraries.append(try library(name, cursor)) }
    }
    try object.finish()
    guard let usual = profile.libraries.first(where: { $0.name == CollectiveLibrary.usual }) else {
      throw libraries.fault(
        .described(
          problem: "has no \(quoted(CollectiveLibrary.usual)), which serves what the others do not",
          advice: "add its algorithms"))
    }
    let served = Set(
      usual.algorithms.filter { $0.largestMB == nil && $0.ranks == 2 ... .infinity }.flatMap(\.collectives))
    // A broadcast is the gathering of its parts.
    if let missing = CollectiveKind.allCases.first(where: { !served.contains($0) && $0 != .broadcast }) {
      throw libraries.fault(
        .described(
          problem: "has no algorithm of \(quoted(CollectiveLibrary.usual)) for \(missing.rawValue) of any size and any "
            + "ranks",
          advice: "add one, without largest_mb, fewest_ranks and most_ranks"))
    }
    profile.provenance = try Provenance.read(from: &root, known: InterconnectProfile.sourcePaths, of: profile)
    try root.finish()
    return profile
  }

  private static func sharedPath(_ cursor: JSONCursor) throws(JSONFault) -> SharedPath {
    var object = try cursor.object()
    let path = SharedPath(
      beyondRanks: try object.required("beyond_ranks").number(.wholeBetween(1, 1e6)),
      bandwidthGBPerS: try object.required("bandwidth_gb_per_s").number(of: InterconnectProfile.bandwidth.domain))
    try object.finish()
    return path
  }

  private static func library(_ name: String, _ cursor: JSONCursor) throws(JSONFault) -> CollectiveLibrary {
    var object = try cursor.object()
    var library = CollectiveLibrary()
    library.name = name
    library.hostCallUS = try object.optional("host_call_us")?.number(of: .microseconds) ?? 0
    library.otherwise = try object.optional("otherwise")?.choice(of: CollectiveLibrary.names, as: "library")
    library.eagerCopies = try object.optional("eager_copies")?.number(.between(0, 100)) ?? 0
    library.eagerLatencyUS = try object.optional("eager_latency_us")?.number(of: .microseconds) ?? 0
    for item in try object.required("algorithms").array() { library.algorithms.append(try algorithm(item)) }
    try object.finish()
    return library
  }

  private static func algorithm(_ cursor: JSONCursor) throws(JSONFault) -> CollectiveAlgorithm {
    var object = try cursor.object()
    var algorithm = CollectiveAlgorithm()
    algorithm.name = try identifier(object.required("name"))
    let forms = CollectiveAlgorithm.Form.allCases.map(\.rawValue)
    let form = try object.required("algorithm").choice(of: forms, as: "algorithm")
    algorithm.form = CollectiveAlgorithm.Form(rawValue: form) ?? .ring
    algorithm.collectives = try choices(object.required("collectives"), as: "collective")
    algorithm.latencyUS = try object.required("latency_us").number(of: .microseconds)
    algorithm.stepUS = try object.required("step_us").number(of: .microseconds)
    algorithm.bandwidthFraction = try object.required("bandwidth_fraction").number(
      .between(0.0001, 2), unit: "")
    algorithm.largestMB = try object.optional("largest_mb")?.number(of: NumberDomain(.megabytes, .between(1e-6, 1e6)))
    algorithm.hostCallUS = try object.optional("host_call_us")?.number(of: .microseconds)
    let fewest = try object.optional("fewest_ranks")?.number(.wholeBetween(2, 1e6)) ?? 2
    let most = object.optional("most_ranks")
    algorithm.ranks = fewest...(try most?.number(.wholeBetween(fewest, 1e6)) ?? .infinity)
    try object.finish()
    return algorithm
  }
}
