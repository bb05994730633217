import Profiles
import Studies
import TestSupport
import Testing

/// The paper's central figure: ResNet-50 and BERT on a Quadro RTX 8000 by batch, one host speed for each series.
@Suite(
  "The paper's figure", .tags(.fidelity),
  .enabled("needs ../shared/facts/paper") { Published.frameworks.isPresent })
struct PaperFigureTests {
  private let workloads = ["ResNet-50": "resnet50", "BERT": "bert-base-uncased"]
  private let frameworks = ["PyTorch": "pytorch-eager", "TorchScript": "torchscript"]

  /// The points by batch, eager and TorchScript.
  private func measurements() throws -> [Measurement] {
    let table = try Published.frameworks.table()
    func column(_ name: String) throws -> Int { try #require(table.column(name)) }
    let (panel, model, dtype) = (try column("panel"), try column("model"), try column("dtype"))
    let (framework, kind, x) = (try column("framework"), try column("x_kind"), try column("x"))
    let latency = try column("latency_s")
    return try table.rows.enumerated().compactMap { index, row in
      guard row[kind].text == "batch", let framework = frameworks[row[framework].text] else { return nil }
      let workload = try #require(workloads[row[model].text])
      return Measurement(
        testbed: row[panel].text + framework, accelerator: "nvidia-quadro-rtx-8000", host: nil, framework: framework,
        precision: try #require(Precision(rawValue: row[dtype].text)), workload: workload,
        parameters: ["batch": try #require(Int64(row[x].text))], latency: Double(row[latency].text),
        role: nil, row: index)
    }
  }

  @Test("Every point by batch lies within 25 % of the measurement")
  func everyPoint() throws {
    let measurements = try measurements()
    #expect(measurements.count == 64)
    let validation = try Validation(measurements, from: try ShippedModels(), fitsHost: true)
    for prediction in validation.predictions {
      let row = prediction.measurement
      let error = try #require(prediction.error)
      let name = "\(row.workload) \(row.framework) \(row.precision) batch \(row.parameters["batch"] ?? 0)"
      print("\(name): \(Int((100 * error).rounded())) %")
      #expect(abs(error) <= 0.25, "\(name)")
    }
  }

  @Test("Latency is flat up to the knee, and then grows with the batch")
  func shape() throws {
    let measurements = try measurements()
    let fp16 = measurements.filter { $0.precision == .fp16 && $0.framework == "pytorch-eager" }
    let predictions = try Validation(fp16, from: try ShippedModels(), fitsHost: true).predictions
    for workload in workloads.values {
      let latency = Dictionary(
        uniqueKeysWithValues: predictions.filter { $0.measurement.workload == workload }
          .map { ($0.measurement.parameters["batch"] ?? 0, $0.latency) })
      let floor = try #require(latency[2])
      for batch in [4, 8] { #expect(abs(try #require(latency[Int64(batch)]) / floor - 1) < 0.05, "\(workload)") }
      let doubled = try #require(latency[128]) / (try #require(latency[64]))
      #expect((1.8...2.2).contains(doubled), "\(workload)")
    }
  }
}
