import Studies
import Testing

/// The 1,814 latencies of the paper's authors: one host speed per testbed, from its batch-2 rows only.
@Suite("The paper's measurements")
struct FrameworkTaxTests {
  private func predictions() throws -> [Validation.Prediction]? {
    guard let table = try Published.table("measurements/framework-tax/latency.csv") else { return nil }
    let rows = try Measurement.read(table).map { row in
      var row = row
      row.role = row.parameters["batch"] == 2 ? .anchor : .test
      return row
    }
    return try Validation(rows, from: try ShippedModels(), fitsHost: true).predictions
  }

  @Test("The median error is at most 5 %, the mean at most 7 %, and the knee is exact in three series of four")
  func errors() throws {
    guard let predictions = try predictions() else { return }
    let summary = try #require(ErrorSummary(predictions.compactMap(\.error)))
    let knees = RiseComparison.compare(predictions)
    let exact = Double(knees.filter { $0.measured == $0.predicted }.count) / Double(knees.count)
    print("median \(summary.median), mean \(summary.mean), bias \(summary.bias), knees exact \(exact)")
    #expect(summary.count == 1_814)
    #expect(summary.median <= 0.05)
    #expect(summary.mean <= 0.07)
    #expect(abs(summary.bias) <= 0.02)
    #expect(exact >= 0.75)
  }
}
