import CommandSyntax
import JSONText

/// The program's version.
enum ProgramVersion {
  /// By Semantic Versioning; CHANGELOG.md says what is in it.
  static let number = "0.1.0"

  static let option = OptionDefinition("version", short: "V", help: "Show the version")
}
