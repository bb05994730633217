import Dispatch
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The system's `gzip -dc` as a process of its own, which decompresses while the recording is parsed.
///
/// A library would need its header files to build; the program is everywhere, and works on a second core.
final class Decompressor {
  /// Where the decompressed bytes can be read.
  let output: Int32
  private let process: pid_t
  private var ending: Ending?
  /// The file that is decompressed; nil for a pipe, of which is counted what is fed on.
  private let file: Int32?
  private let fed = FedBytes()

  /// How compressed data may end.
  enum Ending {
    /// As it should.
    case whole
    /// Too early, or with another checksum than it says.
    case damaged
    /// With something behind it that is not gzip.
    case followed
  }

  /// How many bytes of compressed data the process was given so far.
  var inputBytes: Int {
    // The process reads the file through the same open file, and so moves its position.
    if let file { return max(0, Int(lseek(file, 0, SEEK_CUR))) }
    return fed.count.load(ordering: .relaxed)
  }

  /// Starts decompressing.
  ///
  /// - Parameters:
  ///   - input: An open file or pipe with compressed data.
  ///   - head: Bytes that were read from it already.
  ///   - name: What the data is called in faults.
  /// - Throws: Why the process cannot be started.
  init(of input: Int32, after head: [UInt8], name: String) throws(TraceFault) {
    // A file goes back to its beginning. A pipe cannot, so what was read goes before the rest in a pipe of our own.
    let isFile = lseek(input, 0, SEEK_SET) == 0
    var feed: (read: Int32, write: Int32)?
    if !isFile { feed = try Self.pipe(name) }
    let result: (read: Int32, write: Int32)
    do throws(TraceFault) { result = try Self.pipe(name) } catch {
      if let feed { close(feed.read); close(feed.write) }
      throw error
    }
    let source = feed?.read ?? input
    let started = Self.spawn(input: source, output: result.write)
    close(result.write)
    if let feed { close(feed.read) }
    guard let started else {
      close(result.read)
      if let feed { close(feed.write) }
      throw .noDecompressor(file: name)
    }
    output = result.read
    process = started
    file = isFile ? input : nil
    if let feed {
      let fed = fed
      DispatchQueue.global().async { Self.copy(head, then: input, to: feed.write, counting: fed) }
    }
  }

  deinit { _ = finish() }

  /// Ends the process, if it has not ended by itself.
  ///
  /// - Returns: How the data ended.
  func finish() -> Ending {
    if let ending { return ending }
    close(output)
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    let code = (status >> 8) & 0xFF
    // 2 is a warning: something that is not gzip follows the data.
    let found: Ending = status & 0x7F != 0 || code == 1 ? .damaged : code == 2 ? .followed : .whole
    ending = found
    return found
  }

  private static func pipe(_ name: String) throws(TraceFault) -> (read: Int32, write: Int32) {
    var ends: [Int32] = [0, 0]
    guard systemPipe(&ends) == 0 else { throw .noDecompressor(file: name) }
    // A child that inherited the other child's ends would keep their pipes open.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  /// - Returns: The process, or nil where there is no gzip.
  private static func spawn(input: Int32, output: Int32) -> pid_t? {
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
    #else
      var actions = posix_spawn_file_actions_t()
    #endif
    guard posix_spawn_file_actions_init(&actions) == 0 else { return nil }
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
    var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("gzip"), strdup("-dc"), nil]
    defer { for argument in arguments { free(argument) } }
    var process: pid_t = 0
    return posix_spawnp(&process, "gzip", &actions, nil, &arguments, nil) == 0 ? process : nil
  }

  /// Feeds the decompressor from a pipe, until either end closes.
  private static func copy(_ head: [UInt8], then input: Int32, to output: Int32, counting fed: FedBytes) {
    defer { close(output) }
    var chunk = head
    var count = head.count
    chunk += [UInt8](repeating: 0, count: 1 << 16)
    while true {
      var done = 0
      while done < count {
        let written = chunk.withUnsafeBytes { write(output, $0.baseAddress?.advanced(by: done), count - done) }
        if written < 0 && errno == EINTR { continue }
        guard written > 0 else { return }
        done += written
        fed.count.add(written, ordering: .relaxed)
      }
      repeat {
        count = chunk.withUnsafeMutableBytes { read(input, $0.baseAddress, $0.count) }
      } while count < 0 && errno == EINTR
      guard count > 0 else { return }
    }
  }
}

/// How many bytes a pipe's copier has passed on.
private final class FedBytes: Sendable {
  let count = Atomic(0)
}

/// The system's `pipe`, whose name a method here shares.
private func systemPipe(_ ends: inout [Int32]) -> Int32 {
  #if canImport(Darwin)
    Darwin.pipe(&ends)
  #elseif canImport(Glibc)
    Glibc.pipe(&ends)
  #else
    Musl.pipe(&ends)
  #endif
}
