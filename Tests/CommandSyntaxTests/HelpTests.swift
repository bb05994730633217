import CommandSyntax
import Testing

@Suite("Help")
struct HelpTests {
  @Test("Full help has everything that is declared, aligned and wrapped")
  func fullHelp() {
    #expect(
      Example.tree.help(for: ["run"], width: 76) == """
        Simulate one pass and account for its latency.

        The timeline is simulated, not measured.

        Usage:
          simulate run [OPTIONS] [WORKLOAD] [ACCELERATOR]

        Arguments:
          [WORKLOAD]     What to run
          [ACCELERATOR]  Where to run it

        Workload:
          -b, --batch N               Inputs per pass (default: 1)
                                      A batch below the knee costs what a batch of
                                      one does.
              --parameter NAME=VALUE  Set a parameter of the workload; may be
                                      repeated

        Options:
          -p, --precision NAME  Precision of the operators [fp32, fp16, int8]
              --speed FACTOR    Host speed relative to the reference
          -s, --synchronized    Synchronize after every pass
              --catalog DIR     Look here for profiles first
          -v, --verbose         Say more on standard error
          -h, --help            Show this help; -h shows less, --help more

        Examples:
          One model on one device:
            simulate run bert-base v100 --batch 8

        """)
  }

  @Test("The program's help lists its subcommands and how it runs with and without one")
  func rootHelp() {
    #expect(
      Example.tree.help(for: [], detail: .brief) == """
        Simulate the latency of neural networks.

        Usage:
          simulate [OPTIONS]
          simulate <SUBCOMMAND> [OPTIONS]

        Subcommands:
          run       Simulate one pass and account for its latency
          fit       Fit what is not known
          profiles  Look at the catalog

        Options:
              --version      Show the version
              --catalog DIR  Look here for profiles first
          -v, --verbose      Say more on standard error
          -h, --help         Show this help; -h shows less, --help more

        See 'simulate SUBCOMMAND --help' for each.

        """)
  }

  @Test("Brief help leaves out what only long help says")
  func briefHelp() {
    let brief = Example.tree.help(for: ["run"], detail: .brief)
    #expect(!brief.contains("simulated, not measured"))
    #expect(!brief.contains("below the knee"))
    #expect(!brief.contains("Examples:"))
    #expect(brief.contains("(default: 1)"))
    #expect(brief.contains("[fp32, fp16, int8]"))
  }

  @Test("Usage shows what is required, and no way that does nothing")
  func usage() {
    #expect(Example.tree.help(for: ["fit"]).contains("  simulate fit --target WHAT [OPTIONS]\n"))
    #expect(Example.tree.help(for: ["profiles", "check"]).contains("  simulate profiles check [OPTIONS] <FILE>...\n"))
    #expect(!Example.tree.help(for: ["profiles"]).contains("  simulate profiles [OPTIONS]\n"))
  }

  @Test("Nothing but an example exceeds the width, and nothing trails", arguments: [40, 60, 80, 120])
  func width(width: Int) {
    for path in [[], ["run"], ["fit"], ["profiles"], ["profiles", "check"]] {
      for line in Example.tree.help(for: path, width: width).split(separator: "\n") {
        #expect(line.count <= width || line.hasPrefix("    simulate "), "\(line)")
        #expect(line.last != " ")
      }
    }
  }

  @Test("Styles add escape sequences and change nothing else")
  func styles() {
    let styled = Example.tree.help(for: ["run"], styled: true)
    let plain = Example.tree.help(for: ["run"], styled: false)
    #expect(!plain.contains("\u{1B}"))
    #expect(styled.contains("\u{1B}[1mUsage:\u{1B}[0m"))
    var stripped = ""
    for (index, piece) in styled.split(separator: "\u{1B}[", omittingEmptySubsequences: false).enumerated() {
      stripped += index == 0 ? piece : piece.drop { $0 != "m" }.dropFirst()
    }
    #expect(stripped == plain)
  }
}

@Suite("Shell completions")
struct CompletionTests {
  @Test("Every shell learns every subcommand, option and choice", arguments: CompletionShell.allCases)
  func complete(shell: CompletionShell) {
    let script = Example.tree.completions(shell: shell)
    let words = ["profiles", "list", "check", "batch", "precision", "fp16", "catalog", "version", "help"]
    for word in words { #expect(script.contains(word), "\(word)") }
    #expect(script.hasSuffix("\n"))
  }

  @Test("Text that a shell would read is quoted")
  func quoting() {
    let option = OptionDefinition("a", help: "It's [odd]: \\ $HOME")
    let tree = CommandTree(root: CommandDefinition("my-tool", summary: "", options: [option]))
    #expect(tree.completions(shell: .zsh).contains(#"'--a[It'\''s \[odd\]\: \\ $HOME]'"#))
    #expect(tree.completions(shell: .fish).contains(#"-d 'It\'s [odd]: \\ $HOME'"#))
    #expect(tree.completions(shell: .bash).contains("complete -o default -F _my_tool my-tool\n"))
  }
}
