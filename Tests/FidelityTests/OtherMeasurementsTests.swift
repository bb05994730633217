import JSONText
import Profiles
import Studies
import TestSupport
import Testing

/// Measurements by other people, and of processors: what the issue of fidelity promises of each.
@Suite("Other people's measurements", .tags(.fidelity))
struct OtherMeasurementsTests {
  private func errors(_ rows: [Measurement], fitsHost: Bool) throws -> [(Measurement, Double)] {
    try Validation(rows, from: try ShippedModels(), fitsHost: fitsHost).predictions.compactMap { prediction in
      prediction.error.map { (prediction.measurement, $0) }
    }
  }

  private func summary(_ errors: [(Measurement, Double)], _ title: String) throws -> ErrorSummary {
    let summary = try #require(ErrorSummary(errors.map(\.1)))
    print("\(title): median \(summary.median), mean \(summary.mean), \(summary.count) rows")
    return summary
  }

  @Test(
    "One thread of a Xeon: the median error is at most 12 %",
    .enabled("needs ../shared/measurements/framework-tax") { Published.processor.isPresent })
  func processor() throws {
    let table = try Published.processor.table()
    let result = try summary(errors(Measurement.read(table), fitsHost: false), "processor")
    #expect(result.count == 252 && result.median <= 0.12)
  }

  @Test(
    "NeuSight's language models: the mean error is at most 8 %, none over 20 %, and nothing is fitted",
    .enabled("needs ../shared/measurements/neusight") { Published.neuSight.isPresent })
  func languageModels() throws {
    let rows = try OtherMeasurements.languageModels()
    let errors = try errors(rows, fitsHost: false)
    let result = try summary(errors, "language models")
    #expect(result.count == 21 && result.mean <= 0.08)
    for (row, error) in errors { #expect(abs(error) <= 0.2, "\(row.workload) on \(row.accelerator): \(error)") }
  }

  @Test("Fourteen models on a GPU that nothing was fitted to: median at most 8 %, mean at most 11.5 %")
  func strangers() throws {
    let result = try summary(errors(OtherMeasurements.strangers(), fitsHost: false), "timm on an RTX 3090")
    #expect(result.count == 15 && result.median <= 0.08 && result.mean <= 0.115)
  }

  @Test(
    "The paper's first figure: six models each within 20 %",
    .enabled("needs ../shared/facts/paper") { Published.firstFigure.isPresent })
  func firstFigure() throws {
    let models = [
      "BERT-Base": "bert-base-uncased", "DistilBERT": "distilbert-base-uncased", "Albert": "albert-base-v2",
      "Funnel Transformer": "funnel-transformer-small", "MobileBERT": "mobilebert-uncased",
      "SqueezeBERT": "squeezebert-uncased",
    ]
    let rows = try OtherMeasurements.rows(Published.firstFigure, latency: "latency_s_exact_from_authors_csv", scale: 1)
    {
      row in
      models[row["model"] ?? ""].map {
        .of("figure 1", "nvidia-rtx-2080-ti", "pytorch-eager", .fp32, $0, ["batch": "1", "sequence_length": "128"])
      }
    }
    let errors = try errors(rows, fitsHost: true)
    #expect(try summary(errors, "first figure").count == 6)
    for (row, error) in errors { #expect(abs(error) <= 0.2, "\(row.workload): \(error)") }
  }

  @Test(
    "BERT on an RTX 3090, eager and CUDA graph: median at most 12 %, their ratio within 25 % at four points of five",
    .enabled("needs ../shared/measurements/kernl-rtx3090") { Published.kernl.isPresent })
  func graphs() throws {
    let rows = try OtherMeasurements.graphs()
    let predictions = try Validation(rows, from: try ShippedModels(), fitsHost: true).predictions
    let result = try #require(ErrorSummary(predictions.compactMap(\.error)))
    #expect(result.median <= 0.12)
    let points = Dictionary(grouping: predictions) { "\($0.measurement.parameters.sorted { $0.key < $1.key })" }
    let ratios = points.values.compactMap { point -> Double? in
      guard let eager = point.first(where: { $0.measurement.framework == "pytorch-eager" }),
        let graph = point.first(where: { $0.measurement.framework == "cuda-graph" }),
        let eagerLatency = eager.measurement.latency, let graphLatency = graph.measurement.latency
      else { return nil }
      return (eager.latency / graph.latency) / (eagerLatency / graphLatency)
    }
    let within = ratios.count { (0.75...1.25).contains($0) }
    print("RTX 3090: median \(result.median); ratio within a quarter at \(within) of \(ratios.count) points")
    #expect(ratios.count >= 5 && Double(within) >= 0.8 * Double(ratios.count))
  }
}
