import JSONText
import Kernels
import Profiles
import Workloads

/// One operator that was timed alone on a device, or that is only to be predicted.
package struct KernelMeasurement: Sendable {
  /// The accelerator's name.
  package var accelerator: String
  /// The format of its tensors.
  package var precision: Precision
  /// The call.
  package var operation: Operator
  /// Seconds; nil for a blank field.
  package var time: Double?
  /// The row of the table, from 0.
  package var row: Int
}

extension KernelMeasurement {
  /// Reads the operators of a CSV file.
  ///
  /// Columns: `accelerator`, `precision`, `operator`, `inputs`; optional `attributes`, `devices`, `interconnect`, `time_us`.
  /// Other columns are kept out of the way.
  ///
  /// - Throws: ``CSVFault`` with the place of the first field that is wrong.
  package static func read(_ table: CSVText) throws(CSVFault) -> [KernelMeasurement] {
    var reader = try KernelMeasurementReader(table)
    var measurements: [KernelMeasurement] = []
    measurements.reserveCapacity(table.rows.count)
    for index in table.rows.indices { measurements.append(try reader.measurement(index)) }
    return measurements
  }
}

/// Reads rows by the names of their columns.
private struct KernelMeasurementReader {
  /// The times that can be measured, microseconds: from a femtosecond to twice what the simulated clock counts.
  private static let timeLimits = 1e-9...1e13

  private let fields: CSVFields<KernelMeasurementColumn>
  private var texts = OperatorTexts()

  init(_ table: CSVText) throws(CSVFault) { fields = try CSVFields<KernelMeasurementColumn>(table) }

  mutating func measurement(_ row: Int) throws(CSVFault) -> KernelMeasurement {
    let accelerator = fields.text(.accelerator, row)
    guard !accelerator.isEmpty, accelerator != "none" else {
      throw fields.wrong(.accelerator, row, "an accelerator: kernels are timed on one")
    }
    let precisions = Precision.selectable
    guard let precision = precisions.first(where: { $0.rawValue == fields.text(.precision, row) }) else {
      throw fields.wrong(.precision, row, "one of " + precisions.map(\.rawValue).joined(separator: ", "))
    }
    return KernelMeasurement(
      accelerator: accelerator, precision: precision, operation: try operation(row), time: try time(row), row: row)
  }

  private mutating func operation(_ row: Int) throws(CSVFault) -> Operator {
    let name = fields.text(.operator, row)
    guard !name.isEmpty else { throw fields.wrong(.operator, row, "the name of an operator, as aten::linear") }
    if OperatorRule.named(name)?.kind == .collective {
      throw fields.fault(.operator, row, .wrongKernel(.wrongOperator(name, .isCollective)))
    }
    try checkDevices(row)
    let (inputs, attributes) = (try inputs(row), try attributes(row))
    do throws(LoneOperatorFault) { return try Operator(alone: name, inputs: inputs, attributes: attributes) } catch {
      throw fields.fault(.operator, row, .wrongKernel(.wrongOperator(name, error)))
    }
  }

  private func checkDevices(_ row: Int) throws(CSVFault) {
    let devices = fields.text(.devices, row)
    if !devices.isEmpty {
      guard let count = Int64(devices), count >= 1 else {
        throw fields.wrong(.devices, row, "blank or a whole number of at least 1")
      }
      if count > 1 { throw fields.fault(.devices, row, .wrongKernel(.devices(count))) }
    }
    let interconnect = fields.text(.interconnect, row)
    if !interconnect.isEmpty { throw fields.fault(.interconnect, row, .wrongKernel(.interconnect(interconnect))) }
  }

  private mutating func inputs(_ row: Int) throws(CSVFault) -> [Shape] {
    do throws(OperatorTexts.Expectation) { return try texts.shapes(fields.text(.inputs, row)) } catch {
      throw fields.wrong(.inputs, row, error.words)
    }
  }

  private mutating func attributes(_ row: Int) throws(CSVFault) -> [OperatorAttribute] {
    do throws(OperatorTexts.Expectation) { return try texts.attributes(fields.text(.attributes, row)) } catch {
      throw fields.wrong(.attributes, row, error.words)
    }
  }

  private func time(_ row: Int) throws(CSVFault) -> Double? {
    let text = fields.text(.time, row)
    if text.isEmpty { return nil }
    guard let value = decimalNumber(text), Self.timeLimits.contains(value) else {
      let isPositive = decimalNumber(text).map { $0 > 0 } ?? false
      throw fields.wrong(
        .time, row, isPositive ? "between 0.000000001 and 10000000000000 us" : "blank or a number greater than 0")
    }
    return value / 1e6
  }
}
