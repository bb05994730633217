import TestSupport
import Testing

@Suite("Help", .tags(.process)) struct HelpTests {
  static let commands = [
    "", "run", "roofline", "validate", "calibrate", "profiles", "profiles list", "profiles show", "profiles check",
  ]

  @Test(arguments: commands) func `is everywhere, short and long`(_ command: String) throws {
    let words = command.split(separator: " ").map(String.init)
    let short = try Command.run(words + ["-h"])
    let long = try Command.run(words + ["--help"])
    for result in [short, long] {
      #expect(result.status == 0 && result.errors.isEmpty)
      #expect(result.output.contains("Usage:\n  simulate\(command.isEmpty ? "" : " " + command)"))
      #expect(result.output.split(separator: "\n").allSatisfy { $0.count <= 100 }, "at most 100 columns")
      #expect(!result.output.contains("\u{1B}"))
    }
    #expect(long.output.count >= short.output.count)
  }

  @Test func `names every subcommand`() throws {
    let text = try Command.run(["--help"]).output
    for command in ["run", "roofline", "validate", "profiles"] { #expect(text.contains("\n  \(command) ")) }
  }
}
