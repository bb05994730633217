import Studies
import TestSupport
import Testing

/// The 1,814 latencies of the paper's authors: one host speed per testbed, from its batch-2 rows only.
@Suite(
  "The paper's measurements", .tags(.fidelity),
  .enabled("needs ../shared/measurements/framework-tax") { Published.frameworkTax.isPresent })
struct FrameworkTaxTests {
  /// Asked for by what looks at error bands as well, and made once.
  static let predictions = Result {
    let rows = try Measurement.read(try Published.frameworkTax.table()).map { row in
      var row = row
      row.role = row.parameters["batch"] == 2 ? .anchor : .test
      return row
    }
    return try Validation(rows, from: try ShippedModels(), fitsHost: true).predictions
  }

  @Test("The median error is at most 5 %, the mean at most 7 %, and the knee is exact in three series of four")
  func errors() throws {
    let predictions = try Self.predictions.get()
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
