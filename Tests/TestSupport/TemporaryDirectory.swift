#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A directory of its own for one test, removed with its files when the test is done.
public struct TemporaryDirectory: ~Copyable {
  /// The directory's path.
  public let path: String

  private var files: [String] = []

  /// Makes an empty directory.
  public init() {
    var template = Array("/tmp/framework-tax-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { preconditionFailure("cannot make a directory in /tmp") }
    path = String(cString: made)
  }

  deinit {
    for file in files { unlink(file) }
    rmdir(path)
  }

  /// Writes a file.
  ///
  /// - Parameters:
  ///   - bytes: What the file holds.
  ///   - name: The file's name in the directory.
  /// - Returns: The file's path.
  @discardableResult
  public mutating func write(_ bytes: [UInt8], to name: String) -> String {
    let file = path + "/" + name
    files.append(file)
    guard let stream = fopen(file, "w"), fwrite(bytes, 1, bytes.count, stream) == bytes.count, fclose(stream) == 0
    else { preconditionFailure("cannot write \(file)") }
    return file
  }
}
