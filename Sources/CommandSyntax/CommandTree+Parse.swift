extension CommandTree {
  /// Sorts what was typed by what is declared.
  ///
  /// - The command's name comes first; only global options and help may precede it.
  /// - An option's value follows it as the next argument or after `=`. The next argument is not taken where it looks
  ///   like an option; a negative number does not, and a lone `-` does not.
  /// - One-letter options may be joined, the last with its value: `-vb8`.
  /// - After `--`, everything is a positional.
  /// - `-h` and `--help` before any `--` win over whatever else is wrong, and `help run` is `run --help`.
  ///
  /// - Parameters:
  ///   - arguments: What was typed, without the program's name.
  ///   - suggest: Gives, for a word that is not known, the nearest of the names that are; `nil` where none is near.
  ///     Options are handed over without their dashes.
  /// - Returns: What was typed, sorted, with its choices and its required parts checked.
  /// - Throws: The first fault, in the order of the arguments; what is missing comes last.
  package func parse(
    arguments: [String], suggest: @escaping @Sendable (String, [String]) -> String?
  ) throws(CommandSyntaxFault) -> ParsedCommand {
    let call = try resolve(arguments, suggest: suggest)
    var reader = ArgumentReader(
      line: line(calling: call.path), options: options(of: call.command), suggest: suggest)
    if call.help == nil {
      if call.command.requiresSubcommand {
        throw reader.fault(.missingSubcommand(available: call.command.subcommands.map(\.name)))
      }
      try reader.read(call.arguments)
      try reader.check(against: call.command)
    }
    return ParsedCommand(
      path: call.path, helpRequest: call.help, positionals: reader.positionals, line: reader.line,
      definition: call.command, options: reader.options, given: reader.given, suggest: suggest)
  }

  /// A command with the arguments that are left for it.
  private struct Call {
    var path: [String] = []
    var command: CommandDefinition
    var arguments: [String] = []
    var help: HelpDetail?
  }

  /// Follows the subcommands' names from the root down, and sees whether help is asked for.
  private func resolve(
    _ arguments: [String], suggest: (String, [String]) -> String?
  ) throws(CommandSyntaxFault) -> Call {
    var call = Call(command: root)
    var left = arguments[...]
    while !call.command.subcommands.isEmpty, let word = left.first {
      if let length = lengthOfGlobalOption(left) {
        call.arguments += left.prefix(length)
        left = left.dropFirst(length)
        continue
      }
      if looksLikeOption(word) { break }
      if word == "help", call.path.isEmpty, call.help == nil {
        call.help = .full
      } else if let next = call.command.subcommands.first(where: { $0.name == word }) {
        call.path.append(word)
        call.command = next
      } else if call.command.positionals.isEmpty || call.help != nil {
        let names = call.command.subcommands.map(\.name)
        throw CommandSyntaxFault(
          command: line(calling: call.path),
          fact: .unknownSubcommand(word, nearest: suggest(word, names), available: names))
      } else {
        break
      }
      left = left.dropFirst()
    }
    call.arguments += left
    call.help = call.help ?? helpAsked(in: call.arguments)
    return call
  }

  /// How many arguments the global option in front takes up, help among them; `nil` where there is none.
  private func lengthOfGlobalOption(_ arguments: ArraySlice<String>) -> Int? {
    guard let word = arguments.first, looksLikeOption(word), word != "--" else { return nil }
    for option in globalOptions + [.help] {
      if word.hasPrefix(option.flag + "=") { return 1 }
      guard word == option.flag || option.short.map({ word == "-\($0)" }) == true else { continue }
      return option.value == nil || arguments.count == 1 ? 1 : 2
    }
    return nil
  }

  private func helpAsked(in arguments: [String]) -> HelpDetail? {
    let asked = arguments.prefix { $0 != "--" }
    return asked.contains("--help") ? .full : asked.contains("-h") ? .brief : nil
  }
}
