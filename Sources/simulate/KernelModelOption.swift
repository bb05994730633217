import CommandSyntax
import JSONText
import Kernels
import Profiles
import Studies

/// The option `--kernel-model`, and the models that it names.
enum KernelModelOption {
  /// The option.
  static let definition = OptionDefinition(
    "kernel-model", value: "M", help: "Model of kernel times",
    longHelp: "measured:FILE.csv corrects the calibrated model by kernels that were timed alone, in the columns of "
      + "'simulate validate --kernels'; far from all of their shapes the calibrated model stands alone.",
    choices: KernelModel.all.map(\.name), openChoices: [KernelModel.measuredForm], defaultText: "calibrated",
    group: "System")

  /// The model that a command line asks for.
  ///
  /// - Parameters:
  ///   - command: The command line.
  ///   - accelerators: Whose kernels are predicted, as their profiles say.
  ///   - library: Where the names of measurements are found.
  /// - Returns: The model; the usual one where none is asked for.
  /// - Throws: ``Failure`` where a file of measurements is wrong.
  static func model(
    _ command: ParsedCommand, of accelerators: [AcceleratorProfile], _ library: Library
  ) throws(Failure) -> KernelModel {
    guard let name = command.value(of: definition.name) else { return .calibrated }
    if let model = KernelModel(named: name) { return model }
    return try library.measuredKernelModel(name, of: accelerators)
  }

  /// The file that a command line's model is made of, if it is one.
  static func files(_ command: ParsedCommand) -> [String] {
    command.values(of: definition.name).compactMap(KernelModel.measurements(in:))
  }
}

extension Library {
  /// The accelerators that rows name, each once; rows on a host alone name none.
  func accelerators(named names: [String]) throws(Failure) -> [AcceleratorProfile] {
    var found: [AcceleratorProfile] = []
    for name in Set(names).sorted() {
      if let accelerator = try accelerator(name) { found.append(accelerator) }
    }
    return found
  }

  /// A model made of a file of measurements; says of which accelerators the file tells nothing.
  func measuredKernelModel(
    _ name: String, of accelerators: [AcceleratorProfile]
  ) throws(Failure) -> KernelModel {
    let path = KernelModel.measurements(in: name) ?? name
    let rows = try KernelMeasurementFile(path, self, others: accelerators.map(\.name)).rows
    guard rows.contains(where: { $0.time != nil }) else {
      throw .input(at: path, "no row has a time_us; there is nothing to predict kernels from")
    }
    let made = try checking { try MeasuredKernelModel(name, rows, of: accelerators, from: self) }
    if !made.unmeasured.isEmpty {
      let names = made.unmeasured.map(\.name).joined(separator: ", ")
      Platform.warn(
        "warning: \(path) has no measured kernels of \(names): the calibrated model alone predicts")
    }
    return made.model
  }
}
