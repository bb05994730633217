import JSONText
import Profiles
import Studies
import TestSupport
import Testing

/// A table of kernels as a model of others: one half of the shapes that aiconfigurator timed predicts the other half.
@Suite(
  "Kernels from a table of others", .tags(.fidelity),
  .enabled("needs ../shared/measurements/modern") {
    Published.products.isPresent && Published.attention.isPresent && Published.encoders.isPresent
  })
struct MeasuredModelTests {
  private static let columns = [
    "nvidia-a100-sxm4-80gb": "a100_sxm_us", "nvidia-h200": "h200_sxm_us", "nvidia-l40s": "l40s_us",
    "nvidia-b200": "b200_sxm_us",
  ]

  /// The rows of one accelerator, as `validate --kernels` reads them: the half of a table, and of the other half every third.
  private func halves(
    _ accelerator: String
  ) throws -> (table: [KernelMeasurement], others: [KernelMeasurement]) {
    let column = try #require(Self.columns[accelerator])
    let header = "accelerator,precision,operator,inputs,attributes,time_us"
    var (table, others) = ([header], [header])
    for file in [Published.products, .encoders, .attention] {
      let text = try file.table()
      let names = text.header.map(\.text)
      guard names.contains(column) else { continue }
      for fields in text.rows {
        let row = Dictionary(zip(names, fields.map(\.text))) { first, _ in first }
        guard let operation = Self.operation(row, file), let time = row[column], !time.isEmpty else { continue }
        let place = Self.hash(operation) % 6
        let line = "\(accelerator),bf16,\(operation),\(time)"
        if place < 3 { table.append(line) } else if place == 3 { others.append(line) }
      }
    }
    return (try Self.read(table), try Self.read(others))
  }

  private static func read(_ lines: [String]) throws -> [KernelMeasurement] {
    try KernelMeasurement.read(CSVText(bytes: Array(lines.joined(separator: "\n").utf8), file: "kernels.csv"))
  }

  /// The columns `operator`, `inputs` and `attributes`.
  private static func operation(_ row: [String: String], _ file: Published) -> String? {
    if file == .products {
      guard let m = row["m"], let n = row["n"], let k = row["k"] else { return nil }
      return "aten::linear,\"[[\(m),\(k)],[\(n),\(k)]]\","
    }
    let isDecoder = file == .attention
    guard let batch = row["batch"], let length = row[isDecoder ? "length" : "sequence_length"],
      let heads = row["heads"], let keyHeads = row[isDecoder ? "kv_heads" : "heads"], let width = row["head_dim"]
    else { return nil }
    let isPrompt = row["kind"] == "context"
    let queries = isDecoder && !isPrompt ? "1" : length
    let cache = "[\(batch),\(keyHeads),\(length),\(width)]"
    let attributes = isDecoder ? "\"\"is_causal\"\":\(isPrompt ? 1 : 0),\"\"writes_cache\"\":1" : "\"\"is_causal\"\":0"
    return "aten::scaled_dot_product_attention,\"[[\(batch),\(heads),\(queries),\(width)],\(cache),\(cache)]\","
      + "\"{\(attributes)}\""
  }

  /// FNV-1a, whose lowest bits are mixed once more: the same on every machine, unlike a `Hasher`.
  private static func hash(_ text: String) -> UInt64 {
    let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325) { (hash: UInt64, byte) in
      (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    return hash ^ (hash >> 29)
  }

  @Test("Half of the shapes predict the other half: the median is at most 5 % on each device", arguments: columns.keys)
  func halves(accelerator: String) throws {
    let models = try ShippedModels()
    let profile = try #require(try models.accelerator(accelerator))
    let (table, others) = try halves(accelerator)
    let made = try MeasuredKernelModel("measured:half", table, of: [profile], from: models)
    let validation = try KernelValidation(others, from: models, kernelModel: made.model)
    let whole = try #require(validation.errorsByClass.first { $0.group.family == nil })
    #expect(table.count > 4000 && whole.errors.count > 1000)
    #expect(whole.errors.median <= 0.05)
    for (group, errors) in validation.errorsByClass where group.family != nil && group.size == nil {
      let median = NumberFormat.fixed(errors.median * 100, decimals: 2)
      print("\(accelerator), \(group.family?.rawValue ?? ""): median \(median) %, \(errors.count) rows")
      // An L40S's products scatter by 7 to 8 % from shape to shape above 256 rows: its clock has a history.
      let limit = group.family == .products && accelerator == "nvidia-l40s" ? 0.06 : 0.05
      #expect(errors.median <= limit)
    }
  }
}
