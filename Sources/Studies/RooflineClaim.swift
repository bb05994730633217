import JSONText
import Kernels
import Profiles
import Roofline
import Workloads

/// What somebody says of an operator on the roofline of an accelerator's data sheet: a row of a table.
package struct RooflineClaim: Sendable {
  /// The accelerator's name.
  package var accelerator: String
  /// The format of its tensors.
  package var precision: Precision
  /// The call, with its results.
  package var operation: Operator
  /// What is claimed of its numbers; nil for a blank field, or a column that there is not.
  var numbers = ClaimedNumbers()
  /// The side of the ridge on which it is claimed to lie.
  var bound: RooflineBound?
  /// The row of the table, from 0.
  package var row: Int
}

/// The numbers that are claimed of an operator; nil for those that are not.
struct ClaimedNumbers: Sendable {
  var flops: ClaimedNumber?
  var bytes: ClaimedNumber?
  var intensity: ClaimedNumber?
  var attainable: ClaimedNumber?
  var time: ClaimedNumber?

  /// One of them.
  subscript(quantity: RooflineQuantity) -> ClaimedNumber? {
    switch quantity {
    case .flops: flops
    case .bytes: bytes
    case .intensity: intensity
    case .attainable: attainable
    case .time: time
    }
  }

  /// How many there are.
  var count: Int { [flops, bytes, intensity, attainable, time].count { $0 != nil } }
}

/// A number that may be claimed.
package enum RooflineQuantity: String, CaseIterable, Sendable {
  /// Operations.
  case flops
  /// Traffic, bytes.
  case bytes
  /// Operations for each byte.
  case intensity
  /// The rate that it can attain, TFLOP/s.
  case attainable = "attainable_tflops"
  /// The least time, microseconds.
  case time = "time_us"

  /// Whether it counts something.
  var counts: Bool { self == .flops || self == .bytes }
}

/// A column of a file of claims.
enum RooflineClaimColumn: String, CSVColumn, Sendable {
  case accelerator, precision, `operator`, inputs, attributes
  case inputTypes = "input_types"
  case outputs
  case outputTypes = "output_types"
  case devices, flops, bytes, intensity
  case attainable = "attainable_tflops"
  case bound
  case time = "time_us"

  /// Whether every file has it.
  var isNeeded: Bool {
    switch self {
    case .accelerator, .precision, .operator, .inputs: true
    default: false
    }
  }
}

extension RooflineClaim {
  /// Reads the claims of a CSV file.
  ///
  /// Columns: `accelerator`, `precision`, `operator`, `inputs`; optional `attributes`, `input_types`, `outputs`,
  /// `output_types`, `devices`, and what is claimed: `flops`, `bytes`, `intensity`, `attainable_tflops`, `bound`, `time_us`.
  /// Other columns are kept out of the way.
  ///
  /// - Throws: ``CSVFault`` with the place of the first field that is wrong.
  package static func read(_ table: CSVText) throws(CSVFault) -> [RooflineClaim] {
    let fields = try CSVFields<RooflineClaimColumn>(table)
    let size = 2048
    let stretches = stride(from: 0, to: table.rows.count, by: size).map { $0..<min($0 + size, table.rows.count) }
    let read = try parallelMap(stretches) { (stretch) throws(CSVFault) in
      var reader = RooflineClaimReader(fields)
      var claims: [RooflineClaim] = []
      claims.reserveCapacity(stretch.count)
      for row in stretch { claims.append(try reader.claim(row)) }
      return claims
    }
    return read.flatMap(\.self)
  }
}

/// Reads rows by the names of their columns.
private struct RooflineClaimReader {
  private let fields: CSVFields<RooflineClaimColumn>
  private var texts = OperatorTexts()

  init(_ fields: CSVFields<RooflineClaimColumn>) { self.fields = fields }

  mutating func claim(_ row: Int) throws(CSVFault) -> RooflineClaim {
    let accelerator = fields.text(.accelerator, row)
    guard !accelerator.isEmpty, accelerator != "none" else {
      throw fields.wrong(.accelerator, row, "an accelerator: it is its roofline that is asked")
    }
    let name = fields.text(.precision, row)
    guard let precision = Precision(rawValue: name) else {
      throw fields.wrong(.precision, row, "one of " + Precision.allCases.map(\.rawValue).joined(separator: ", "))
    }
    var claim = RooflineClaim(
      accelerator: accelerator, precision: precision, operation: try operation(row), bound: try bound(row), row: row)
    claim.numbers = ClaimedNumbers(
      flops: try number(.flops, row), bytes: try number(.bytes, row), intensity: try number(.intensity, row),
      attainable: try number(.attainable, row), time: try number(.time, row))
    return claim
  }

  private func number(_ column: RooflineClaimColumn, _ row: Int) throws(CSVFault) -> ClaimedNumber? {
    let text = fields.text(column, row)
    if text.isEmpty { return nil }
    guard let number = ClaimedNumber(text) else { throw fields.wrong(column, row, "blank or a number of at least 0") }
    return number
  }

  private func bound(_ row: Int) throws(CSVFault) -> RooflineBound? {
    switch fields.text(.bound, row) {
    case "": return nil
    case "compute", RooflineBound.computeBound.rawValue: return .computeBound
    case "memory", RooflineBound.memoryBound.rawValue: return .memoryBound
    default: throw fields.wrong(.bound, row, "blank, compute or memory")
    }
  }

  private mutating func operation(_ row: Int) throws(CSVFault) -> Operator {
    let name = fields.text(.operator, row)
    guard !name.isEmpty else { throw fields.wrong(.operator, row, "the name of an operator, as aten::linear") }
    guard let rule = OperatorRule.named(name) else {
      throw fields.fault(
        .operator, row, .wrongKernel(.unknownOperator(name, suggestion: nearestOperator(to: name))))
    }
    let inputs = try shapes(.inputs, row)
    let outputs = fields.text(.outputs, row).isEmpty ? nil : try shapes(.outputs, row)
    let call = ToldOperator(
      name: name, inputs: inputs, inputTypes: try types(.inputTypes, row, of: inputs, .inputs), outputs: outputs,
      outputTypes: try types(.outputTypes, row, of: outputs ?? [], .outputs), attributes: try attributes(row))
    let ranks = try ranks(row, isCollective: rule.kind == .collective)
    do throws(LoneOperatorFault) { return try Operator(completing: call, ranks: ranks) } catch {
      throw fields.fault(.operator, row, .wrongKernel(.wrongClaim(name, error)))
    }
  }

  private mutating func shapes(_ column: RooflineClaimColumn, _ row: Int) throws(CSVFault) -> [Shape] {
    do throws(OperatorTexts.Expectation) { return try OperatorTexts.read(fields.text(column, row)) } catch {
      throw fields.wrong(column, row, error.words)
    }
  }

  private mutating func attributes(_ row: Int) throws(CSVFault) -> [OperatorAttribute] {
    do throws(OperatorTexts.Expectation) { return try texts.attributes(fields.text(.attributes, row)) } catch {
      throw fields.wrong(.attributes, row, error.words)
    }
  }

  private func types(
    _ column: RooflineClaimColumn, _ row: Int, of shapes: [Shape], _ others: RooflineClaimColumn
  ) throws(CSVFault) -> [ElementType]? {
    let text = fields.text(column, row)
    if text.isEmpty { return nil }
    guard let types = OperatorText.types(text), types.count == shapes.count else {
      let names = ElementType.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
      throw fields.wrong(column, row, "blank or as many of \(names) as \(others.rawValue) has shapes, as a JSON array")
    }
    return types
  }

  private func ranks(_ row: Int, isCollective: Bool) throws(CSVFault) -> Int64 {
    let text = fields.text(.devices, row)
    if text.isEmpty { return 1 }
    guard let count = Int64(text), (1...1_000_000).contains(count) else {
      throw fields.wrong(.devices, row, "blank or a whole number from 1 to 1000000")
    }
    guard isCollective || count == 1 else {
      throw fields.wrong(.devices, row, "blank or 1 but for collectives: the roofline is one accelerator's")
    }
    return count
  }
}

/// The operator that an unknown one was most likely meant to be.
private func nearestOperator(to name: String) -> String? {
  nearestName(to: OperatorRule.baseName(name), among: OperatorRule.all.flatMap(\.names)).map { "aten::\($0)" }
}
