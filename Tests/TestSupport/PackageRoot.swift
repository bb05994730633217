/// The folder of `Package.swift`, found from the place of this file.
public let packageRoot: String = {
  var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
  parts.removeLast(3)
  return parts.joined(separator: "/")
}()

/// The folder of facts that the project's own checkouts have beside them; a clone elsewhere has none.
public let sharedFolder = packageRoot + "/../shared"
