import CommandSyntax
import JSONText
import Kernels
import Profiles
import Reports
import Serving
import Studies

/// `simulate calibrate --steps`: an engine's loop from a log of its steps.
enum LoopCalibrationRun {
  static let options = [
    OptionDefinition(
      "steps", value: "FILE", help: "A log of an engine's steps, to fit what its loop costs the host",
      longHelp:
        "The columns are requests,tokens,context,step_us; tokens (the new ones of all requests) and context (what a "
        + "request attends to) may be left out.", group: "Engine"),
    OptionDefinition(
      "decoder", value: "D", help: "What was served: a catalog name or a config.json", group: "Engine"),
    OptionDefinition(
      "accelerator", value: "A", help: "The accelerator that served: a catalog name or a file", group: "Engine"),
    OptionDefinition(
      "engine", value: "E", help: "The engine: a catalog name or a file", defaultText: ServedOptions.defaultEngine,
      group: "Engine"),
    OptionDefinition(
      "precision", short: "p", value: "P",
      help: "Format of activations, weights and cache: " + ServedAxis.precision.choices.joined(separator: ", "),
      defaultText: "bf16", group: "Engine"),
    OptionDefinition(
      "weights", value: "P", help: "Format of weights: " + ServedAxis.weights.choices.joined(separator: ", "),
      defaultText: "the precision", group: "Engine"),
    ParallelOptions.devices,
  ]

  /// The options that only it has.
  static let names = options.map(\.name).filter { $0 != "steps" }

  static func run(
    _ path: String, _ command: ParsedCommand, _ library: Library, to folder: String?
  ) throws(Failure) {
    let served = try served(command, library)
    let engine = served.engine
    guard !engine.isOverlapped else {
      throw .input(
        "the engine '\(engine.name)' hides its loop's time behind the device's, and a log of steps does not tell it; "
          + "fit one that does not, as \(ServedOptions.defaultEngine), to a log without asynchronous scheduling")
    }
    let steps = try checking { try LoggedStep.read(try CSVText(path: path)) }
    guard !steps.isEmpty else { throw .input(at: path, "has no step; a line below the header is one") }
    let calibration = try Progress.showing("fitting to \(NumberFormat.integer(steps.count)) steps") { _ in
      try GenerateCommand.simulating { try LoopCalibration(steps, served) }
    }
    if calibration.fits.allSatisfy({ $0.after == 0 }) {
      Platform.warn(
        "warning: the log's steps are no longer than the device alone is simulated to take, and nothing is left for the loop; "
          + "is it of this decoder, accelerator and precision?")
    }
    if let folder { try write(calibration, of: engine, from: path, to: folder, library) }
    command.print(LoopCalibrationReport(calibration: calibration, served: served))
  }

  private static func served(_ command: ParsedCommand, _ library: Library) throws(Failure) -> ServedDecoder {
    var point = ServedPoint()
    for (axis, option) in [(ServedAxis.decoder, "decoder"), (.accelerator, "accelerator")] {
      guard let name = command.value(of: option) else {
        throw .usage(
          "--steps needs --\(option), as in --decoder llama-3.1-8b --accelerator h100-sxm\n" + command.helpHint)
      }
      point[axis] = name
    }
    for axis in [ServedAxis.engine, .host, .precision, .weights] { point[axis] = command.value(of: axis.rawValue) }
    for axis in [ServedAxis.precision, .weights] {
      guard let value = point[axis], !axis.choices.contains(value) else { continue }
      throw .usage("--\(axis.rawValue)" + axis.refusal(of: value) + "\n" + command.helpHint)
    }
    let parallelism = try ParallelOptions.parallelism(command.value(of: "devices") ?? "1", command)
    return try ServedOptions.served(point, parallelism, .calibrated, library)
  }

  private static func write(
    _ calibration: LoopCalibration, of engine: EngineProfile, from log: String, to folder: String, _ library: Library
  ) throws(Failure) {
    let uncertainty = calibration.fits.compactMap(\.uncertainty).max().map { NumberFormat.percent($0) } ?? "unknown"
    let changes = calibration.numbers.map { number in
      ProfileEdit.Change(
        path: String(number.path.dropFirst("engine.".count)),
        value: Double(NumberFormat.significant(number.after, digits: 4)) ?? number.after, kind: .derived, from: log,
        note: "simulate calibrate --steps: \(calibration.steps.count) steps, off by at most \(uncertainty); the stages "
          + "share the loop as they did")
    }
    let file = try ProfileFolder.File(
      like: engine.name, "engines", changes, library, advice: "; put the profile into a folder for --catalog")
    let written = try ProfileFolder(folder, [file], inputs: [log]).write()
    Platform.warn("\(written); '--catalog \(folder)' uses it")
  }
}
