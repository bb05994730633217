/// Whether an argument stands for an option: it begins with a dash, and is neither a lone dash nor a negative number.
func looksLikeOption(_ argument: String) -> Bool {
  guard argument.hasPrefix("-"), argument.count > 1 else { return false }
  let second = argument.dropFirst().drop { $0 == "." }.first
  return !(second.map { $0.isASCII && $0.isNumber } ?? false)
}

/// Reads the arguments of one command, once its name is known.
struct ArgumentReader {
  let line: String
  let options: [OptionDefinition]
  let suggest: (String, [String]) -> String?

  /// The values of each option given, by long name; empty for a switch.
  private(set) var given: [String: [String]] = [:]
  private(set) var positionals: [String] = []
  private var left: ArraySlice<String> = []

  init(line: String, options: [OptionDefinition], suggest: @escaping (String, [String]) -> String?) {
    self.line = line
    self.options = options
    self.suggest = suggest
  }

  func fault(_ fact: CommandSyntaxFault.Fact) -> CommandSyntaxFault { CommandSyntaxFault(command: line, fact: fact) }

  /// Reads all arguments.
  mutating func read(_ arguments: [String]) throws(CommandSyntaxFault) {
    left = arguments[...]
    while let argument = left.popFirst() {
      if argument == "--" {
        positionals += left
        left = []
      } else if argument.hasPrefix("--") {
        try readLong(argument)
      } else if looksLikeOption(argument) {
        try readShort(argument)
      } else {
        positionals.append(argument)
      }
    }
  }

  /// Checks what only the whole line shows: the positionals' number and what is missing.
  func check(against command: CommandDefinition) throws(CommandSyntaxFault) {
    let declared = command.positionals
    if positionals.count > declared.count, declared.last?.isRepeatable != true {
      throw fault(.unexpectedPositional(positionals[declared.count]))
    }
    if positionals.count < declared.count, declared[positionals.count].isRequired {
      throw fault(.missingPositional(declared[positionals.count].name))
    }
    if let missing = options.first(where: { $0.isRequired && given[$0.name] == nil }) {
      throw fault(.missingRequiredOption(usage: missing.usage))
    }
  }

  /// Reads `--name`, `--name value` or `--name=value`.
  private mutating func readLong(_ argument: String) throws(CommandSyntaxFault) {
    let body = argument.dropFirst(2)
    let sign = body.firstIndex(of: "=")
    let name = String(body[..<(sign ?? body.endIndex)])
    guard let option = options.first(where: { $0.name == name }) else {
      let meant = options.first { $0.otherNames.contains(name) }?.name
      let nearest = (meant ?? suggest(name, options.map(\.name))).map { "--\($0)" }
      throw fault(.unknownOption("--\(name)", nearest: nearest))
    }
    let attached = sign.map { String(body[body.index(after: $0)...]) }
    try take(option, typed: option.flag, attached: attached)
  }

  /// Reads `-n`, `-n value`, `-nvalue`, `-n=value`, or switches joined before one of them.
  private mutating func readShort(_ argument: String) throws(CommandSyntaxFault) {
    var letters = argument.dropFirst()
    while let letter = letters.popFirst() {
      let typed = "-\(letter)"
      guard let option = options.first(where: { $0.short == letter }) else {
        throw fault(.unknownOption(typed, nearest: nil))
      }
      if option.value == nil, letters.first != "=" {
        try take(option, typed: typed, attached: nil)
      } else {
        let attached = letters.first == "=" ? letters.dropFirst() : letters
        try take(option, typed: typed, attached: letters.isEmpty ? nil : String(attached))
        return
      }
    }
  }

  /// Notes an option, taking its value from the next argument where none is attached.
  private mutating func take(
    _ option: OptionDefinition, typed: String, attached: String?
  ) throws(CommandSyntaxFault) {
    guard given[option.name] == nil || option.isRepeatable else { throw fault(.repeatedOption(typed)) }
    guard let placeholder = option.value else {
      if let attached { throw fault(.unexpectedValue(option: typed, value: attached)) }
      given[option.name] = []
      return
    }
    guard let value = attached ?? nextValue() else {
      throw fault(.missingValue(option: typed, placeholder: placeholder))
    }
    // FP16 is fp16; where both are choices, each is itself.
    let choice = option.allows(value) ? value : option.choices.first { $0.lowercased() == value.lowercased() } ?? value
    guard option.allows(choice) else {
      for part in value.split(separator: ",") {
        guard let advice = option.takenElsewhere[part.lowercased()] else { continue }
        throw fault(.takenElsewhere(option: typed, value: String(part), advice: advice))
      }
      let nearest = suggest(value, option.choices)
      throw fault(
        .notAChoice(option: typed, value: value, nearest: nearest, choices: option.choices + option.openChoices))
    }
    given[option.name, default: []].append(choice)
  }

  private mutating func nextValue() -> String? {
    guard let next = left.first, !looksLikeOption(next) else { return nil }
    return left.popFirst()
  }
}
