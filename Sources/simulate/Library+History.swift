import JSONText
import Profiles
import Studies

extension Library {
  /// The history of hardware and the rules of its trends: of each file, that of the first folder that has it.
  ///
  /// - Returns: The history.
  /// - Throws: ``Failure`` where a file is wrong or none has it.
  func hardwareLines() throws(Failure) -> HardwareLines {
    let rules = try historyFile("trends.json")
    let document = try checking { try JSONDocument(bytes: readFileBytes(rules), file: rules) }
    let trends = try checking { try TrendRules(from: document) }
    return HardwareLines(
      accelerators: try parts("accelerators.csv", of: "accelerator"), hosts: try parts("hosts.csv", of: "host"),
      rules: trends)
  }

  private func parts(_ name: String, of noun: String) throws(Failure) -> [HistoryPart] {
    let table = try CSVText(path: try historyFile(name))
    return try checking { try HistoryPart.read(table, of: noun) }
  }

  /// Reads all of the history and every scenario, so that what is wrong in them is found.
  func checkHistory() throws(Failure) {
    let lines = try hardwareLines()
    let profiles = try profiles
    for (parts, names) in [
      (lines.accelerators, profiles.accelerators.map(\.name)), (lines.hosts, profiles.hosts.map(\.name)),
    ] {
      for part in parts {
        guard let name = part.profile, !names.contains(name) else { continue }
        throw .input("the history's part '\(part.name)' names the profile '\(name)', which is not in the catalog")
      }
    }
    for name in ["launches.csv", "frameworks.csv"] {
      let table = try CSVText(path: try historyFile(name))
      _ = try checking { try HistoryCost.read(table) }
    }
    _ = try MeasurementFile(try historyFile("latencies.csv"), self)
    let directories = profileFolders
    for name in try checking({ try ProfileCatalog.scenarioNames(directories: directories) }) {
      _ = try scenarios([name])
    }
  }

  /// The path of a file of the history.
  func historyFile(_ name: String) throws(Failure) -> String {
    for directory in profileFolders {
      let folder = directory + "/history"
      let files = try checking { try listFilesIfThere(in: folder, suffix: name) }
      if files.contains(name) { return folder + "/" + name }
    }
    throw .input("no folder of the catalog holds history/\(name); was it removed from the program's?")
  }
}
