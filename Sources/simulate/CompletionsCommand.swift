import CommandSyntax

/// `simulate completions`: scripts that teach shells to complete command lines.
enum CompletionsCommand {
  static let subcommand = Subcommand(
    CommandDefinition(
      "completions", summary: "Write a script that teaches a shell to complete command lines",
      discussion: """
        For bash, in ~/.bashrc: eval "$(simulate completions bash)". For zsh, into a folder of $fpath: simulate completions \
        zsh > ~/.zfunc/_simulate. For fish: simulate completions fish > ~/.config/fish/completions/simulate.fish
        """,
      positionals: [
        PositionalDefinition(
          "shell", help: CompletionShell.allCases.map(\.rawValue).joined(separator: ", "), isRequired: true)
      ])
  ) { command, _ throws(Failure) in
    let name = command.positional("shell") ?? ""
    guard let shell = CompletionShell(rawValue: name) else {
      let known = CompletionShell.allCases.map(\.rawValue).joined(separator: ", ")
      throw .usage("there are no completions for '\(name)'\nknown are \(known)")
    }
    try command.refuseASCII(of: nil)
    Platform.print(document: tree.completions(shell: shell))
  }
}
