import CommandSyntax
import JSONText
import Profiles
import Reports
import Studies

/// `simulate calibrate`: fits profile numbers to a file of measurements.
enum CalibrateCommand {
  static let subcommand = Subcommand(definition, run)

  private static let definition = CommandDefinition(
    "calibrate", summary: "Fit numbers of profiles to a measurement file, or read them off a recording",
    discussion: """
      Fits the named numbers, and one host speed per testbed unless --host-speed fixed is given, so that the mean of \
      |ln(predicted / measured)| is least. An accelerator's efficiency is shared by its architecture family, any other \
      number by its profile. Without --fit only the hosts are fitted. The uncertainty of a number is how far it may be off \
      before the errors grow by more than chance. --output writes each profile that changed, and a host for each testbed, \
      with the measurements as their source. The file has the columns of 'simulate validate'. With --trace, launch and \
      dispatch times are read off a recording of torch.profiler instead, and --output writes the profiles of its \
      accelerator, host and framework. With --kernels an accelerator's constants are fitted to operators that were timed \
      alone, in the columns of 'simulate validate --kernels'; without --fit those that the rows depend on. With --steps, \
      what an engine's loop costs the host is fitted to a log of its steps. With --measured they are read off a folder that tools/measure.py has written, with \
      the measurement's spread as uncertainty.
      """,
    positionals: [
      PositionalDefinition("file", help: "The measurements, if none of --kernels, --trace, --steps and --measured")
    ],
    options: [
      OptionDefinition(
        "kernels", value: "FILE", help: "Operators that were timed alone, to fit an accelerator's constants to",
        group: "Kernels"),
      OptionDefinition(
        "measured", value: "FOLDER", help: "A folder of tools/measure.py to read numbers off", group: "Machine"),
      OptionDefinition(
        "host", value: "H", help: "The host of --steps, or that the machine of --measured is like: a catalog name",
        defaultText: "one that is sold with its accelerator", group: "Machine"),
      OptionDefinition(
        "trace", value: "FILE", help: "A recording of torch.profiler to read numbers off; - is standard input",
        group: "Recording"),
      OptionDefinition("step", value: "N", help: "Only the step ProfilerStep#N", group: "Recording"),
      OptionDefinition(
        "recorded-accelerator", value: "A", help: "The recording's accelerator: a catalog name or a file",
        defaultText: "by what the recording says of it", group: "Recording"),
    ] + LoopCalibrationRun.options + [
      OptionDefinition(
        "fit", value: "PATH", help: "A number to fit, as accelerator.efficiency.vector", isRepeatable: true),
      OptionDefinition(
        "host-speed", value: "WHAT", help: "What is done with the testbeds' host speed", choices: ["fit", "fixed"],
        defaultText: "fit"),
      OptionDefinition(
        "output", value: "DIR", help: "Folder to write the fitted profiles to, laid out like the catalog"),
      OptionDefinition("rounds", value: "N", help: "Rounds of the search", defaultText: "6"),
      .format,
    ],
    examples: [
      CommandExample(
        "simulate calibrate latency.csv --fit accelerator.efficiency.memory", shows: "one constant per architecture"),
      CommandExample(
        "simulate calibrate latency.csv --output fitted",
        shows: "a host for each testbed, for 'simulate run --catalog fitted --host NAME'"),
      CommandExample(
        "simulate calibrate --kernels kernels.csv --output fitted",
        shows: "an accelerator's constants, from a table of kernels"),
      CommandExample(
        "simulate calibrate --measured measured --output mine", shows: "profiles of your own machine"),
      CommandExample(
        "simulate calibrate --steps steps.csv --decoder llama-3.1-8b --accelerator h100-sxm --output mine",
        shows: "an engine's loop, from a log of its steps"),
      CommandExample(
        "simulate calibrate --trace trace.json.gz --output recorded", shows: "profiles of the recording's system"),
    ])

  @Sendable private static func run(_ command: ParsedCommand, _ library: Library) throws(Failure) {
    try command.checkFormat()
    let folder = try ProfileFolder.named(by: command)
    if let measured = command.value(of: "measured") {
      try command.refusePositionals("--measured reads numbers off a folder, not off a file")
      try command.refuse(
        LoopCalibrationRun.options.map(\.name) + [
          "trace", "step", "recorded-accelerator", "fit", "host-speed", "rounds", "kernels",
        ],
        "--measured reads numbers off a folder and fits none")
      try MeasuredCalibrationRun.run(measured, command, library)
      return
    }
    if let steps = command.value(of: "steps") {
      try command.refusePositionals("--steps names the log")
      try command.refuse(
        ["trace", "step", "recorded-accelerator", "fit", "host-speed", "rounds", "kernels"],
        "--steps fits an engine's loop to a log")
      return try LoopCalibrationRun.run(steps, command, library, to: folder)
    }
    try command.refuse(LoopCalibrationRun.names, "they are about a log of steps, which --steps names")
    try command.refuse(["host"], "it is that of --steps, or of a measured machine, which --measured names")
    if let trace = command.value(of: "trace") {
      try command.refusePositionals("--trace reads numbers off a recording, not off measurements")
      try command.refuse(
        ["fit", "host-speed", "rounds", "kernels"], "--trace reads numbers off a recording and fits none")
      try TraceCalibrationRun.run(trace, command, library)
      return
    }
    try command.refuse(["step", "recorded-accelerator"], "they are about a recording, which --trace names")
    if let kernels = command.value(of: "kernels") { return try fitKernels(kernels, command, library, to: folder) }
    if !command.isPresent("fit") {
      try command.refuse(["rounds"], "without --fit there is no search: a host's speed is found at once")
      if command.value(of: "host-speed") == "fixed" {
        throw .usage("nothing is fitted: --host-speed fixed needs a --fit, as accelerator.efficiency.memory")
      }
    }
    guard let path = command.positional("file") else {
      throw .usage("a file of measurements is needed, or --trace with a recording, or --measured with a folder")
    }
    let rows = try MeasurementFile(path, library).rows
    guard rows.contains(where: { $0.latency != nil }) else {
      throw .input(at: path, "no row has a latency_ms; there is nothing to fit to")
    }
    let rounds = try checking { try command.integer(of: "rounds", .within(1...20)) }
    let calibration = try Progress.showing("fitting to \(NumberFormat.integer(rows.count)) rows") { _ in
      try Calibration(
        rows, from: library, paths: command.values(of: "fit"), fitsHost: command.value(of: "host-speed") != "fixed",
        rounds: rounds ?? 6)
    }
    for number in command.values(of: "fit") where !calibration.parameters.contains(where: { $0.path == number }) {
      throw .input(
        at: path, "no row's system has a number '\(number)' to fit; 'simulate profiles show NAME' lists them")
    }
    if let folder {
      let profiles = try CalibratedProfiles(calibration, measurements: path, library).files
      let written = try ProfileFolder(folder, profiles, inputs: [path]).write()
      Platform.warn("\(written); '--catalog \(folder)' uses them")
    }
    command.print(CalibrationReport(calibration: calibration))
  }

  /// Fits accelerators' constants to operators that were timed alone.
  private static func fitKernels(
    _ path: String, _ command: ParsedCommand, _ library: Library, to folder: String?
  ) throws(Failure) {
    try command.refusePositionals("--kernels names the file of operators")
    try command.refuse(["host-speed"], "no host is part of the time of a kernel")
    let paths = command.values(of: "fit")
    for number in paths {
      guard let known = SystemNumber(path: number) else { continue }
      if !known.isOfAccelerator || known.affects(isHostOnly: false).contains(.plan) {
        throw .usage("--fit \(number): only numbers of an accelerator that kernels' times depend on are fitted")
      }
    }
    let rows = try KernelMeasurementFile(path, library).rows
    guard rows.contains(where: { $0.time != nil }) else {
      throw .input(at: path, "no row has a time_us; there is nothing to fit to")
    }
    let rounds = try checking { try command.integer(of: "rounds", .within(1...20)) }
    let calibration = try Progress.showing("fitting to \(NumberFormat.integer(rows.count)) operators") { _ in
      try KernelCalibration(rows, from: library, paths: paths, rounds: rounds ?? 6)
    }
    for number in paths where !calibration.parameters.contains(where: { $0.path == number }) {
      throw .input(
        at: path, "no row's accelerator has a number '\(number)' to fit; 'simulate profiles show NAME' lists them")
    }
    if let folder {
      let profiles = try CalibratedProfiles(
        calibration.parameters, errorAfter: calibration.errorAfter, measurements: path, library
      ).files
      let written = try ProfileFolder(folder, profiles, inputs: [path]).write()
      Platform.warn("\(written); '--catalog \(folder)' uses them")
    }
    command.print(KernelCalibrationReport(calibration: calibration))
  }
}
