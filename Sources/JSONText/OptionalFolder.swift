/// The names of the files in a directory that end in `suffix`, sorted; none where there is no such directory.
///
/// - Parameters:
///   - directory: The directory; a relative path starts at the working directory.
///   - suffix: The end of the names, such as `.json`.
/// - Returns: The names, without the directory.
/// - Throws: Why a directory that is there cannot be read: what is in it is not left out in silence.
package func listFilesIfThere(in directory: String, suffix: String) throws(FileFault) -> [String] {
  do throws(FileFault) {
    return try listFiles(in: directory, suffix: suffix)
  } catch {
    switch error {
    case .notFound, .notDirectory: return []
    default: throw error
    }
  }
}
