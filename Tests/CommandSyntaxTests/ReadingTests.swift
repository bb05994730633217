import CommandSyntax
import Testing

@Suite("Reading values as what they mean")
struct ReadingTests {
  enum Precision: String, CaseIterable { case fp32, fp16 }

  @Test("Whole numbers are read within their limits")
  func integers() throws {
    #expect(try Example.parse("run").integer(of: "batch", .atLeast(1)) == nil)
    #expect(try Example.parse("run --batch 1").integer(of: "batch", .atLeast(1)) == 1)
    #expect(try Example.parse("run --batch -4").integer(of: "batch") == -4)
    #expect(try Example.parse("run --batch 64").integer(of: "batch", .within(1...64)) == 64)
  }

  @Test("A list of whole numbers joins commas and repetitions")
  func integerLists() throws {
    #expect(try Example.parse("run").integers(of: "parameter") == [])
    #expect(try Example.parse("run --parameter 1,2 --parameter 8").integers(of: "parameter") == [1, 2, 8])
  }

  @Test("Numbers are read within their limits")
  func doubles() throws {
    #expect(try Example.parse("run").double(of: "speed") == nil)
    #expect(try Example.parse("run --speed 0.5").double(of: "speed", .above(0)) == 0.5)
    #expect(try Example.parse("run --speed 1e-3").double(of: "speed", .within(0...1)) == 1e-3)
    #expect(try Example.parse("run --speed -2").double(of: "speed") == -2)
  }

  @Test("Choices are read as cases, and as names known only at run time")
  func choices() throws {
    #expect(try Example.parse("run").choice(of: "precision", as: Precision.self) == nil)
    #expect(try Example.parse("run -p fp16").choice(of: "precision", as: Precision.self) == .fp16)
    #expect(try Example.parse("run --catalog a").choice(of: "catalog", among: ["a", "b"]) == "a")
  }

  @Test("An open choice takes anything behind its colon, and something")
  func openChoices() throws {
    let option = OptionDefinition(
      "model", value: "M", help: "", choices: ["usual"], openChoices: ["measured:FILE"])
    let tree = CommandTree(root: CommandDefinition("my-tool", summary: "", options: [option]))
    func parsed(_ value: String) throws(CommandSyntaxFault) -> String? {
      try tree.parse(arguments: ["--model", value]) { _, _ in nil }.value(of: "model")
    }
    for value in ["usual", "measured:a.csv", "measured::"] { #expect(try parsed(value) == value) }
    for value in ["measured:", "measured", "usual:x", ""] {
      let fault = #expect(throws: CommandSyntaxFault.self) { _ = try parsed(value) }
      #expect(fault?.description.contains("must be usual or measured:FILE (it is '\(value)')") ?? false)
    }
  }

  @Test("A list of choices takes those alone, with commas between them")
  func listedChoices() throws {
    let option = OptionDefinition("precision", value: "P", help: "", choices: ["fp32", "fp16"])
    func parsed(_ value: String, _ option: OptionDefinition) throws(CommandSyntaxFault) -> String? {
      let tree = CommandTree(root: CommandDefinition("my-tool", summary: "", options: [option]))
      return try tree.parse(arguments: ["--precision", value]) { _, _ in nil }.value(of: "precision")
    }
    for value in ["fp32", "fp32,fp16"] { #expect(try parsed(value, option.listed) == value) }
    for value in ["fp32,", "fp32,int8", ",", "fp32 fp16"] {
      #expect(throws: CommandSyntaxFault.self) { _ = try parsed(value, option.listed) }
    }
    #expect(throws: CommandSyntaxFault.self) { _ = try parsed("fp32,fp16", option) }
  }

  @Test("A line with other values has those, no arguments by place, and all else as it was")
  func otherValues() throws {
    let line = try Example.parse("run --batch 4 --speed 2 -p fp16")
    let other = line.with(["batch": ["8"], "parameter": ["1", "2"]])
    #expect(other.value(of: "batch") == "8" && other.values(of: "parameter") == ["1", "2"])
    #expect(other.value(of: "speed") == "2" && other.value(of: "precision") == "fp16" && other.positionals.isEmpty)
    #expect(line.value(of: "batch") == "4")
  }

  @Test("An assignment ends its name at the first equals sign")
  func assignments() throws {
    let read = try Example.parse("run --parameter a.b=1 --parameter c==").assignments(of: "parameter")
    #expect(read.map(\.name) == ["a.b", "c"])
    #expect(read.map(\.value) == ["1", "="])
  }

  struct Wrong: Sendable {
    let line: String
    let message: String
    let read: @Sendable (ParsedCommand) throws(CommandSyntaxFault) -> Void

    init(
      _ line: String, _ message: String, read: @escaping @Sendable (ParsedCommand) throws(CommandSyntaxFault) -> Void
    ) {
      self.line = line
      self.message = message
      self.read = read
    }
  }

  static let wrong = [
    Wrong("--batch many", "option '--batch' must be a whole number (it is 'many')") {
      command throws(CommandSyntaxFault) in _ = try command.integer(of: "batch")
    },
    Wrong("--batch 1.5", "option '--batch' must be a whole number (it is '1.5')") {
      command throws(CommandSyntaxFault) in _ = try command.integer(of: "batch")
    },
    Wrong("--batch 0", "option '--batch' must be at least 1 (it is 0)") {
      command throws(CommandSyntaxFault) in _ = try command.integer(of: "batch", .atLeast(1))
    },
    Wrong("--batch 65", "option '--batch' must be from 1 to 64 (it is 65)") {
      command throws(CommandSyntaxFault) in _ = try command.integer(of: "batch", .within(1...64))
    },
    Wrong("--parameter 1,,2", "option '--parameter' must be a whole number (it is '')") {
      command throws(CommandSyntaxFault) in _ = try command.integers(of: "parameter")
    },
    Wrong("--speed fast", "option '--speed' must be a number (it is 'fast')") {
      command throws(CommandSyntaxFault) in _ = try command.double(of: "speed")
    },
    Wrong("--speed inf", "option '--speed' must be a number (it is 'inf')") {
      command throws(CommandSyntaxFault) in _ = try command.double(of: "speed")
    },
    Wrong("--speed 0", "option '--speed' must be greater than 0 (it is 0)") {
      command throws(CommandSyntaxFault) in _ = try command.double(of: "speed", .above(0))
    },
    Wrong("--precision int8", "option '--precision' must be fp32 or fp16 (it is 'int8')") {
      command throws(CommandSyntaxFault) in _ = try command.choice(of: "precision", as: Precision.self)
    },
    Wrong("--catalog min", "option '--catalog' must be mine or yours (it is 'min'); did you mean 'mine'?") {
      command throws(CommandSyntaxFault) in _ = try command.choice(of: "catalog", among: ["mine", "yours"])
    },
    Wrong("--parameter batch", "option '--parameter' must be NAME=VALUE (it is 'batch')") {
      command throws(CommandSyntaxFault) in _ = try command.assignments(of: "parameter")
    },
    Wrong("--parameter =1", "option '--parameter' must be NAME=VALUE (it is '=1')") {
      command throws(CommandSyntaxFault) in _ = try command.assignments(of: "parameter")
    },
  ]

  @Test("A value that is not what it should be is told what it should be", arguments: wrong)
  func readingFaults(wrong: Wrong) throws {
    let command = try Example.parse("run \(wrong.line)")
    let fault = #expect(throws: CommandSyntaxFault.self) { try wrong.read(command) }
    #expect(fault?.description == "error: \(wrong.message)\nsee 'simulate run --help'")
  }
}
