import JSONText
import Kernels
import Profiles

/// What the framework's operators cost the host, by kind, each in turn with others as in a model.
extension MeasuredFolder {
  /// Operators of dispatch.csv that are no operators of programs, or of which a model calls few.
  private static let leftOut: Set<String> = ["aten::multinomial", "aten::topk"]

  /// An operator's time in turn with others and in a loop by itself, and its kernels.
  private struct Operator {
    let kind: OperatorKind
    let inTurn: Double
    let inLoop: Double?
    let least: Double
    let kernels: Double
  }

  /// Host times of operators by kind, of Python and of modules, on the machine that was measured.
  ///
  /// An operator's time holds Python's share and its kernels' launches, which are taken off. In turn with others an
  /// operator takes longer than in a model, whose neighbors are mostly alike: `share` of it is a model's.
  ///
  /// - Parameters:
  ///   - share: How much of the time in turn with others an operator takes in a model, from 0 to 1.
  ///   - system: Whose costs of a kernel are taken off.
  /// - Returns: The numbers of a framework; none where dispatch.csv is missing.
  /// - Throws: ``CSVFault`` at what is wrong.
  package func dispatchNumbers(share: Double, on system: System) throws(CSVFault) -> [MeasuredNumber] {
    let operators = try operators()
    guard let view = Sample(operators.filter { $0.kind == .view }.map(\.inTurn)) else { return [] }
    // Argument parsing and wrapping are half of an operator that does nothing else.
    let python = view.median * share / 2
    var numbers = [
      MeasuredNumber(
        path: "framework.python_us", value: python, spread: view.spread, component: .interpreter,
        method: "half of the views, in turn with others")
    ]
    let launch = try launchNumbers().first { $0.path == "accelerator.launch.call_us" }?.value ?? 0
    let perKernel =
      system.accelerator == nil ? 0 : launch + system.framework.kernelUS / system.host.speed(at: .native)
    for kind in OperatorKind.allCases {
      let own = operators.filter { $0.kind == kind }
      let net = own.map { max(0.05 * $0.inTurn, $0.inTurn * share - python - $0.kernels * perKernel) }
      guard let sample = Sample(net) else { continue }
      let scatter = Sample(own.map { ($0.inTurn - $0.least) / $0.inTurn })?.median ?? 0
      numbers.append(
        MeasuredNumber(
          path: "framework.dispatch_us.\(kind.rawValue)", value: sample.median,
          spread: max(sample.spread ?? 0, scatter),
          component: .native, method: "\(own.count) operators in turn with others, less Python and launches"))
    }
    let repeated = operators.compactMap { one in one.inLoop.map { min(1, $0 / (one.inTurn * share)) } }
    if let sample = Sample(repeated), sample.median > 0 {
      numbers.append(
        MeasuredNumber(
          path: "framework.repeated_fraction", value: sample.median, spread: sample.spread, component: nil,
          method: "\(repeated.count) operators in a loop, over those in turn with others"))
    }
    return try numbers + moduleNumbers()
  }

  private func dispatchRows() throws(CSVFault) -> [Row] {
    try rows("dispatch", columns: ["operator", "call", "guard", "neighbors", "host_us", "minimum_us", "note"]).filter {
      $0["guard"] == "inference_mode" && $0["neighbors"] == "0" && !$0["note"].contains("bound to")
    }
  }

  private func operators() throws(CSVFault) -> [Operator] {
    let rows = try dispatchRows()
    var loops: [String: Double] = [:]
    for row in rows where row["call"] == "operator" { loops[row["operator"]] = try row.number("host_us") }
    var kernels: [String: Double] = [:]
    for row in try self.rows("operator_kernels", columns: ["operator", "kernels"]) {
      kernels[row["operator"]] = try row.number("kernels")
    }
    var operators: [Operator] = []
    for row in rows where row["call"] == "in turn with others" {
      // Behind the name stands how it is called: `aten::linear with bias`.
      let name = String(row["operator"].prefix { $0 != " " })
      guard !Self.leftOut.contains(name), let time = try row.number("host_us"), time > 0 else { continue }
      let isPlainCopy = row["operator"].contains("without copy") || row["operator"].contains("the same type")
      guard let kind = isPlainCopy ? .view : OperatorRule.named(name)?.kind else { continue }
      operators.append(
        Operator(
          kind: row["operator"].contains("depthwise") ? .depthwiseConvolution : kind, inTurn: time,
          inLoop: loops[row["operator"]], least: try row.number("minimum_us") ?? time,
          kernels: kernels[row["operator"]] ?? 0))
    }
    return operators
  }

  /// What a call of one module around another takes.
  private func moduleNumbers() throws(CSVFault) -> [MeasuredNumber] {
    let modules = try dispatchRows().filter { $0["call"] == "module" }
    guard let plain = try modules.first(where: { $0["operator"] == "nn.Identity" })?.number("host_us") else {
      return []
    }
    var times: [Double] = []
    for row in modules where row["operator"].hasPrefix("nn.Identity within ") {
      let words = row["operator"].split(separator: " ")
      guard words.count == 4, let depth = Double(words[2]), depth >= 1, let time = try row.number("host_us") else {
        continue
      }
      times.append(max(0, time - plain) / depth)
    }
    guard let sample = Sample(times) else { return [] }
    return [
      MeasuredNumber(
        path: "framework.module_us", value: sample.median, spread: sample.spread, component: .interpreter,
        method: "nn.Identity within other modules, for each")
    ]
  }
}
