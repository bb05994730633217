import CommandSyntax
import Testing

@Suite("Parsing a command line")
struct ParsingTests {
  @Test(
    "The leading words name the command",
    arguments: [
      ("", []), ("run", ["run"]), ("run profiles", ["run"]), ("profiles list", ["profiles", "list"]),
      ("--verbose run", ["run"]), ("--catalog run run", ["run"]), ("--version", []),
      ("-v --catalog=run profiles list", ["profiles", "list"]),
    ])
  func resolvesThePath(line: String, path: [String]) throws {
    #expect(try Example.parse(line).path == path)
  }

  @Test(
    "An option takes its value in every spelling",
    arguments: ["--batch 8", "--batch=8", "-b 8", "-b8", "-b=8", "-sb8", "-vsb 8"])
  func spellings(line: String) throws {
    let command = try Example.parse("run \(line)")
    #expect(command.value(of: "batch") == "8")
    #expect(command.positionals == [])
  }

  @Test("A value keeps what stands after its first equals sign, and may be empty")
  func equalsSigns() throws {
    let command = try Example.parse("run --parameter=a=b=c --parameter=")
    #expect(command.values(of: "parameter") == ["a=b=c", ""])
  }

  @Test("Repeated values keep their order; value(of:) gives the last")
  func repeatedOptions() throws {
    let command = try Example.parse("run --parameter b=1 x --parameter a=2")
    #expect(command.values(of: "parameter") == ["b=1", "a=2"])
    #expect(command.value(of: "parameter") == "a=2")
    #expect(command.positionals == ["x"])
  }

  @Test("A switch is present or not, and has no value")
  func switches() throws {
    let command = try Example.parse("run -s")
    #expect(command.isPresent("synchronized"))
    #expect(command.value(of: "synchronized") == nil)
    #expect(!command.isPresent("verbose"))
    #expect(!command.isPresent("batch"))
  }

  @Test("Negative numbers are values and positionals, not options", arguments: ["-3", "-0.5", "-.5", "-1e-3"])
  func negativeNumbers(number: String) throws {
    let command = try Example.parse("run --speed \(number) \(number)")
    #expect(command.value(of: "speed") == number)
    #expect(command.positionals == [number])
  }

  @Test("A lone dash is a value and a positional")
  func loneDash() throws {
    let command = try Example.parse("run --catalog - -")
    #expect(command.value(of: "catalog") == "-")
    #expect(command.positional("WORKLOAD") == "-")
  }

  @Test("After two dashes everything is positional")
  func terminator() throws {
    let command = try Example.parse("run -- --batch --help")
    #expect(command.positionals == ["--batch", "--help"])
    #expect(command.helpRequest == nil)
  }

  @Test("Positionals are known by name; a repeatable one takes all that remain")
  func positionals() throws {
    let run = try Example.parse("run bert -s v100")
    #expect(run.positional("WORKLOAD") == "bert")
    #expect(run.positional("ACCELERATOR") == "v100")
    #expect(try Example.parse("run").positional("WORKLOAD") == nil)
    let check = try Example.parse("profiles check a b c")
    #expect(check.positional("FILE") == "a")
    #expect(check.positionals == ["a", "b", "c"])
  }

  @Test("Global options are read on both sides of the command's name")
  func globalOptions() throws {
    let command = try Example.parse("--catalog mine run -v")
    #expect(command.value(of: "catalog") == "mine")
    #expect(command.isPresent("verbose"))
  }

  @Test(
    "A request for help wins over whatever is wrong beside it",
    arguments: [
      ("--help", []), ("help", []), ("run --help", ["run"]), ("help run", ["run"]), ("--help run", ["run"]),
      ("run --batch --help", ["run"]), ("run --nonsense a b c --help", ["run"]), ("fit --help", ["fit"]),
      ("help profiles list", ["profiles", "list"]), ("help profiles", ["profiles"]), ("profiles --help", ["profiles"]),
    ])
  func helpWins(line: String, path: [String]) throws {
    let command = try Example.parse(line)
    #expect(command.helpRequest == .full)
    #expect(command.path == path)
  }

  @Test("One dash asks for less help, and both together for all of it")
  func briefHelp() throws {
    #expect(try Example.parse("run -h").helpRequest == .brief)
    #expect(try Example.parse("run -h --help").helpRequest == .full)
    #expect(try Example.parse("run").helpRequest == nil)
  }

  @Test("Asking for a name that is not declared stops the program")
  func undeclaredNames() async {
    await #expect(processExitsWith: .failure) { _ = try Example.parse("run").value(of: "btach") }
    await #expect(processExitsWith: .failure) { _ = try Example.parse("run").positional("HOST") }
  }

  @Test("A tree with a programmer's mistake cannot be made")
  func malformedTrees() async {
    await #expect(processExitsWith: .failure) {
      let twice = [OptionDefinition("a", help: ""), OptionDefinition("a", help: "")]
      _ = CommandTree(root: CommandDefinition("x", summary: "", options: twice))
    }
    await #expect(processExitsWith: .failure) {
      _ = CommandTree(root: CommandDefinition("x", summary: "", options: [OptionDefinition("help", help: "")]))
    }
    await #expect(processExitsWith: .failure) {
      let places = [PositionalDefinition("A", help: ""), PositionalDefinition("B", help: "", isRequired: true)]
      _ = CommandTree(root: CommandDefinition("x", summary: "", positionals: places))
    }
    await #expect(processExitsWith: .failure) {
      _ = CommandTree(root: CommandDefinition("x", summary: "", requiresSubcommand: true))
    }
  }
}
