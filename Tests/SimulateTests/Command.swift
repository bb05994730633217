import Catalog
import Foundation
import TestSupport

/// The built command, run as a process.
enum Command {
  /// What a run left.
  struct Result {
    let status: Int32
    let output: String
    let errors: String
  }

  /// The executable: it lies beside the catalog's bundle in the build folder, as beside an installed one.
  static let path: String = {
    let folders = [
      (Catalog.directory as NSString).deletingLastPathComponent,
      (CommandLine.arguments[0] as NSString).deletingLastPathComponent,
      packageRoot + "/.build/debug",
    ]
    let found = folders.map { $0 + "/simulate" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    guard let found else { preconditionFailure("no 'simulate' in \(folders)") }
    return found
  }()

  /// Runs the command with arguments and waits for it.
  static func run(
    _ arguments: [String], environment: [String: String] = [:], in directory: String? = nil
  ) throws -> Result {
    try run(executable: path, arguments, environment: environment, in: directory)
  }

  /// Runs a line of the shell in which `simulate` is the command.
  static func shell(_ line: String, environment: [String: String] = [:]) throws -> Result {
    try run(executable: "/bin/sh", ["-c", line.replacing("simulate ", with: "'\(path)' ")], environment: environment)
  }

  private static func run(
    executable: String, _ arguments: [String], environment: [String: String], in directory: String? = nil
  ) throws -> Result {
    // Files and no pipes: nothing can fill up while the other is read.
    let base = NSTemporaryDirectory() + "/simulate-test-" + UUID().uuidString
    defer { for end in [".out", ".err"] { try? FileManager.default.removeItem(atPath: base + end) } }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    var variables = ProcessInfo.processInfo.environment
    for name in ["SIMULATE_CATALOG", "NO_COLOR"] { variables[name] = nil }
    process.environment = variables.merging(environment) { $1 }
    if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
    for end in [".out", ".err"] { _ = FileManager.default.createFile(atPath: base + end, contents: nil) }
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: base + ".out"))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: base + ".err"))
    try start(process)
    process.waitUntilExit()
    return Result(
      status: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
      output: try String(contentsOfFile: base + ".out", encoding: .utf8),
      errors: try String(contentsOfFile: base + ".err", encoding: .utf8))
  }

  /// Starts a process that hears signals.
  ///
  /// Threads of tests block all of them, which a process inherits: a shell would wait for its children for ever.
  private static func start(_ process: Process) throws {
    var (none, before) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    try process.run()
  }
}
