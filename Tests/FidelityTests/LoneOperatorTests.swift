import JSONText
import Profiles
import Studies
import TestSupport
import Testing

/// Kernels of today's devices, each timed alone by aiconfigurator.
@Suite(
  "Operators timed alone", .tags(.fidelity),
  .enabled("needs ../shared/measurements/modern") { Published.products.isPresent })
struct LoneOperatorTests {
  /// Every seventh product of at least 512 columns and terms, as `validate --kernels` reads it.
  private func products() throws -> [KernelMeasurement] {
    let accelerators = [
      "a100_sxm_us": "nvidia-a100-sxm4-80gb", "h200_sxm_us": "nvidia-h200", "l40s_us": "nvidia-l40s",
      "b200_sxm_us": "nvidia-b200",
    ]
    let table = try Published.products.table()
    let names = table.header.map(\.text)
    var lines = ["accelerator,precision,operator,inputs,time_us"]
    for index in stride(from: 0, to: table.rows.count, by: 7) {
      let row = Dictionary(uniqueKeysWithValues: zip(names, table.rows[index].fields.map(\.text)))
      guard let m = row["m"], let n = row["n"], let k = row["k"], (Int(n) ?? 0) >= 512, (Int(k) ?? 0) >= 512 else {
        continue
      }
      for (column, accelerator) in accelerators.sorted(by: { $0.key < $1.key }) {
        lines.append("\(accelerator),bf16,aten::linear,\"[[\(m),\(k)],[\(n),\(k)]]\",\(row[column] ?? "")")
      }
    }
    return try KernelMeasurement.read(CSVText(bytes: Array(lines.joined(separator: "\n").utf8), file: "products.csv"))
  }

  @Test("Products in bf16: the median error is at most 6 % on A100, H200 and B200, 8.5 % on L40S")
  func errors() throws {
    let validation = try KernelValidation(products(), from: try ShippedModels())
    let limits = ["nvidia-a100-sxm4-80gb": 0.06, "nvidia-l40s": 0.085, "nvidia-h200": 0.06, "nvidia-b200": 0.06]
    let groups = validation.errorsByClass.filter { $0.group.family == .products && $0.group.size == nil }
    for (accelerator, limit) in limits {
      let errors = try #require(groups.first { $0.group.accelerator == accelerator }?.errors)
      print("\(accelerator): median \(errors.median), mean \(errors.mean), \(errors.count) rows")
      #expect(errors.count > 800 && errors.median <= limit)
    }
  }
}
