import CommandSyntax

/// A command line with one of everything, after the simulator's own.
enum Example {
  static let run = CommandDefinition(
    "run", summary: "Simulate one pass and account for its latency",
    discussion: "The timeline is simulated, not measured.",
    positionals: [
      PositionalDefinition("WORKLOAD", help: "What to run"),
      PositionalDefinition("ACCELERATOR", help: "Where to run it"),
    ],
    options: [
      OptionDefinition(
        "batch", short: "b", value: "N", help: "Inputs per pass",
        longHelp: "A batch below the knee costs what a batch of one does.", defaultText: "1", group: "Workload",
        knownElsewhereAs: ["bs"]),
      OptionDefinition(
        "parameter", value: "NAME=VALUE", help: "Set a parameter of the workload", group: "Workload",
        isRepeatable: true),
      OptionDefinition(
        "precision", short: "p", value: "NAME", help: "Precision of the operators",
        choices: ["fp32", "fp16", "int8"],
        takenElsewhere: ["nvfp4": "only weights are kept in it"]),
      OptionDefinition("speed", value: "FACTOR", help: "Host speed relative to the reference"),
      OptionDefinition("synchronized", short: "s", help: "Synchronize after every pass"),
    ],
    examples: [CommandExample("simulate run bert-base v100 --batch 8", shows: "One model on one device")])

  static let list = CommandDefinition("list", summary: "List the profiles")
  static let check = CommandDefinition(
    "check", summary: "Check a profile",
    positionals: [PositionalDefinition("FILE", help: "The profile", isRequired: true, isRepeatable: true)])

  static let fit = CommandDefinition(
    "fit", summary: "Fit what is not known",
    options: [OptionDefinition("target", value: "WHAT", help: "What to fit", isRequired: true)])

  static let tree = CommandTree(
    root: CommandDefinition(
      "simulate", summary: "Simulate the latency of neural networks",
      options: [OptionDefinition("version", help: "Show the version")],
      subcommands: [
        run, fit,
        CommandDefinition(
          "profiles", summary: "Look at the catalog", subcommands: [list, check], requiresSubcommand: true),
      ]),
    globalOptions: [
      OptionDefinition("catalog", value: "DIR", help: "Look here for profiles first"),
      OptionDefinition("verbose", short: "v", help: "Say more on standard error"),
    ])

  /// Stands in for the real nearest-name search: the first name that begins with the same three letters.
  @Sendable static func suggest(_ word: String, among names: [String]) -> String? {
    names.first { $0.prefix(3) == word.prefix(3) }
  }

  /// Parses a line as a shell would split it, at the spaces.
  static func parse(_ line: String) throws(CommandSyntaxFault) -> ParsedCommand {
    try tree.parse(arguments: line.split(separator: " ").map(String.init), suggest: suggest)
  }
}
