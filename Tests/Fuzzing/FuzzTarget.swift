import Profiles

/// What a fuzzer gives bytes to: a way into the program that may refuse them, but must neither crash, hang nor lie.
package struct FuzzTarget: Sendable {
  /// What it is called: the word after `tools/fuzz.sh`, and the folder of its corpus.
  package let name: String
  /// Reads an input, and whatever follows from it.
  package let run: @Sendable ([UInt8]) throws(FuzzFinding) -> Void

  init(_ name: String, _ run: @escaping @Sendable ([UInt8]) throws(FuzzFinding) -> Void) {
    self.name = name
    self.run = run
  }

  /// All of them.
  package static let all = [
    trace, replay, formats, profile, workload, formula, measurements, kernelMeasurements, arguments,
  ]

  /// The folder of the package, found from the place of this file.
  package static let packageRoot = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
    .joined(separator: "/")

  /// The shipped profiles, which give an input a system to run on.
  static let catalog: ProfileCatalog = {
    do { return try ProfileCatalog(directories: [packageRoot + "/hardware-profiles"]) } catch {
      preconditionFailure("the shipped profiles: \(error)")
    }
  }()
}

/// Something that an input must not bring about, short of a crash.
package struct FuzzFinding: Error, CustomStringConvertible {
  /// What happened.
  package let description: String

  init(_ description: String) { self.description = description }
}

/// Checks how an input is refused: in one line, and in nothing that a terminal would obey.
func checkRefusal(_ fault: some Error) throws(FuzzFinding) {
  let message = "\(fault)"
  let breaks = message.utf8.count { $0 == UInt8(ascii: "\n") }
  guard breaks == 0 else { throw FuzzFinding("a message of \(breaks + 1) lines: \(message)") }
  guard !message.isEmpty else { throw FuzzFinding("an empty message") }
  let isObeyed = message.unicodeScalars.contains { scalar in
    switch scalar.value {
    case 0x0A: false
    case 0..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
  guard !isObeyed else { throw FuzzFinding("a message with control characters: \(message.debugDescription)") }
}
