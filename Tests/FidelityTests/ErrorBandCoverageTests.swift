import Profiles
import Studies
import TestSupport
import Testing

/// The error bands are claims about measurements that nobody has looked at: here some are kept from them.
@Suite(
  "What error bands say of measurements left out", .tags(.fidelity),
  .enabled("needs ../shared/measurements/framework-tax, neusight, kernl-rtx3090 and fastertransformer") {
    [Published.frameworkTax, .processor, .neuSight, .kernl, .torchScript].allSatisfy(\.isPresent)
  })
struct ErrorBandCoverageTests {
  /// The share of measurements that a band of ``LatencyAnswer/coverage`` holds, and how many there are.
  private typealias Coverage = (share: Double, count: Int)

  /// Each source's predictions; only the paper's testbeds have a host speed that was fitted, to the rows of batch 2.
  private static let sources = Result { try predictions() }

  private static func predictions() throws -> [(name: String, predictions: [Validation.Prediction])] {
    let models = try ShippedModels()
    let fitted = try FrameworkTaxTests.predictions.get()
    let others: [(name: String, rows: [Measurement])] = [
      ("processor", try OtherMeasurements.processor()), ("language models", try OtherMeasurements.languageModels()),
      (
        "RTX 3090",
        try OtherMeasurements.graphs().map { row in
          var row = row
          row.host = "reference"
          return row
        }
      ), ("TorchScript", try OtherMeasurements.torchScript()), ("timm", try OtherMeasurements.strangers()),
      ("own H100", try OtherMeasurements.own()),
    ]
    return try [("paper", fitted.filter { $0.measurement.role != .anchor })]
      + others.map { ($0.name, try Validation($0.rows, from: models, fitsHost: false).predictions) }
  }

  private func coverage(_ band: ErrorBand, _ predictions: [Validation.Prediction]) -> Coverage {
    let errors = predictions.compactMap { prediction in prediction.logarithmicError.map { ($0, prediction.regime) } }
    let inside = errors.count { band.logarithms(LatencyAnswer.coverage, $0.1).contains($0.0) }
    return (Double(inside) / Double(max(1, errors.count)), errors.count)
  }

  /// The band of all but those of a name, held to those; for each name.
  private func leftOut(
    _ all: [Validation.Prediction], by name: (Validation.Prediction) -> String
  ) throws -> [(name: String, coverage: Coverage)] {
    try Dictionary(grouping: all, by: name).sorted { $0.key < $1.key }.map { key, own in
      let band = try #require(ErrorBand(all.filter { name($0) != key }, from: "a test"))
      return (key, coverage(band, own))
    }
  }

  /// Of the rows left out in turn, all together, 80 to 97 % lie in the band.
  private func expectCovered(_ parts: [(name: String, coverage: Coverage)], _ title: String) {
    let rows = parts.reduce(0) { $0 + $1.coverage.count }
    let inside = parts.reduce(0) { $0 + $1.coverage.share * Double($1.coverage.count) } / Double(rows)
    let shares = parts.map { "\($0.name) \(($0.coverage.share * 100).rounded()) %" }.joined(separator: ", ")
    print("coverage, \(title): \(inside) of \(rows) rows; \(shares)")
    #expect((0.80...0.97).contains(inside), "\(title): \(inside)")
  }

  @Test("A GPU, a model, a system, a source or a random part that is left out: 80 to 97 % lie in the 90 % band")
  func leaveOut() throws {
    let sources = try Self.sources.get()
    let all = sources.flatMap(\.predictions)
    #expect(all.count > 1_900)
    expectCovered(try leftOut(all) { $0.measurement.accelerator }, "accelerators")
    expectCovered(try leftOut(all) { $0.measurement.workload }, "workloads")
    expectCovered(try leftOut(all) { $0.measurement.accelerator + " " + $0.measurement.framework }, "systems")
    // Rows by a hash that is the same on every run.
    expectCovered(try leftOut(all) { "part \(($0.measurement.row &* 2_654_435_761) >> 7 & 3)" }, "random parts")
    // Of sources each counts alike: the paper alone has four rows of five.
    let bySource = try sources.map { source in
      let rest = sources.filter { $0.name != source.name }.flatMap(\.predictions)
      let band = try #require(ErrorBand(rest, from: "a test"))
      return (name: source.name, coverage: coverage(band, source.predictions))
    }
    let mean = bySource.reduce(0) { $0 + $1.coverage.share } / Double(bySource.count)
    print("coverage, sources: \(mean) in the mean; \(bySource.map { "\($0.name) \($0.coverage.share)" })")
    #expect((0.80...0.97).contains(mean), "\(bySource)")
  }

  @Test("The shipped band is of these measurements: it holds 80 to 97 % of each regime")
  func shipped() throws {
    let band = try #require(try ShippedModels().profiles.errorBand(named: "calibrated"))
    #expect(band.nearKnee != nil)
    let all = try Self.sources.get().flatMap(\.predictions)
    for regime in LatencyRegime.allCases {
      let found = coverage(band, all.filter { $0.regime == regime })
      print("coverage, shipped, \(regime.rawValue): \(found)")
      #expect(found.count > 100 && (0.80...0.97).contains(found.share), "\(regime.rawValue): \(found)")
    }
  }
}
