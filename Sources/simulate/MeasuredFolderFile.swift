import CommandSyntax
import JSONText
import OutputFiles
import Profiles
import Studies
import Workloads

/// A folder that `tools/measure.py` has written, read for `validate` and `calibrate`.
struct MeasuredFolderFile {
  let folder: MeasuredFolder
  /// The accelerator that was measured; nil where none was.
  let accelerator: AcceleratorProfile?

  /// Reads the files that are there.
  ///
  /// - Throws: ``Failure`` for what is no such folder, and for a file or an accelerator's name that is wrong.
  init(_ path: String, _ library: Library) throws(Failure) {
    guard isFolder(path) else {
      throw .input(at: path, "no such folder; 'tools/measure.py --output FOLDER' writes one")
    }
    let names = try checking { try listFilesIfThere(in: path, suffix: ".csv") }
    var tables: [String: CSVText] = [:]
    for name in MeasuredFolder.names where names.contains(name + ".csv") {
      tables[name] = try CSVText(path: path + "/" + name + ".csv")
    }
    guard tables["dispatch"] != nil || tables["models"] != nil || tables["host_costs"] != nil else {
      throw .input(
        at: path,
        "no measurement of a machine: neither dispatch.csv nor models.csv nor host_costs.csv is in it; "
          + "'tools/measure.py --output FOLDER' writes them")
    }
    let folder = MeasuredFolder(path: path, tables: tables)
    self.folder = folder
    let name = try checking { try folder.acceleratorName() }
    guard let name else {
      accelerator = nil
      return
    }
    do throws(Failure) { accelerator = try library.accelerator(name) } catch {
      throw .input(at: path + "/machine.csv", "catalog_name: " + error.problem, causes: error.causes)
    }
  }

  /// The system of the folder: its accelerator, a host, and PyTorch as it is run operator by operator.
  func system(_ command: ParsedCommand, _ library: Library) throws(Failure) -> System {
    System(
      accelerator: accelerator,
      host: try library.host(command.value(of: "host") ?? SystemDefaults.host(of: accelerator)),
      framework: try library.framework(SystemDefaults.framework))
  }

  /// Its passes, and the models that no workload of the catalog stands for.
  func passes(
    _ command: ParsedCommand, _ library: Library
  ) throws(Failure) -> (rows: [(measurement: Measurement, variant: String)], unknown: [String]) {
    let host = command.value(of: "host")
    func parameterNames(_ name: String) -> [String]? { (try? library.workload(name))?.parameters.map(\.name) }
    return try checking { try folder.passes(host: host, parameterNames: parameterNames) }
  }

  /// Says what was not measured, or stands for nothing in the catalog.
  func warn(unknown: [String]) {
    if let what = try? folder.machine("what"), what.contains("REHEARSAL") {
      Platform.warn("warning: a rehearsal of the script on a processor: its numbers mean nothing")
    } else if accelerator == nil {
      Platform.warn("note: no accelerator was measured: the folder has the host's dispatch alone")
    }
    if !unknown.isEmpty {
      Platform.warn("note: no workload of the catalog is \(listed(unknown, by: "or")): those passes are left out")
    }
  }
}
