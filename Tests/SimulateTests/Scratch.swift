import Foundation

/// A folder of one test, removed behind it.
final class Scratch {
  let path = NSTemporaryDirectory() + "/simulate-scratch-" + UUID().uuidString

  init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// What a file holds, following links.
  func text(_ name: String) throws -> String { try String(contentsOfFile: path + "/" + name, encoding: .utf8) }

  func write(_ text: String, to name: String, mode: Int = 0o644) throws {
    try text.write(toFile: path + "/" + name, atomically: false, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path + "/" + name)
  }

  func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: path + "/" + name, withDestinationPath: target)
  }

  /// Where a link leads, or nil for what is none.
  func target(of name: String) -> String? {
    try? FileManager.default.destinationOfSymbolicLink(atPath: path + "/" + name)
  }

  func mode(of name: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path + "/" + name)[.posixPermissions] as? Int
  }

  var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

  /// Runs the command in the folder.
  func run(_ line: String, environment: [String: String] = [:]) throws -> Command.Result {
    try Command.run(line.split(separator: " ").map(String.init), environment: environment, in: path)
  }

  /// Runs a line of the shell in the folder.
  func shell(_ line: String) throws -> Command.Result { try Command.shell("cd '\(path)' || exit; " + line) }
}
