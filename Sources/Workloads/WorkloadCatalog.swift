import JSONText

/// The workloads of some directories, by name: the name of `resnet50.json` is `resnet50`.
///
/// Making a catalog lists the directories and opens no file, so that a malformed file matters only to who loads it.
public struct WorkloadCatalog: Sendable {
  /// The names of all workloads, sorted, each once.
  public let names: [String]

  /// What in the directories looks like a workload and is no file.
  package let skipped: [SkippedFile]

  private let paths: [String: String]

  /// Lists the workloads of some directories.
  ///
  /// - Parameter directories: The directories; of files with the same name, that of the earliest directory counts.
  /// - Throws: ``WorkloadFault/unreadable(_:)`` if a directory cannot be read.
  public init(directories: [String]) throws(WorkloadFault) {
    let suffix = ".json"
    var paths: [String: String] = [:]
    var skipped: [SkippedFile] = []
    for directory in directories {
      do throws(FileFault) {
        let listing = try FolderListing(of: directory, suffix: suffix)
        skipped += listing.skipped
        for file in listing.files {
          let name = String(file.dropLast(suffix.count))
          if paths[name] == nil { paths[name] = directory + "/" + file }
        }
      } catch {
        throw .unreadable(error)
      }
    }
    self.paths = paths
    self.skipped = skipped
    names = paths.keys.sorted()
  }

  /// Reads a workload.
  ///
  /// - Parameter name: Its name in the catalog, in full.
  /// - Returns: The workload.
  /// - Throws: ``WorkloadFault/unknownWorkload(_:suggestion:known:)``, or what is wrong with the file.
  public func load(_ name: String) throws(WorkloadFault) -> Workload {
    guard let path = paths[name] else {
      throw .unknownWorkload(name, suggestion: nearestName(to: name, among: names), known: names)
    }
    return try Workload(path: path)
  }

  /// The file of a name.
  ///
  /// - Throws: ``WorkloadFault/unknownWorkload(_:suggestion:known:)``.
  package func path(of name: String) throws(WorkloadFault) -> String {
    guard let path = paths[name] else {
      throw .unknownWorkload(name, suggestion: nearestName(to: name, among: names), known: names)
    }
    return path
  }
}
