import JSONText

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A file of lines that grows beside its final name until it is whole, so that an interrupted run can go on.
///
/// `rows.csv` grows as `rows.csv.partial` and takes its name when it is complete. What a killed process left ends in the
/// middle of a line at worst: opening cuts the torn line off. A lock keeps a second process out.
struct PartialFile: ~Copyable {
  /// The final name.
  let path: String
  /// Whole lines in the file.
  private(set) var lineCount = 0
  private let descriptor: Int32

  private static func partialPath(_ path: String) -> String { path + ".partial" }

  /// Whether an interrupted run left its lines.
  static func exists(for path: String) -> Bool { withCPath(partialPath(path)) { access($0, F_OK) } == 0 }

  /// Opens the file.
  ///
  /// - Parameters:
  ///   - path: The final name.
  ///   - resumes: Whether the lines of an interrupted run are kept; otherwise there must be none.
  /// - Throws: ``Failure`` with the path and the system's reason, or if another process writes the file now.
  init(path: String, resumes: Bool) throws(Failure) {
    self.path = path
    let partial = Self.partialPath(path)
    descriptor = withCPath(partial) { open($0, O_RDWR | O_CREAT | O_CLOEXEC | (resumes ? 0 : O_EXCL), 0o666) }
    guard descriptor >= 0 else {
      if errno == EEXIST {
        throw Failure(
          .wrongInput,
          "\(partial): error: an interrupted sweep left its rows here; add --resume to go on, or remove the file")
      }
      throw Failure(.wrongInput, "\(path): error: cannot create the file: \(String(cString: strerror(errno)))")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw Failure(.wrongInput, "\(partial): error: another process is writing this file")
    }
    let (lines, length) = try scan { _, _ in }
    lineCount = lines
    guard ftruncate(descriptor, off_t(length)) == 0, lseek(descriptor, 0, SEEK_END) >= 0 else {
      throw failure("cut off a torn line")
    }
  }

  deinit { close(descriptor) }

  private func failure(_ doing: Message) -> Failure {
    Failure(.wrongInput, "\(path): error: cannot \(doing): \(String(cString: strerror(errno)))")
  }

  /// Reads the file from its beginning and calls back with each whole line and its number, from 0.
  ///
  /// - Returns: How many whole lines there are, and how many bytes they take.
  private func scan(_ body: (Int, ArraySlice<UInt8>) -> Void) throws(Failure) -> (lines: Int, length: Int) {
    guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw failure("read the file") }
    var chunk = [UInt8](repeating: 0, count: 1 << 20)
    var line: [UInt8] = []
    var (lines, length) = (0, 0)
    while true {
      let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw failure("read the file") }
      if count == 0 { return (lines, length) }
      var rest = chunk[..<count]
      while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
        line += rest[...end]
        body(lines, line[...])
        lines += 1
        length += line.count
        line.removeAll(keepingCapacity: true)
        rest = rest[(end + 1)...]
      }
      line += rest
    }
  }

  /// Some lines, by number, in order.
  func lines(_ numbers: [Int]) throws(Failure) -> [[UInt8]] {
    var found: [[UInt8]] = []
    var wanted = numbers[...]
    _ = try scan { number, line in
      guard wanted.first == number else { return }
      found.append(Array(line))
      wanted = wanted.dropFirst()
    }
    guard lseek(descriptor, 0, SEEK_END) >= 0 else { throw failure("read the file") }
    return found
  }

  /// Adds whole lines.
  mutating func append(_ all: [UInt8]) throws(Failure) {
    var bytes = all[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Platform.systemWrite(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        bytes = bytes.dropFirst(count)
      } else if errno != EINTR {
        throw failure("write the file, whose rows so far stay in \(Self.partialPath(path))")
      }
    }
  }

  /// Gives the file its name.
  consuming func finish() throws(Failure) {
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw failure("finish the file") }
    guard withCPath(Self.partialPath(path), { old in withCPath(path) { rename(old, $0) } }) == 0 else {
      throw failure("put the file in place")
    }
  }

  /// Leaves nothing behind.
  consuming func discard() {
    _ = withCPath(Self.partialPath(path)) { unlink($0) }
  }
}
