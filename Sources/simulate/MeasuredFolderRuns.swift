import CommandSyntax
import JSONText
import Profiles
import Reports
import Studies

/// `simulate validate FOLDER`: the shipped profiles beside what was measured on a machine.
enum MeasuredValidationRun {
  static func run(_ path: String, _ command: ParsedCommand, _ library: Library) throws(Failure) {
    try command.refuse(["fit"], "a folder is scored as it is: 'simulate calibrate --measured' makes profiles of it")
    try command.refuse(["error-band"], "an error band is of many systems, and a folder has one")
    let measured = try MeasuredFolderFile(path, library)
    let overrides = try ScenarioOptions.overrides(command)
    var system = try measured.system(command, library)
    try checking { for (path, value) in overrides { try system.set(path, to: value) } }
    let (passes, unknown) = try measured.passes(command, library)
    measured.warn(unknown: unknown)
    let (base, rows) = (system, passes.map(\.measurement))
    let accelerators = try library.accelerators(named: rows.map(\.accelerator))
    let kernelModel = try KernelModelOption.model(command, of: accelerators, library)
    let report = try Progress.showing("simulating \(NumberFormat.integer(rows.count)) passes") { _ in
      let validation = try Validation(rows, from: library, fitsHost: false, kernelModel: kernelModel) { system in
        for (path, value) in overrides {
          if system.accelerator == nil, SystemNumber(path: path)?.isOfAccelerator ?? false { continue }
          try system.set(path, to: value)
        }
      }
      let calibration = try MeasuredCalibration(measured.folder, like: base, from: library, passes: rows)
      return MeasuredValidationReport(
        validation: validation, variants: passes.map(\.variant), numbers: calibration.numbers, system: base)
    }
    command.print(report)
  }
}

/// `simulate calibrate --measured`: profiles of a machine that was measured.
enum MeasuredCalibrationRun {
  static func run(_ path: String, _ command: ParsedCommand, _ library: Library) throws(Failure) {
    let measured = try MeasuredFolderFile(path, library)
    let system = try measured.system(command, library)
    let (passes, unknown) = try measured.passes(command, library)
    measured.warn(unknown: unknown)
    let rows = passes.map(\.measurement)
    let calibration = try Progress.showing("reading numbers off \(path)") { _ in
      try MeasuredCalibration(measured.folder, like: system, from: library, passes: rows)
    }
    guard !calibration.numbers.isEmpty else {
      throw .input(at: path, "no number can be read off it: its files have no rows that say one")
    }
    if let folder = try ProfileFolder.named(by: command) {
      try write(calibration, measured, command, to: folder, library)
    }
    command.print(MeasuredCalibrationReport(calibration: calibration))
  }

  /// Writes the profiles of the folder's host, framework and accelerator, each whole or not at all.
  private static func write(
    _ calibration: MeasuredCalibration, _ measured: MeasuredFolderFile, _ command: ParsedCommand, to folder: String,
    _ library: Library
  ) throws(Failure) {
    let path = measured.folder.path
    let last = path.split(separator: "/").last.map(String.init) ?? "measured"
    let plain = ProfileFolder.identifier(last)
    let name = plain.isEmpty || plain == "none" ? "measured" : plain
    let source = "tools/measure.py, \(last)"
    func changes(_ noun: String) -> [ProfileEdit.Change] {
      calibration.numbers.filter { $0.path.hasPrefix(noun + ".") }.compactMap { number in
        calibration.after.number(at: number.path).map { value in
          ProfileEdit.Change(
            path: String(number.path.dropFirst(noun.count + 1)), value: value, kind: .measured, from: source,
            note: "simulate calibrate --measured: \(number.method); " + uncertainty(number.spread))
        }
      }
    }
    let speeds = calibration.speeds.map { speed in
      ProfileEdit.Change(
        path: "speed.\(speed.component.rawValue)", value: MeasuredCalibration.rounded(speed.ratio), kind: .measured,
        from: source,
        note: "simulate calibrate --measured: the reference's times over this host's; " + uncertainty(speed.spread))
    }
    let processor = try checking { try measured.folder.machine("cpu") } ?? "the host"
    let before = calibration.before
    var files = [
      try ProfileFolder.File(like: before.host.name, "hosts", as: (name, "\(processor), as measured"), speeds, library),
      try ProfileFolder.File(
        like: before.framework.name, "frameworks", as: (name, "\(before.framework.title), as measured"),
        changes("framework"), library),
    ]
    if let accelerator = before.accelerator {
      files.append(
        try ProfileFolder.File(
          like: accelerator.name, "accelerators", as: (name, "\(accelerator.title), as measured"),
          changes("accelerator"), library))
    }
    let inputs = measured.folder.tables.values.map(\.file).sorted() + command.values(of: "host").filter(Library.isFile)
    let written = try ProfileFolder(folder, files, inputs: inputs).write()
    let accelerator = before.accelerator == nil ? "ACCELERATOR" : name
    Platform.warn(
      "\(written); use them with 'simulate run WORKLOAD \(accelerator) --host \(name) --framework \(name) "
        + "--catalog \(folder)'")
  }

  private static func uncertainty(_ spread: Double?) -> String {
    spread.map { "+-" + NumberFormat.fixed($0 * 100, decimals: 0) + " %" } ?? "a single value"
  }
}
