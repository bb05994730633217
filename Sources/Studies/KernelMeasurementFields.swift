/// A column of a file of operators that were timed alone.
enum KernelMeasurementColumn: String, CSVColumn, Sendable {
  case accelerator, precision, `operator`, inputs, attributes, devices, interconnect
  case cache = "l2"
  case time = "time_us"

  /// Whether every file has it.
  var isNeeded: Bool {
    switch self {
    case .accelerator, .precision, .operator, .inputs: true
    case .attributes, .devices, .interconnect, .cache, .time: false
    }
  }
}
