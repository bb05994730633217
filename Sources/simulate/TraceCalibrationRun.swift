import CommandSyntax
import JSONText
import Profiles
import Replay
import Reports
import Traces

/// `simulate calibrate --trace`: profiles from a recording.
enum TraceCalibrationRun {
  /// Reads numbers off a recording, shows them, and writes profiles if a folder is named.
  static func run(_ path: String, _ command: ParsedCommand, _ library: Library) throws(Failure) {
    let step = try TraceCommand.step(command)
    let trace = try TraceCommand.read(path, step: step)
    TraceCommand.warn(about: trace)
    let run = try checking { try RecordedRun(trace, step: step) }
    let accelerator = try TraceCommand.recordedAccelerator(trace, command, library)
    let framework = try library.framework("pytorch-eager")
    let calibration = try Progress.showing("reading numbers off \(trace.file)") { _ in
      TraceCalibration(run, like: framework)
    }
    for number in calibration.launch + calibration.dispatch {
      guard let range = SystemNumber(path: number.path)?.range, !range.contains(number.value) else { continue }
      throw .input(
        at: trace.file,
        "\(number.path) would be \(number.value) us, and must be \(range.words(unit: "us")); "
          + "some duration of the recording must be wrong")
    }
    if let folder = try ProfileFolder.named(by: command) {
      let inputs = [path] + command.values(of: "recorded-accelerator").filter(Library.isFile)
      try write(calibration, run, accelerator, framework, to: folder, inputs: inputs, library)
    }
    let system = System(accelerator: accelerator, host: HostProfile(), framework: framework)
    command.print(TraceCalibrationReport(calibration: calibration, system: system))
  }

  /// Writes the profiles of the recording's accelerator, host and framework, each whole or not at all.
  private static func write(
    _ calibration: TraceCalibration, _ run: RecordedRun, _ accelerator: AcceleratorProfile?,
    _ framework: FrameworkProfile, to folder: String, inputs: [String], _ library: Library
  ) throws(Failure) {
    let file = run.trace.file == "standard input" ? "recorded" : run.trace.file
    let name = profileName(file)
    let source = "recording \(file)" + (run.step.map { ", step \($0)" } ?? "") + " (torch.profiler)"
    func changes(_ numbers: [TraceCalibration.Number]) -> [ProfileEdit.Change] {
      numbers.map { number in
        ProfileEdit.Change(
          path: String(number.path.drop { $0 != "." }.dropFirst()), value: number.value,
          kind: number.count > 0 ? .measured : .assumed, from: source,
          note: "simulate calibrate --trace: \(number.method)" + (number.count > 0 ? " of \(number.count)" : ""))
      }
    }
    var files: [ProfileFolder.File] = []
    func add(_ kind: String, like base: String, _ title: String, _ changes: [ProfileEdit.Change]) throws(Failure) {
      files.append(try ProfileFolder.File(like: base, kind, as: (name, title), changes, library))
    }
    if let accelerator {
      let title = "\(accelerator.title) as recorded"
      try add("accelerators", like: accelerator.name, title, changes(calibration.launch))
    } else {
      Platform.warn(
        "note: no accelerator profile fits the recording's device, so its launch times are not written; "
          + "name one with --recorded-accelerator")
    }
    let speed = ProfileEdit.Change(
      path: "single_thread_speed", value: 1, kind: .derived, from: source,
      note: "the framework's costs are stated for this host")
    try add("hosts", like: "reference", "Host of \(file)", [speed])
    let kernel = ["kernel_us", "pass_us"].map { path in
      ProfileEdit.Change(path: path, value: 0, kind: .derived, from: source, note: "in dispatch_us")
    }
    let title = "PyTorch, eager, as recorded"
    try add("frameworks", like: framework.name, title, changes(calibration.dispatch) + kernel)
    let written = try ProfileFolder(folder, files, inputs: inputs).write()
    let accelerators = accelerator == nil ? "ACCELERATOR" : name
    Platform.warn(
      "\(written); use them with 'simulate run WORKLOAD \(accelerators) --host \(name) "
        + "--framework \(name) --catalog \(folder)'")
  }

  /// The file's name without its folder and endings, as a profile's.
  private static func profileName(_ path: String) -> String {
    var name = path.split(separator: "/").last.map(String.init) ?? "recorded"
    for ending in [".gz", ".json", ".pt.trace"] where name.hasSuffix(ending) {
      name = String(name.dropLast(ending.count))
    }
    let plain = ProfileFolder.identifier(name)
    // As an accelerator, 'none' is the one that is not there.
    return plain.isEmpty || plain == "none" ? "recorded" : plain
  }
}
