import JSONText
import Kernels
import Roofline
import Simulation

/// The text of a sweep's rows, written as bytes: a million of them should not cost a million strings.
public struct SweepRows: Sendable {
  /// How rows are written.
  public enum Format: String, Sendable, CaseIterable {
    /// Comma-separated values under a header.
    case csv
    /// One JSON object on each line.
    case jsonl
  }

  /// What follows the varied values in every row; behind it stands what is not varied (`SweepPlan.constantKeys`).
  public static let resultColumns =
    ["latency_us", "device_busy_us", "framework_tax_fraction", "bound", "fits", "energy_j", "power_w"]
    + madeByColumns

  /// The last of them: of which kind the latency is, and by which model it was found, the same in every row.
  static let madeByColumns = ["latency_kind", "kernel_model"]

  let plan: SweepPlan
  let format: Format
  /// For each axis and value, what a row has for it, with the separator behind it.
  let texts: [[[UInt8]]]
  let bounds: [[UInt8]]
  /// What a row ends in, for each workload and accelerator.
  private let ends: [[[UInt8]]]
  /// Which axes these are; nil for what all points share.
  private let (workloadAxis, acceleratorAxis): (Int?, Int?)

  /// About how many bytes a row has.
  var typicalLength: Int { 96 + ends[0][0].count + texts.reduce(0) { $0 + ($1.last?.count ?? 0) } }

  /// Rows of a plan.
  public init(_ plan: SweepPlan, _ format: Format) {
    self.plan = plan
    self.format = format
    texts = plan.axes.map { axis in
      axis.values.map { value in
        // A row is a line, whatever a file calls itself: a sweep that is resumed counts lines.
        let text: String
        switch (format, value) {
        case (.csv, _): text = CSVText.field(visible(value.text)) + ","
        case (.jsonl, .number): text = "\(jsonQuoted(axis.subject.column)): \(value.text), "
        case (.jsonl, .name): text = "\(jsonQuoted(axis.subject.column)): \(jsonQuoted(value.text)), "
        }
        return Array(text.utf8)
      }
    }
    bounds = LatencyBound.allCases.map { Array($0.rawValue.utf8) }
    workloadAxis = plan.axes.firstIndex { $0.subject == .workload }
    acceleratorAxis = plan.axes.firstIndex { $0.subject == .accelerator }
    ends = plan.choices.workloads.indices.map { workload in
      plan.choices.accelerators.indices.map { accelerator in
        Self.end(plan, format, plan.constants(workload: workload, accelerator: accelerator))
      }
    }
  }

  /// What is the same for all rows of a workload and an accelerator.
  private static func end(_ plan: SweepPlan, _ format: Format, _ constants: [SweepAxis.Value?]) -> [UInt8] {
    let madeBy: [SweepAxis.Value?] = [.name(plan.latencyKind.rawValue), .name(plan.kernelModel.name)]
    let fields = zip(madeByColumns + plan.constantKeys, madeBy + constants).map { key, value in
      switch (format, value) {
      case (.csv, _): "," + CSVText.field(visible(value?.text ?? ""))
      case (.jsonl, .name(let name)?): ", \(jsonQuoted(key)): \(jsonQuoted(name))"
      case (.jsonl, _): ", \(jsonQuoted(key)): \(value?.text ?? "null")"
      }
    }
    return Array(fields.joined().utf8)
  }

  /// The line above the rows, if the format has one.
  public var header: [UInt8] {
    guard format == .csv else { return [] }
    let names =
      plan.axes.map(\.subject.column).map { CSVText.field(visible($0)) } + Self.resultColumns
      + plan.constantKeys.map { CSVText.field(visible($0)) }
    return Array((names.joined(separator: ",") + "\n").utf8)
  }

  /// Writes the row of a point.
  public func append(_ point: Int, _ result: SweepResult, to bytes: inout [UInt8]) {
    appendValues(plan.axes.indices, of: point, to: &bytes)
    appendResult(result, to: &bytes)
    appendEnd(of: point, to: &bytes)
  }

  /// Writes the rows of some points, the first of which has a number, and their results.
  func append(from first: Int, _ results: [SweepResult], to bytes: inout [UInt8]) {
    let last = plan.axes.count - 1
    let length = plan.axes[last].values.count
    // What is in front of the last value, and the end, is the same for as many points as there are last values.
    var (front, end): ([UInt8], [UInt8]) = ([], [])
    var place = length
    let endsVary = workloadAxis == last || acceleratorAxis == last
    for (offset, result) in results.enumerated() {
      if place == length || offset == 0 {
        place = (first + offset) % length
        front.removeAll(keepingCapacity: true)
        end.removeAll(keepingCapacity: true)
        appendValues(0..<last, of: first + offset, to: &front)
        appendEnd(of: first + offset, to: &end)
      }
      bytes.append(contentsOf: front)
      bytes.append(contentsOf: texts[last][place])
      appendResult(result, to: &bytes)
      if endsVary { appendEnd(of: first + offset, to: &bytes) } else { bytes.append(contentsOf: end) }
      place += 1
    }
  }

  /// Writes what stands in a row for a point's values on some of the first axes.
  private func appendValues(_ axes: Range<Int>, of point: Int, to bytes: inout [UInt8]) {
    if format == .jsonl { bytes.append(UInt8(ascii: "{")) }
    for axis in axes { bytes += texts[axis][plan.digit(axis, of: point)] }
  }

  private func appendResult(_ result: SweepResult, to bytes: inout [UInt8]) {
    name("latency_us", &bytes)
    NumberFormat.append(microsecondsOf: result.latency.count, to: &bytes)
    separate(&bytes)
    name("device_busy_us", &bytes)
    NumberFormat.append(microsecondsOf: result.deviceBusy.count, to: &bytes)
    separate(&bytes)
    name("framework_tax_fraction", &bytes)
    append(number: result.frameworkTaxFraction, &bytes)
    separate(&bytes)
    name("bound", &bytes)
    let bound = bounds[result.bound.place]
    if format == .jsonl { bytes.append(UInt8(ascii: "\"")) }
    bytes += bound
    if format == .jsonl { bytes.append(UInt8(ascii: "\"")) }
    separate(&bytes)
    name("fits", &bytes)
    bytes += result.fits ? Self.yes : Self.no
    separate(&bytes)
    name("energy_j", &bytes)
    append(result.joules, &bytes)
    separate(&bytes)
    name("power_w", &bytes)
    append(result.watts, &bytes)
  }

  /// Writes what all rows of a point's workload and accelerator end in.
  private func appendEnd(of point: Int, to bytes: inout [UInt8]) {
    let workload = workloadAxis.map { plan.digit($0, of: point) } ?? 0
    bytes += ends[workload][acceleratorAxis.map { plan.digit($0, of: point) } ?? 0]
    if format == .jsonl { bytes.append(UInt8(ascii: "}")) }
    bytes.append(UInt8(ascii: "\n"))
  }

  static let (yes, no) = (Array("true".utf8), Array("false".utf8))

  /// A number, or what the format has where there is none.
  private func append(_ number: Double?, _ bytes: inout [UInt8]) {
    if let number { append(number: number, &bytes) } else if format == .jsonl { bytes += Self.null }
  }

  private func append(number: Double, _ bytes: inout [UInt8]) {
    var text = numberText(number)
    text.withUTF8 { bytes.append(contentsOf: $0) }
  }

  private static let null = Array("null".utf8)

  private func name(_ key: StaticString, _ bytes: inout [UInt8]) {
    guard format == .jsonl else { return }
    bytes.append(UInt8(ascii: "\""))
    key.withUTF8Buffer { bytes.append(contentsOf: $0) }
    bytes += [UInt8(ascii: "\""), UInt8(ascii: ":"), UInt8(ascii: " ")]
  }

  private func separate(_ bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: ","))
    if format == .jsonl { bytes.append(UInt8(ascii: " ")) }
  }
}
