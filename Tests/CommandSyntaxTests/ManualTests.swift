import Testing

@testable import CommandSyntax

/// The manual page.
@Suite struct ManualTests {
  private static let tree = CommandTree(
    root: CommandDefinition(
      "tool", summary: "Do things", discussion: "First.\n.Second begins with a dot.",
      options: [OptionDefinition("loud", short: "l", help: "Say more")],
      examples: [CommandExample("tool run 'a b'", shows: "a run")],
      subcommands: [
        CommandDefinition(
          "run", summary: "Run", positionals: [PositionalDefinition("what", help: "What \\ is run")],
          options: [
            OptionDefinition(
              "mode", value: "M", help: "How", longHelp: "'quoted' at the beginning", choices: ["a", "b"],
              defaultText: "a", isRepeatable: true)
          ])
      ]))

  @Test func `every command and option is there, and no text is a request`() {
    let page = Self.tree.manual(version: "1.2.3", notes: [("FILES", ["None."])])
    #expect(page.hasPrefix(".TH TOOL 1 \"\" \"tool 1.2.3\""))
    for text in [
      ".SH \"NAME\"\n.PP\ntool \\- do things\n", "\\fBtool run\\fR [OPTIONS]", ".PP\n\\&.Second begins",
      ".TP\n\\fB\\-l, \\-\\-loud\\fR\nSay more.\n", ".SH \"TOOL RUN\"", "What \\e is run",
      "\\fB\\-\\-mode M\\fR\nHow; may be repeated [a, b] (default: a).\n\\&'quoted' at", "tool run 'a b'\n.fi",
      ".SH \"FILES\"\n.PP\nNone.\n", "\\-\\-help",
    ] {
      #expect(page.contains(text), "\(text)\n\(page)")
    }
    let requests: Set<String> = [".TH", ".SH", ".PP", ".TP", ".RS", ".RE", ".nf", ".fi", ".nh", ".ad"]
    for line in page.split(separator: "\n") where line.hasPrefix(".") || line.hasPrefix("'") {
      #expect(requests.contains(String(line.prefix(3))), "\(line)")
    }
  }
}
