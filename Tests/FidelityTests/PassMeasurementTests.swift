import JSONText
import Kernels
import Profiles
import Studies
import TestSupport
import Testing
import Workloads

/// Our own H100's passes over memory, and products that do not align, as `benchmarks/measurements/h100-own` has them.
///
/// The constants of a pass were fitted to its normalizations, softmax, sums and look-ups.
@Suite("Our own measurements of kernels", .tags(.fidelity)) struct PassMeasurementTests {
  private static let limits: [(sort: String, limit: Double)] = [
    ("aten::layer_norm", 0.15), ("aten::rms_norm", 0.16), ("aten::softmax", 0.17), ("aten::sum", 0.17),
    ("aten::embedding", 0.15), ("aten::contiguous", 0.15), ("aten::copy_", 0.17), ("aten::add", 0.12),
    ("products of pairs", 0.25), ("products of odd rows", 0.25), ("aten::linear", 0.09),
  ]

  @Test func `medians by operator`() throws {
    let file = packageRoot + "/benchmarks/measurements/h100-own/kernels.csv"
    let table = try CSVText(bytes: try readFileBytes(file), file: file)
    let validation = try KernelValidation(try KernelMeasurement.read(table), from: try ShippedModels())
    var errors: [String: [Double]] = [:]
    for prediction in validation.predictions {
      guard let error = prediction.error, error > -1 else { continue }
      errors[Self.sort(of: prediction.measurement), default: []].append(abs(error))
    }
    for (sort, limit) in Self.limits {
      let sizes = (errors[sort] ?? []).sorted()
      let median = try #require(sizes.isEmpty ? nil : sizes[sizes.count / 2])
      #expect(median <= limit, "\(sort), \(sizes.count) rows")
    }
  }

  private static func sort(of row: KernelMeasurement) -> String {
    let operation = row.operation
    guard operation.name == "aten::linear", row.precision != .fp32 else { return operation.name }
    let sides = operation.inputs[1].dimensions
    if sides.contains(where: { $0 % 2 != 0 }) { return "products of odd rows" }
    return sides.contains { $0 % 8 != 0 } ? "products of pairs" : operation.name
  }
}
