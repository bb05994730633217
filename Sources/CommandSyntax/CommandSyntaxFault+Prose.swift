extension CommandSyntaxFault: CustomStringConvertible {
  /// What to tell the user: a line that says what is wrong, and a line that says where to read on.
  ///
  ///     error: unknown option '--verbos'; did you mean '--verbose'?
  ///     see 'simulate run --help'
  package var description: String { "error: \(fact)\nsee '\(command) --help'" }
}

extension CommandSyntaxFault.Fact: CustomStringConvertible {
  /// The fact in words, without a prefix and without a period.
  package var description: String {
    switch self {
    case .unknownOption(let name, let nearest):
      "unknown option '\(name)'" + didYouMean(nearest)
    case .unknownSubcommand(let name, let nearest, let available):
      "unknown subcommand '\(name)'" + (nearest == nil ? "; it can be \(alternatives(available))" : didYouMean(nearest))
    case .missingSubcommand(let available):
      "a subcommand is missing; it can be \(alternatives(available))"
    case .missingValue(let option, let placeholder):
      "option '\(option)' needs a value: '\(option) \(placeholder)'"
    case .unexpectedValue(let option, let value):
      "option '\(option)' takes no value (it is given '\(value)')"
    case .repeatedOption(let option):
      "option '\(option)' may be given only once"
    case .unexpectedPositional(let value):
      "unexpected argument '\(value)'"
    case .missingRequiredOption(let usage):
      "option '\(usage)' is required"
    case .missingPositional(let name):
      "argument <\(name)> is missing"
    case .notAnInteger(let option, let value):
      "option '\(option)' must be a whole number (it is '\(value)')"
    case .notANumber(let option, let value):
      "option '\(option)' must be a number (it is '\(value)')"
    case .outOfRange(let option, let value, let allowed):
      "option '\(option)' must be \(allowed) (it is \(value))"
    case .notAChoice(let option, let value, let nearest, let choices):
      "option '\(option)' must be \(alternatives(choices)) (it is '\(value)')" + didYouMean(nearest)
    case .takenElsewhere(let option, let value, let advice):
      "option '\(option)' does not take '\(value)'; \(advice)"
    case .malformedAssignment(let option, let value):
      "option '\(option)' must be NAME=VALUE (it is '\(value)')"
    }
  }
}

private func didYouMean(_ nearest: String?) -> String { nearest.map { "; did you mean '\($0)'?" } ?? "" }

/// Names in a row as a sentence has them: `nothing`, `a`, `a or b`, `a, b or c`.
private func alternatives(_ names: [String]) -> String {
  guard let last = names.last, names.count > 1 else { return names.first ?? "nothing" }
  return names.dropLast().joined(separator: ", ") + " or " + last
}
