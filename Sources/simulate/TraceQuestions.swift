import CommandSyntax
import JSONText
import Profiles
import Replay
import Reports
import Traces

/// `simulate trace` with a question about the recording as it was: nothing is replayed.
enum TraceQuestions {
  /// The options that ask.
  static let options: [OptionDefinition] = [
    OptionDefinition(
      "operators", help: "What each operator costs the host and the device",
      longHelp:
        "A kernel belongs to the innermost operator around its launch. Moments in which several kernels run belong to "
        + "each of them in equal parts, so that the device's times sum to the time in which it is busy.",
      group: "The recording as it was"),
    OptionDefinition(
      "kernels", help: "What the kernels of each name cost the device",
      longHelp:
        "How many ran, their share of the device's time as with --operators, how long one takes on average, and how long "
        + "they ran alone and beside others.",
      group: "The recording as it was"),
    OptionDefinition(
      "layers", help: "What each module, or range that the program named, costs", group: "The recording as it was"),
    OptionDefinition("idle", help: "Why the device had nothing to do, by cause", group: "The recording as it was"),
    OptionDefinition("steps", help: "The steps of the recording", group: "The recording as it was"),
    OptionDefinition(
      "against", value: "OTHER", help: "What became slower since another recording, operator by operator",
      group: "The recording as it was"),
  ]

  /// What would change the target, or shows its replay.
  private static let optionsOfReplays = [
    "accelerator", "interconnect", "framework", "host", "recorded-host", "host-speed", "device-speed",
    "batch-scale", "profiler-overhead-us", "set", "timeline", "report",
  ]

  /// The questions of a command.
  private static func questions(_ command: ParsedCommand) -> Set<TraceQuestion> {
    Set(TraceQuestion.allCases.filter { command.isPresent($0.rawValue) })
  }

  /// Whether a command asks about the recording as it was.
  static func areAsked(_ command: ParsedCommand) -> Bool {
    !questions(command).isEmpty || command.isPresent("against")
  }

  /// Whether a recording is of the processor alone and nothing is asked of its replay: then its operators are told.
  static func areImplied(_ run: RecordedRun, _ command: ParsedCommand) -> Bool {
    run.deviceEvents.isEmpty && !optionsOfReplays.contains { command.isPresent($0) }
      && run.hostEvents.allSatisfy { run.trace.hostEvents[$0].kind == .frameworkOperator }
  }

  /// Reads the recording, and that which it is compared with, and prints the answers.
  static func run(_ command: ParsedCommand, _ library: Library) throws(Failure) {
    try command.refuse(optionsOfReplays, "the question is about the recording as it was; ask for its replay without it")
    let run = try read(command.positional("file") ?? "", command)
    let other = try command.value(of: "against").map { (path) throws(Failure) in try read(path, command) }
    try answer(run, questions(command), against: other, command, library)
  }

  /// Prints answers about a recording that was read.
  static func answer(
    _ run: RecordedRun, _ questions: Set<TraceQuestion>, against other: RecordedRun? = nil, _ command: ParsedCommand,
    _ library: Library
  ) throws(Failure) {
    command.print(TraceAnswersReport(try answers(run, questions, against: other, command, library)))
  }

  /// Answers about a recording that was read.
  static func answers(
    _ run: RecordedRun, _ questions: Set<TraceQuestion>, against other: RecordedRun? = nil, _ command: ParsedCommand,
    _ library: Library
  ) throws(Failure) -> TraceAnswers {
    let accelerator = try TraceCommand.recordedAccelerator(run.trace, command, library)
    let framework = try library.framework("pytorch-eager")
    return TraceAnswers(run, questions, against: other, accelerator: accelerator, framework: framework)
  }

  private static func read(_ path: String, _ command: ParsedCommand) throws(Failure) -> RecordedRun {
    let step = try TraceCommand.step(command)
    let trace = try TraceCommand.read(path, step: step)
    TraceCommand.warn(about: trace)
    return try checking { try RecordedRun(trace, step: step) }
  }
}
