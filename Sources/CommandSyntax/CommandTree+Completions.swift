/// The shells that completions can be written for.
package enum CompletionShell: String, Hashable, Sendable, CaseIterable {
  /// GNU bash.
  case bash
  /// Z shell.
  case zsh
  /// fish, 3.4 or later.
  case fish
}

extension CommandTree {
  /// A script that teaches a shell to complete the program's subcommands, options and choices.
  ///
  /// All three scripts work alike: they follow the words typed so far down the tree and offer what that command takes.
  /// A value without declared choices is completed as a file name.
  package func completions(shell: CompletionShell) -> String {
    switch shell {
    case .bash: bashCompletions
    case .zsh: zshCompletions
    case .fish: fishCompletions
    }
  }

  /// The paths below the root, each as its words with a space before each: ` profiles list`.
  private var trails: [String] { paths.dropFirst().map(trail) }

  private func trail(_ path: [String]) -> String { path.map { " " + $0 }.joined() }

  /// Every command with its trail, the root's being empty.
  private var commands: [(trail: String, command: CommandDefinition)] {
    paths.compactMap { path in command(at: path).map { (trail(path), $0) } }
  }

  /// The name of the shell function: the program's, in letters that every shell takes.
  private var function: String { "_" + root.name.map { $0.isLetter || $0.isNumber ? String($0) : "_" }.joined() }

  // MARK: bash

  private var bashCompletions: String {
    var valued: [String] = []
    var offers: [String] = []
    for (trail, command) in commands {
      for option in options(of: command) where option.value != nil {
        let names = ([option.flag] + shortFlags(option)).map { shellQuoted("\(trail):\($0)") }.joined(separator: "|")
        let reply = option.choices.isEmpty ? "" : "$(compgen -W \(shellQuoted(joined(option.choices))) -- \"$current\")"
        valued.append("    \(names)) COMPREPLY=(\(reply)); return ;;")
      }
      let words = command.subcommands.map(\.name) + options(of: command).map(\.flag)
      offers.append(
        "    \(shellQuoted(trail))) COMPREPLY=($(compgen -W \(shellQuoted(joined(words))) -- \"$current\")) ;;")
    }
    return """
      # bash completion for \(root.name)
      \(function)() {
        local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}" trail="" word
        for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
          case "$trail $word" in
          \(alternation(trails))) trail="$trail $word" ;;
          esac
        done
        case "$trail:$previous" in
      \(lines(valued))
        esac
        case "$trail" in
      \(lines(offers))
        esac
      }
      complete -o default -F \(function) \(root.name)

      """
  }

  // MARK: zsh

  private var zshCompletions: String {
    let offers = commands.map { trail, command in
      let arguments = options(of: command).flatMap(zshSpecifications) + [zshRest(of: command)]
      return "    \(shellQuoted(trail)))\n"
        + "      _arguments \\\n" + arguments.map { "        " + shellQuoted($0) }.joined(separator: " \\\n") + " ;;"
    }
    return """
      #compdef \(root.name)
      # zsh completion for \(root.name)
      \(function)() {
        local trail="" word
        for word in "${(@)words[2,CURRENT-1]}"; do
          case "$trail $word" in
          \(alternation(trails))) trail="$trail $word" ;;
          esac
        done
        case "$trail" in
      \(lines(offers))
        esac
      }
      # Run from an autoloaded file, this is the completion itself; sourced, it only registers.
      if [ "$funcstack[1]" = "\(function)" ]; then \(function) "$@"; else compdef \(function) \(root.name); fi

      """
  }

  /// An option as `_arguments` wants it, once by each of its names.
  private func zshSpecifications(_ option: OptionDefinition) -> [String] {
    let action = option.choices.isEmpty ? "_files" : "(\(joined(option.choices)))"
    let value = option.value.map { ":\($0):\(action)" } ?? ""
    let help = "[\(zshEscaped(option.help))]"
    let prefix = option.isRepeatable ? "*" : ""
    let long = prefix + option.flag + (option.value == nil ? "" : "=") + help + value
    return [long] + shortFlags(option).map { prefix + $0 + help + value }
  }

  private func zshRest(of command: CommandDefinition) -> String {
    command.subcommands.isEmpty
      ? "*:file:_files" : "*:subcommand:(\(joined(command.subcommands.map(\.name))))"
  }

  private func zshEscaped(_ text: String) -> String {
    text.map { "[]:\\".contains($0) ? "\\\($0)" : String($0) }.joined()
  }

  // MARK: fish

  private var fishCompletions: String {
    var offers: [String] = []
    for (trail, command) in commands {
      let start = "complete -c \(root.name) -n " + fishQuoted("test \"$(\(function)_trail)\" = '\(trail)'")
      for subcommand in command.subcommands {
        offers.append("\(start) -f -a \(subcommand.name) -d \(fishQuoted(subcommand.summary))")
      }
      offers += options(of: command).map { "\(start) \(fishOption($0))" }
    }
    return """
      # fish completion for \(root.name)
      function \(function)_trail
        set -l trail ''
        for word in (commandline -opc)[2..]
          switch "$trail $word"
            case \(trails.map(fishQuoted).joined(separator: " "))
              set trail "$trail $word"
          end
        end
        echo "$trail"
      end
      \(lines(offers))

      """
  }

  private func fishOption(_ option: OptionDefinition) -> String {
    let short = option.short.map { " -s \($0)" } ?? ""
    let value =
      option.value == nil
      ? "" : option.choices.isEmpty ? " -r" : " -x -a \(fishQuoted(joined(option.choices)))"
    return "-l \(option.name)\(short)\(value) -d \(fishQuoted(option.help))"
  }

  /// Single quotes in fish: a quote and a backslash are escaped by a backslash.
  private func fishQuoted(_ text: String) -> String {
    "'" + text.map { "'\\".contains($0) ? "\\\($0)" : String($0) }.joined() + "'"
  }

  // MARK: Shared pieces

  private func shortFlags(_ option: OptionDefinition) -> [String] { option.short.map { ["-\($0)"] } ?? [] }

  private func joined(_ words: [String]) -> String { words.joined(separator: " ") }

  private func lines(_ lines: [String]) -> String { lines.joined(separator: "\n") }

  /// Patterns of a `case` in bash and zsh; a tree without subcommands has one that nothing matches.
  private func alternation(_ trails: [String]) -> String {
    trails.isEmpty ? "''" : trails.map(shellQuoted).joined(separator: "|")
  }
}
