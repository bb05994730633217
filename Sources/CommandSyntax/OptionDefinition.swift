/// One option of a command, as data: parsing, help and shell completion are all read from it.
///
/// ```swift
/// OptionDefinition(
///   "precision", short: "p", value: "NAME", help: "Precision of the operators",
///   choices: ["fp32", "fp16"], defaultText: "fp16 on an accelerator, fp32 without")
/// ```
package struct OptionDefinition: Hashable, Sendable {
  /// The long name, without its dashes: `batch` for `--batch`.
  package let name: String

  /// The one-letter name, without its dash: `b` for `-b`.
  package let short: Character?

  /// What stands for the value in help, as in `--batch N`; `nil` for a switch, which takes no value.
  package let value: String?

  /// What the option does, in one line without a period.
  package let help: String

  /// What `--help` adds below that line; paragraphs are separated by line breaks.
  package let longHelp: String?

  /// The values allowed; empty where any is.
  package let choices: [String]

  /// What is allowed beside the choices, as `measured:FILE`: anything that begins with the part to the colon, and goes on.
  package let openChoices: [String]

  /// What it is called where people come from, as `tensor-parallel-size` for `devices`: who types that is told its name here.
  package let otherNames: [String]

  /// Values that it does not take and another option or command does: what takes them, by the value.
  package let takenElsewhere: [String: String]

  /// What happens without the option, in words for help; parsing does not fill it in.
  package let defaultText: String?

  /// The heading under which help lists the option; `nil` for the general one.
  package let group: String?

  /// Whether the option may be given more than once.
  package let isRepeatable: Bool

  /// Whether the command cannot do without the option.
  package let isRequired: Bool

  /// Whether its value may be several choices with commas between them.
  private(set) var isList = false

  /// Creates an option from its parts; `CommandTree` checks that they fit together.
  package init(
    _ name: String, short: Character? = nil, value: String? = nil, help: String, longHelp: String? = nil,
    choices: [String] = [], openChoices: [String] = [], defaultText: String? = nil, group: String? = nil,
    knownElsewhereAs otherNames: [String] = [], takenElsewhere: [String: String] = [:], isRepeatable: Bool = false,
    isRequired: Bool = false
  ) {
    self.name = name
    self.short = short
    self.value = value
    self.help = help
    self.longHelp = longHelp
    self.choices = choices
    self.openChoices = openChoices
    self.otherNames = otherNames
    self.takenElsewhere = takenElsewhere
    self.defaultText = defaultText
    self.group = group
    self.isRepeatable = isRepeatable
    self.isRequired = isRequired
  }

  /// The same option, whose value may be several choices with commas between them.
  package var listed: OptionDefinition {
    var option = self
    option.isList = true
    return option
  }

  /// The option that every command has.
  static let help = OptionDefinition("help", short: "h", help: "Show this help; -h shows less, --help more")

  /// The long name as typed.
  var flag: String { "--\(name)" }

  /// Whether a value is allowed.
  func allows(_ value: String) -> Bool {
    if choices.isEmpty || choices.contains(value) { return true }
    if isList, value.contains(",") {
      return value.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { choices.contains(String($0)) }
    }
    return openChoices.contains { choice in
      let beginning = choice.prefix { $0 != ":" } + ":"
      return value.hasPrefix(beginning) && value.count > beginning.count
    }
  }

  /// The long name with what stands for its value, as typed.
  var usage: String { value.map { "\(flag) \($0)" } ?? flag }
}
