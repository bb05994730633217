import Dispatch
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The system's `gzip -dc`, or another program like it, as a process of its own, which decompresses while the recording is
/// parsed.
///
/// A library would need its header files to build; the program is everywhere, and works on a second core.
final class Decompressor {
  /// Where the decompressed bytes can be read.
  let output: Int32
  private let process: pid_t
  private let program: String
  private var ending: Ending?
  /// The file that is decompressed; nil where the process is fed, of which is counted what is fed on.
  private let file: Int32?
  private let fed = FedBytes()
  /// Is left once nothing more is read for the process.
  private let feeding = DispatchGroup()

  /// How compressed data may end.
  enum Ending {
    /// As it should.
    case whole
    /// Too early, or with another checksum than it says.
    case damaged
    /// With something behind it that is not gzip.
    case followed
  }

  /// What is to be decompressed.
  struct Input {
    /// An open file or pipe.
    var descriptor: Int32
    /// Whether it is a file, all of which is meant.
    var isWholeFile = false
    /// Bytes that come before those of the descriptor: what was read from it already.
    var head: [UInt8] = []
    /// How many bytes of the descriptor belong to it; nil for all.
    var count: Int?
    /// Bytes that come behind.
    var tail: [UInt8] = []
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
  ///   - input: The compressed data.
  ///   - program: What decompresses it, with the option `-dc`.
  ///   - name: What the data is called in faults.
  /// - Throws: ``TraceFault/noDecompressor(file:)`` where the process cannot be started.
  init(of input: Input, by program: String, name: String) throws(TraceFault) {
    // A file goes back to its beginning. A pipe cannot, so what was read goes before the rest in a pipe of our own.
    let isFile = input.isWholeFile && lseek(input.descriptor, 0, SEEK_SET) == 0
    var feed: (read: Int32, write: Int32)?
    if !isFile { feed = try Self.pipe(name) }
    let result: (read: Int32, write: Int32)
    do throws(TraceFault) { result = try Self.pipe(name) } catch {
      if let feed { close(feed.read); close(feed.write) }
      throw error
    }
    Self.widen(result.write)
    let started = Self.spawn(program, input: feed?.read ?? input.descriptor, output: result.write)
    close(result.write)
    if let feed { close(feed.read) }
    guard let started else {
      close(result.read)
      if let feed { close(feed.write) }
      throw .noDecompressor(file: name)
    }
    output = result.read
    process = started
    self.program = program
    file = isFile ? input.descriptor : nil
    if let feed {
      let (fed, feeding) = (fed, feeding)
      DispatchQueue.global().async(group: feeding) {
        Self.withoutPipeSignal { Self.copy(input, to: feed.write, counting: fed) }
      }
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
    // Whoever closes the input of what was fed must not do so under the hands of who reads it. Standard input may be
    // silent for ever, and nobody closes that.
    if file == nil, !isFedByStandardInput { feeding.wait() }
    let code = (status >> 8) & 0xFF
    let found: Ending =
      if status & 0x7F != 0 {
        .damaged
      } else {
        switch (program, code) {
        case (_, 0), ("xz", 2): .whole
        // 2 is a warning: something that is not gzip follows the data.
        case ("gzip", 2): .followed
        default: .damaged
        }
      }
    ending = found
    return found
  }

  /// Whether what feeds the process is this one's standard input.
  var isFedByStandardInput = false

  private static func pipe(_ name: String) throws(TraceFault) -> (read: Int32, write: Int32) {
    var ends: [Int32] = [0, 0]
    guard systemPipe(&ends) == 0 else { throw .noDecompressor(file: name) }
    // A child that inherited the other child's ends would keep their pipes open.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  /// Lets a pipe hold as much as is parsed at once, so that the process goes on meanwhile; a usual one holds 64 KiB.
  ///
  /// Where the system does not allow it, it is only slower.
  private static func widen(_ pipe: Int32) {
    #if os(Linux)
      // F_SETPIPE_SZ of fcntl(2), which Swift does not import.
      _ = fcntl(pipe, 1031, 1 << 20)
    #endif
  }

  /// - Returns: The process, or nil where there is no such program.
  private static func spawn(_ program: String, input: Int32, output: Int32) -> pid_t? {
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
    var arguments: [UnsafeMutablePointer<CChar>?] = [strdup(program), strdup("-dc"), nil]
    defer { for argument in arguments { free(argument) } }
    var process: pid_t = 0
    return posix_spawnp(&process, program, &actions, nil, &arguments, nil) == 0 ? process : nil
  }

  /// Does something in which writing for a process that has ended is an error, and no signal that ends this one.
  private static func withoutPipeSignal(_ body: () -> Bool) {
    var (signals, before) = (sigset_t(), sigset_t())
    sigemptyset(&signals)
    sigaddset(&signals, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &signals, &before)
    if !body() {
      // The signal that waits is taken away; where the program ignores it, none does.
      var (pending, number) = (sigset_t(), Int32(0))
      if sigpending(&pending) == 0, sigismember(&pending, SIGPIPE) == 1 { sigwait(&signals, &number) }
    }
    pthread_sigmask(SIG_SETMASK, &before, nil)
  }

  /// Feeds the decompressor, until either end closes.
  ///
  /// - Returns: Whether all was taken.
  private static func copy(_ input: Input, to output: Int32, counting fed: FedBytes) -> Bool {
    defer { close(output) }
    guard pass(input.head, input.head.count, to: output, counting: fed) else { return false }
    var left = input.count ?? .max
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while left > 0 {
      var count = 0
      repeat {
        count = chunk.withUnsafeMutableBytes { read(input.descriptor, $0.baseAddress, min($0.count, left)) }
      } while count < 0 && errno == EINTR
      guard count > 0 else { break }
      left -= count
      guard pass(chunk, count, to: output, counting: fed) else { return false }
    }
    return pass(input.tail, input.tail.count, to: output, counting: fed)
  }

  /// Writes so many bytes on.
  ///
  /// - Returns: Whether somebody takes them.
  private static func pass(_ bytes: [UInt8], _ count: Int, to output: Int32, counting fed: FedBytes) -> Bool {
    var done = 0
    while done < count {
      let written = bytes.withUnsafeBytes { write(output, $0.baseAddress?.advanced(by: done), count - done) }
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { return false }
      done += written
      fed.count.add(written, ordering: .relaxed)
    }
    return true
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
