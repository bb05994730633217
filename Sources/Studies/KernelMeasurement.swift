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
  /// How ranks do it together; nil for what one device does by itself.
  package var collective: CollectiveCall?
  /// Where what it reads lay: in the last-level cache, or not; nil for the benchmark's usual protocol.
  package var isCold: Bool?
  /// Seconds; nil for a blank field.
  package var time: Double?
  /// The row of the table, from 0.
  package var row: Int
}

/// How a collective was called that was timed.
package struct CollectiveCall: Sendable, Hashable {
  /// The interconnect's name; nil for the accelerator's own.
  package var interconnect: String?
  /// Whose it is, by its name.
  package var library = CollectiveLibrary.usual
  /// Whether it was called from a program, rather than replayed in a graph: then the host's time is in it.
  package var isEager = false
}

extension KernelMeasurement {
  /// Reads the operators of a CSV file.
  ///
  /// Columns: `accelerator`, `precision`, `operator`, `inputs`; optional `attributes`, `devices`, `interconnect`, `l2`,
  /// `time_us`.
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
    // What `tools/measure.py` has copied by the driver is told in elements of 16 bits.
    let name = fields.text(.precision, row) == "bytes" ? Precision.bf16.rawValue : fields.text(.precision, row)
    guard let precision = precisions.first(where: { $0.rawValue == name }) else {
      throw fields.wrong(.precision, row, "one of " + precisions.map(\.rawValue).joined(separator: ", "))
    }
    let isCollective = OperatorRule.named(fields.text(.operator, row))?.collective != nil
    return KernelMeasurement(
      accelerator: accelerator, precision: precision,
      operation: isCollective ? try collective(row) : try operation(row),
      collective: isCollective ? try collectiveCall(row) : nil, isCold: try isCold(row), time: try time(row), row: row)
  }

  private mutating func operation(_ row: Int) throws(CSVFault) -> Operator {
    let name = fields.text(.operator, row)
    guard !name.isEmpty else { throw fields.wrong(.operator, row, "the name of an operator, as aten::linear") }
    try checkAlone(row)
    let (inputs, attributes) = (try inputs(row), try attributes(row))
    do throws(LoneOperatorFault) { return try Operator(alone: name, inputs: inputs, attributes: attributes) } catch {
      throw fields.fault(.operator, row, .wrongKernel(.wrongOperator(name, error)))
    }
  }

  /// A collective: one tensor, the one that a rank gives, and how many ranks there are.
  private mutating func collective(_ row: Int) throws(CSVFault) -> Operator {
    let name = fields.text(.operator, row)
    guard let devices = Int64(fields.text(.devices, row)), (1...Parallelism.limit).contains(devices) else {
      throw fields.wrong(
        .devices, row, "a whole number from 1 to \(Parallelism.limit): as many ranks do a collective together")
    }
    let inputs = try inputs(row)
    guard inputs.count == 1 else {
      throw fields.wrong(.inputs, row, "one shape, that of the tensor which a rank gives, as [[1048576]]")
    }
    let ranks = OperatorAttribute(name: "ranks", values: [devices])
    do throws(LoneOperatorFault) {
      return try Operator(
        completing: ToldOperator(name: name, inputs: inputs, attributes: [ranks]), ranks: devices)
    } catch {
      throw fields.fault(.operator, row, .wrongKernel(.wrongOperator(name, error)))
    }
  }

  private func collectiveCall(_ row: Int) throws(CSVFault) -> CollectiveCall {
    var call = CollectiveCall()
    let interconnect = fields.text(.interconnect, row)
    if !interconnect.isEmpty { call.interconnect = interconnect }
    let text = fields.text(.attributes, row)
    guard !text.isEmpty else { return call }
    guard let words = OperatorText.words(text) else {
      throw fields.wrong(.attributes, row, "blank or words as JSON, as {\"library\":\"nccl\",\"mode\":\"graph\"}")
    }
    for (name, word) in words {
      switch name {
      case "library":
        guard CollectiveLibrary.names.contains(word) else {
          throw fields.wrong(
            .attributes, row, "JSON with one of \(CollectiveLibrary.names.joined(separator: ", ")) as library")
        }
        call.library = word
      case "mode":
        guard word == "graph" || word == "eager" else {
          throw fields.wrong(.attributes, row, "JSON with graph or eager as mode")
        }
        call.isEager = word == "eager"
      default: throw fields.wrong(.attributes, row, "JSON with library and mode, and nothing else")
      }
    }
    return call
  }

  /// What `tools/measure.py` says of the cache: in it, not in it, or partly, which is more than it holds.
  private func isCold(_ row: Int) throws(CSVFault) -> Bool? {
    switch fields.text(.cache, row) {
    case "": nil
    case "warm": false
    case "cold", "partly", "beyond": true
    default: throw fields.wrong(.cache, row, "blank or one of warm, cold, partly, beyond")
    }
  }

  private func checkAlone(_ row: Int) throws(CSVFault) {
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
