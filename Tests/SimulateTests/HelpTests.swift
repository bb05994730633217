import Reports
import TestSupport
import Testing

@Suite("Help", .tags(.process)) struct HelpTests {
  static let commands = [
    "", "run", "sweep", "project", "study", "study model-design", "report", "roofline", "trace", "validate",
    "calibrate",
    "profiles", "profiles list", "profiles show", "profiles new", "profiles fields", "profiles check", "completions",
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
    for command in Self.commands where !command.isEmpty && !command.contains(" ") {
      #expect(text.contains("\n  \(command) "), "\(command)")
    }
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func `is in the shell as well, by completions`(_ shell: String) throws {
    let script = try Command.run(["completions", shell])
    #expect(script.status == 0 && script.errors.isEmpty)
    for word in ["profiles", "fields", "batch", "completions"] { #expect(script.output.contains(word), "\(word)") }
    let other = try Command.run(["completions", shell + "x"])
    #expect(other.status == 64 && other.errors.hasSuffix("\nknown are bash, zsh, fish\n"))
  }

  @Test func `of a profile's numbers is a table of each sort, or of one`() throws {
    let all = try Command.run(["profiles", "fields"]).output
    for noun in FieldTable.nouns {
      let one = try Command.run(["profiles", "fields", noun])
      #expect(one.status == 0 && all.contains("\(noun)\n\(one.output)"), "\(noun)")
    }
    let csv = try Command.run(["profiles", "fields", "framework", "--format", "csv"]).output
    #expect(
      csv.hasPrefix(
        "number,unit,from,to,meaning\ndispatch_us.convolution,us,0,10000000,host time of a convolution operator; "))
    let wrong = try Command.run(["profiles", "fields", "hots"])
    #expect(wrong.status == 64 && wrong.errors.contains("did you mean 'host'?"))
  }

  @Test func `the version is one line, and the manual page has every command`() throws {
    for flag in ["--version", "-V"] {
      let version = try Command.run([flag])
      #expect(version.status == 0 && version.errors.isEmpty)
      #expect(version.output.wholeMatch(of: /simulate [0-9]+\.[0-9]+\.[0-9]+\n/) != nil, "\(version.output)")
    }
    let page = try Command.run(["man"])
    #expect(page.status == 0 && page.output.hasPrefix(".TH SIMULATE 1"))
    for word in ["RUN", "GENERATE", "SERVE", "SWEEP", "TRACE", "STUDY HOSTS", "EXIT STATUS"] {
      #expect(page.output.contains(".SH \"") && page.output.contains("\(word)\""), "\(word)")
    }
  }
}
