import CommandSyntax

/// `simulate man`: the manual page.
enum ManualCommand {
  static let subcommand = Subcommand(
    CommandDefinition(
      "man", summary: "Write the manual page",
      discussion: "In roff, for man: simulate man > ~/.local/share/man/man1/simulate.1; install.sh puts it there.")
  ) { command, _ throws(Failure) in
    try command.refuseASCII(of: nil)
    Platform.print(document: tree.manual(version: ProgramVersion.number, notes: notes))
  }

  private static let notes: [(title: String, paragraphs: [String])] = [
    (
      "EXIT STATUS",
      [
        "0: done. 1: a check said no. 2: the input is wrong. 64: the command line is wrong. 70: a defect of the program. "
          + "74: the output could not be written."
      ]
    ),
    (
      "ENVIRONMENT",
      [
        "SIMULATE_CATALOG: a folder of profiles and workloads to search first, as --catalog names one.",
        "NO_COLOR: set to anything, nothing is bold or colored.",
      ]
    ),
  ]
}
