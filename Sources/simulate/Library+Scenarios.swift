import JSONText
import Profiles

extension Library {
  /// The scenarios of some names or files, which may be combined where they do not contradict each other.
  ///
  /// - Parameter options: The values of the option, each one or several with commas between them.
  /// - Returns: The scenarios, in order.
  /// - Throws: ``Failure`` for a name that is unknown or given twice, a file that is wrong, and two scenarios that change
  ///   the same.
  func scenarios(_ options: [String]) throws(Failure) -> [TrendScenario] {
    var scenarios: [TrendScenario] = []
    for name in options.flatMap({ $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }) {
      let scenario = try scenario(name)
      for other in scenarios {
        if other.name == scenario.name { throw .usage("--scenario has \(scenario.name) twice; give it once") }
        if let what = Self.contradiction(other, scenario) {
          throw .usage("the scenarios \(other.name) and \(scenario.name) both say \(what); choose one")
        }
      }
      scenarios.append(scenario)
    }
    return scenarios
  }

  private func scenario(_ name: String) throws(Failure) -> TrendScenario {
    if Self.isFile(name) { return try checking { try ProfileCatalog.scenario(file: name) } }
    let directories = profileFolders
    let known = try checking { try ProfileCatalog.scenarioNames(directories: directories) }
    guard known.contains(name) else {
      let hint: Message = nearestName(to: name, among: known).map { "; did you mean '\($0)'?" } ?? ""
      throw .input("no scenario is called '\(name)'" + hint + "\nknown are \(known.joined(separator: ", "))")
    }
    for directory in directories {
      let folder = directory + "/scenarios"
      let files = try checking { try listFilesIfThere(in: folder, suffix: ".json") }
      guard files.contains(name + ".json") else { continue }
      return try checking { try ProfileCatalog.scenario(file: folder + "/\(name).json") }
    }
    throw .input("no scenario is called '\(name)'")
  }

  /// What two scenarios both say something of; nil for nothing.
  private static func contradiction(_ first: TrendScenario, _ second: TrendScenario) -> String? {
    if first.framework != nil, second.framework != nil { return "what framework everything runs in" }
    if first.precision != nil, second.precision != nil { return "what precision everything is computed in" }
    if first.growth != nil, second.growth != nil { return "how workloads grow" }
    return first.changes.first { change in second.changes.contains { $0.path == change.path } }
      .map { "what becomes of \($0.path)" }
  }
}
