import CommandSyntax
import JSONText

extension FuzzTarget {
  /// A command line, its arguments apart by zero bytes, against a tree with one of everything.
  static let arguments = FuzzTarget("arguments") { bytes throws(FuzzFinding) in
    let words = bytes.split(separator: 0, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
    do throws(CommandSyntaxFault) {
      let command = try tree.parse(arguments: words) { nearestName(to: $0, among: $1) }
      if let detail = command.helpRequest {
        _ = tree.help(for: command.path, detail: detail, width: 80, styled: false)
      }
      if [["run"], ["profiles", "check"]].contains(command.path) { _ = try command.assignments(of: "set") }
      if command.path == ["run"] { _ = command.value(of: "batch") }
    } catch {
      // What it quotes is made visible where it is printed.
      guard !"\(error)".isEmpty else { throw FuzzFinding("an empty message") }
    }
  }

  private static let tree = CommandTree(
    root: CommandDefinition(
      "simulate", summary: "Simulate",
      subcommands: [
        CommandDefinition(
          "run", summary: "Run",
          positionals: [
            PositionalDefinition("workload", help: "What"), PositionalDefinition("accelerator", help: "Where"),
          ],
          options: [
            OptionDefinition("batch", short: "b", value: "N", help: "Batch"),
            OptionDefinition("precision", short: "p", value: "P", help: "Format", choices: ["fp32", "fp16"]),
            OptionDefinition("set", value: "PATH=VALUE", help: "Set", isRepeatable: true),
            OptionDefinition("synchronized", short: "s", help: "Wait"),
          ]),
        CommandDefinition(
          "profiles", summary: "Profiles",
          subcommands: [
            CommandDefinition("list", summary: "List"),
            CommandDefinition(
              "check", summary: "Check",
              positionals: [PositionalDefinition("file", help: "File", isRequired: true, isRepeatable: true)],
              options: [OptionDefinition("set", value: "PATH=VALUE", help: "Set", isRepeatable: true)]),
          ], requiresSubcommand: true),
      ]),
    globalOptions: [OptionDefinition("catalog", value: "DIR", help: "Folder")])
}
