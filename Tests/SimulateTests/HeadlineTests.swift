import TestSupport
import Testing

/// `simulate` alone.
@Suite("The headline", .tags(.process)) struct HeadlineTests {
  @Test func `shows the generations of the catalog, one line that says what they show, and what to try`() throws {
    let result = try Command.run([], environment: ["NO_COLOR": "1"], in: "/")
    #expect(result.status == 0 && result.errors.isEmpty && !result.output.contains("\u{1B}"))
    let text = result.output
    let words = text.replacing("\n", with: " ")
    for word in [
      "bert-base-uncased", "resnet50", "llama-3.2-1b-decode", "knee", "host of its time",
      "The framework tax rises from", "Try next:",
    ] {
      #expect(words.contains(word), "\(word)")
    }
    var place = text.startIndex
    for name in ["titan-x-pascal", "v100", "a100", "h100", "b200"] {
      let found = try #require(text[place...].firstRange(of: name), "\(name) comes after the ones before it")
      place = found.upperBound
    }
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 })
  }

  @Test func `proposes commands that work`() throws {
    let text = try Command.run([]).output
    let commands = text.split(separator: "\n").filter { $0.hasPrefix("  simulate ") }
    #expect(commands.count >= 3)
    for line in commands {
      let words = line.dropFirst(2).split(separator: " ", omittingEmptySubsequences: false)
      var arguments = words.dropFirst().prefix { !$0.isEmpty }.map(String.init)
      // It works, or not, with few samples as with two thousand.
      if arguments.contains("--year") { arguments += ["--samples", "20"] }
      let result = try Command.run(arguments)
      #expect(result.status == 0, "\(arguments): \(result.errors)")
    }
  }
}
