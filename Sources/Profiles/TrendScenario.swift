import JSONText

/// A change of the years to come, with a name and a reason: what if.
package struct TrendScenario: Sendable, Equatable {
  /// What becomes of one number.
  package struct Change: Sendable, Equatable {
    /// The number's path.
    package let path: String
    /// The factor by which it grows each year, in place of its trend; nil for its trend.
    package let yearlyFactor: Double?
    /// A factor that it has besides, from the present on.
    package let factor: Double
    /// The most that it may be; nil for no limit.
    package let atMost: Double?
  }

  /// What becomes of workloads.
  package struct Growth: Sendable, Equatable {
    /// The factor by which operators grow in number each year.
    package let operatorsYearlyFactor: Double
    /// The factor by which weights grow each year, and arithmetic and traffic with them.
    package let workYearlyFactor: Double
    /// Parameters of the workload, each with the factor by which it grows every year.
    package let parameters: [(name: String, yearlyFactor: Double)]

    /// Whether all grow alike.
    package static func == (one: Growth, other: Growth) -> Bool {
      one.operatorsYearlyFactor == other.operatorsYearlyFactor && one.workYearlyFactor == other.workYearlyFactor
        && one.parameters.map(\.name) == other.parameters.map(\.name)
        && one.parameters.map(\.yearlyFactor) == other.parameters.map(\.yearlyFactor)
    }
  }

  /// Its name.
  package let name: String
  /// Why it may come so.
  package let reason: String
  /// The catalog's name of the framework that everything runs in; nil for the one that was asked for.
  package let framework: String?
  /// The format that everything is computed in; nil for the one that was asked for.
  package let precision: Precision?
  /// What becomes of numbers.
  package let changes: [Change]
  /// What becomes of the workload; nil where it stays as it is.
  package let growth: Growth?
}

extension TrendScenario {
  /// Reads a document of schema `scenario/1`.
  ///
  /// - Throws: `JSONFault` at what is wrong: no reason, a path that no profile knows, a number given twice, a change that
  ///   changes nothing, a scenario without any.
  package init(from document: JSONDocument) throws(JSONFault) {
    var root = try document.cursor.object()
    try root.schema("scenario/1")
    let place = try root.required("name")
    name = try place.nonEmptyString()
    reason = visible(try root.required("reason").nonEmptyString())
    framework = try root.optional("framework")?.nonEmptyString()
    if let cursor = root.optional("precision") {
      precision = Precision(rawValue: try cursor.choice(of: Precision.selectable.map(\.rawValue), as: "precision"))
    } else {
      precision = nil
    }
    var changes: [Change] = []
    for cursor in try root.optional("changes")?.array() ?? [] {
      changes.append(try Self.change(cursor, known: changes))
    }
    self.changes = changes
    growth = try root.optional("workload").map(Self.growth)
    guard framework != nil || precision != nil || growth != nil || !changes.isEmpty else {
      throw place.fault(
        .described(
          problem: "is of a scenario that changes nothing",
          advice: "give changes, a workload, a framework or a precision"
        ))
    }
    try root.finish()
  }

  private static func growth(_ cursor: JSONCursor) throws(JSONFault) -> Growth {
    var object = try cursor.object()
    let operators = try object.optional("operators_yearly_factor")?.number(.between(0.1, 10))
    let work = try object.optional("work_yearly_factor")?.number(.between(0.1, 10))
    var parameters: [(name: String, yearlyFactor: Double)] = []
    for cursor in try object.optional("parameters")?.array() ?? [] {
      var parameter = try cursor.object()
      let place = try parameter.required("name")
      let name = try place.nonEmptyString()
      guard !parameters.contains(where: { $0.name == name }) else {
        throw place.fault(.described(problem: "is given twice (\(quoted(name)))", advice: "give it once"))
      }
      parameters.append((name, try parameter.required("yearly_factor").number(.between(0.1, 10))))
      try parameter.finish()
    }
    guard operators != nil || work != nil || !parameters.isEmpty else {
      throw cursor.fault(
        .described(
          problem: "changes nothing",
          advice: "give \"operators_yearly_factor\", \"work_yearly_factor\" or \"parameters\""))
    }
    try object.finish()
    return Growth(operatorsYearlyFactor: operators ?? 1, workYearlyFactor: work ?? 1, parameters: parameters)
  }

  private static func change(_ cursor: JSONCursor, known: [Change]) throws(JSONFault) -> Change {
    var object = try cursor.object()
    let place = try object.required("number")
    let path = try place.nonEmptyString()
    guard SystemNumber(path: path) != nil else {
      let paths = SystemNumber.all.map(\.path)
      throw place.fault(
        .unknownName(what: "number", name: path, suggestion: nearestName(to: path, among: paths), known: []))
    }
    guard !known.contains(where: { $0.path == path }) else {
      throw place.fault(.described(problem: "is given twice (\(quoted(path)))", advice: "give it once"))
    }
    let yearly = try object.optional("yearly_factor")?.number(.between(0.1, 10))
    let factor = try object.optional("factor")?.number(.between(1e-6, 1e6))
    let most = try object.optional("at_most")?.number(.greaterThan(0))
    guard yearly != nil || factor != nil || most != nil else {
      throw cursor.fault(
        .described(problem: "changes nothing", advice: "give \"yearly_factor\", \"factor\" or \"at_most\""))
    }
    try object.finish()
    return Change(path: path, yearlyFactor: yearly, factor: factor ?? 1, atMost: most)
  }
}

extension ProfileCatalog {
  /// The names of the scenarios in some folders, sorted.
  package static func scenarioNames(directories: [String]) throws(ProfileFault) -> [String] {
    var names: Set<String> = []
    for directory in directories {
      let folder = directory + "/scenarios"
      do { names.formUnion(try listFilesIfThere(in: folder, suffix: ".json").map { String($0.dropLast(5)) }) } catch {
        throw .file(error)
      }
    }
    return names.sorted()
  }

  /// A scenario from a file.
  package static func scenario(file: String) throws(ProfileFault) -> TrendScenario {
    try readDocument(file) { document throws(JSONFault) in try TrendScenario(from: document) }
  }
}
