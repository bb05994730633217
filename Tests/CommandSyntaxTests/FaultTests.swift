import CommandSyntax
import Testing

@Suite("Faults of a command line")
struct FaultTests {
  struct Case: Sendable {
    let line: String
    let fact: CommandSyntaxFault.Fact
    let message: String
    let command: String

    init(_ line: String, _ fact: CommandSyntaxFault.Fact, _ message: String, in command: String = "simulate run") {
      self.line = line
      self.fact = fact
      self.message = message
      self.command = command
    }
  }

  static let parsing = [
    Case(
      "run --verbos", .unknownOption("--verbos", nearest: "--verbose"),
      "unknown option '--verbos'; did you mean '--verbose'?"),
    Case(
      "run --verbos=3", .unknownOption("--verbos", nearest: "--verbose"),
      "unknown option '--verbos'; did you mean '--verbose'?"),
    Case("run --xyz", .unknownOption("--xyz", nearest: nil), "unknown option '--xyz'"),
    Case("run --bs 4", .unknownOption("--bs", nearest: "--batch"), "unknown option '--bs'; did you mean '--batch'?"),
    Case("run -sx", .unknownOption("-x", nearest: nil), "unknown option '-x'"),
    Case(
      "profile", .unknownSubcommand("profile", nearest: "profiles", available: ["run", "fit", "profiles"]),
      "unknown subcommand 'profile'; did you mean 'profiles'?", in: "simulate"),
    Case(
      "profiles zap", .unknownSubcommand("zap", nearest: nil, available: ["list", "check"]),
      "unknown subcommand 'zap'; it can be list or check", in: "simulate profiles"),
    Case(
      "help zap", .unknownSubcommand("zap", nearest: nil, available: ["run", "fit", "profiles"]),
      "unknown subcommand 'zap'; it can be run, fit or profiles", in: "simulate"),
    Case(
      "profiles -v", .missingSubcommand(available: ["list", "check"]),
      "a subcommand is missing; it can be list or check", in: "simulate profiles"),
    Case(
      "run --batch", .missingValue(option: "--batch", placeholder: "N"),
      "option '--batch' needs a value: '--batch N'"),
    Case(
      "run --batch -s", .missingValue(option: "--batch", placeholder: "N"),
      "option '--batch' needs a value: '--batch N'"),
    Case("run -b", .missingValue(option: "-b", placeholder: "N"), "option '-b' needs a value: '-b N'"),
    Case(
      "run --synchronized=yes", .unexpectedValue(option: "--synchronized", value: "yes"),
      "option '--synchronized' takes no value (it is given 'yes')"),
    Case(
      "run -s=yes", .unexpectedValue(option: "-s", value: "yes"),
      "option '-s' takes no value (it is given 'yes')"),
    Case("run --batch 1 -b 2", .repeatedOption("-b"), "option '-b' may be given only once"),
    Case("run a b c d", .unexpectedPositional("c"), "unexpected argument 'c'"),
    Case(
      "fit", .missingRequiredOption(usage: "--target WHAT"), "option '--target WHAT' is required",
      in: "simulate fit"),
    Case("profiles check", .missingPositional("FILE"), "argument <FILE> is missing", in: "simulate profiles check"),
    Case(
      "run --precision fp61",
      .notAChoice(option: "--precision", value: "fp61", nearest: nil, choices: ["fp32", "fp16", "int8"]),
      "option '--precision' must be fp32, fp16 or int8 (it is 'fp61')"),
    Case(
      "run -p int4",
      .notAChoice(option: "-p", value: "int4", nearest: "int8", choices: ["fp32", "fp16", "int8"]),
      "option '-p' must be fp32, fp16 or int8 (it is 'int4'); did you mean 'int8'?"),
    Case(
      "run -p NVFP4", .takenElsewhere(option: "-p", value: "NVFP4", advice: "only weights are kept in it"),
      "option '-p' does not take 'NVFP4'; only weights are kept in it"),
  ]

  @Test("A wrong line is told what, and where to read on", arguments: parsing)
  func parsingFaults(wrong: Case) {
    let fault = #expect(throws: CommandSyntaxFault.self) { try Example.parse(wrong.line) }
    #expect(fault?.fact == wrong.fact)
    #expect(fault?.description == "error: \(wrong.message)\nsee '\(wrong.command) --help'")
  }

  @Test("Of several faults the first typed is told, and what is missing last")
  func firstFault() {
    let fault = #expect(throws: CommandSyntaxFault.self) { try Example.parse("fit --bogus --worse") }
    #expect(fault?.fact == .unknownOption("--bogus", nearest: nil))
  }
}
