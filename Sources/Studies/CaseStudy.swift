import JSONText
import Kernels
import Profiles
import Simulation
import Workloads

/// One of the case studies of "The Framework Tax" (Fernandez et al., EMNLP 2023): points that are measured, where the
/// paper has them, and simulated.
///
/// Every point is a row as `simulate validate` knows it, in one of a study's panels; rows without a measurement are
/// predictions on the host of their panel's measured rows, or on the reference host where a panel has none.
package struct CaseStudy: Sendable {
  /// Which study.
  package enum Subject: String, Sendable, CaseIterable {
    /// Multiplications do not predict latency; depth costs more than width; half precision does not pay at small batches.
    case modelDesign = "model-design"
    /// Eager, TorchScript, ONNX Runtime and CUDA graphs by batch.
    case frameworks
    /// The knee and the tax from one generation of accelerators to the next.
    case platforms
  }

  /// A point, and where it belongs.
  package struct Point: Sendable {
    /// The part of the study.
    package let panel: String
    /// What was measured and what is predicted.
    package let prediction: Validation.Prediction
    /// Multiply-adds of a pass.
    package let multiplyAdds: Double
    /// Measured kernel time, seconds, where a profiler told it.
    package let measuredBusy: Double?
  }

  /// Which study.
  package let subject: Subject
  /// Its points, panel by panel.
  package let points: [Point]
  private let knees: [(workload: String, accelerator: String, knee: Knee)]

  /// Runs a study.
  ///
  /// - Parameters:
  ///   - subject: Which.
  ///   - reference: The paper's measurements: a table of `simulate validate` with the columns `study` and
  ///     `device_busy_ms`.
  ///   - measurements: Further measurements, which the platforms study shows beside the paper's.
  ///   - source: Where names are found.
  /// - Throws: `CSVFault` for a table that is wrong, what the source throws, binding or a `SimulationFault`.
  package init(
    _ subject: Subject, reference: CSVText, measurements: [Measurement] = [], from source: some ModelSource
  ) throws {
    self.subject = subject
    let rows = try Self.reference(reference)
    var panels: [(panel: String, rows: [ReferenceRow])]
    switch subject {
    case .modelDesign: panels = Self.modelDesign(rows)
    case .frameworks: panels = Self.frameworks(rows)
    case .platforms: panels = Self.platforms(rows, measurements)
    }
    panels.removeAll { $0.rows.isEmpty }
    let all = panels.flatMap(\.rows)
    let predictions = try Validation(all.map(\.measurement), from: source, fitsHost: true).predictions
    let flops = try Self.multiplyAdds(all.map(\.measurement), source)
    let names = panels.flatMap { panel in panel.rows.map { _ in panel.panel } }
    knees = try Self.knees(all.map(\.measurement).filter { $0.testbed == Self.oneHost }, source)
    points = predictions.indices.map { index in
      Point(
        panel: names[index], prediction: predictions[index], multiplyAdds: flops[index],
        measuredBusy: all[index].busy)
    }
  }

  /// The panels, in order.
  package var panels: [(name: String, points: [Point])] {
    var panels: [(name: String, points: [Point])] = []
    for point in points {
      if panels.last?.name != point.panel { panels.append((point.panel, [])) }
      panels[panels.count - 1].points.append(point)
    }
    return panels
  }

  /// A row of the paper's table.
  private struct ReferenceRow {
    var study = ""
    var measurement: Measurement
    var busy: Double?
  }

  private static func reference(_ table: CSVText) throws(CSVFault) -> [ReferenceRow] {
    let measurements = try Measurement.read(table)
    let (study, busy) = (table.column("study"), table.column("device_busy_ms"))
    return measurements.map { measurement in
      let row = table.rows[measurement.row]
      return ReferenceRow(
        study: study.map { row[$0].text } ?? "", measurement: measurement,
        busy: busy.flatMap { Double(row[$0].text) }.flatMap { $0.isFinite && $0 >= 0 ? $0 / 1e3 : nil })
    }
  }

  /// A row that is only predicted, on the host of another row's testbed.
  private static func predicted(like row: Measurement, _ change: (inout Measurement) -> Void) -> ReferenceRow {
    var copy = row
    copy.latency = nil
    copy.role = .test
    change(&copy)
    return ReferenceRow(measurement: copy)
  }

  /// The knee of a row that is only predicted, of all batches and not of the study's alone; nil for measured ones.
  package func knee(of row: Measurement) -> Knee? {
    knees.first { $0.workload == row.workload && $0.accelerator == row.accelerator }?.knee
  }

  private static func knees(
    _ rows: [Measurement], _ source: some ModelSource
  ) throws -> [(workload: String, accelerator: String, knee: Knee)] {
    let first = rows.filter { $0.parameters["batch"] == 1 }
    let prepared = try prepare(first, from: source)
    let workloads = try first.map { try source.workload($0.workload) }
    let preparation = Preparation()
    return try parallelMap(Array(zip(prepared, workloads))) { row, workload in
      let knee = try Knee.find(workload, parameters: [:], with: preparation) { bound in
        var scenario = row.scenario
        scenario.workload = bound
        return scenario
      }
      return (row.measurement.workload, row.measurement.accelerator, knee)
    }
  }

  private static func multiplyAdds(_ rows: [Measurement], _ source: some ModelSource) throws -> [Double] {
    // Of single precision on any device: no formats, layouts or fusion.
    let prepared = try prepare(rows, from: source)
    return parallelMap(prepared) { row in
      var scenario = row.scenario
      scenario.precision = .fp32
      scenario.system.framework.fusion = []
      scenario.system.framework.fusionByArchitecture = []
      return scenario.plan().lowered.flops / 2
    }
  }
}

// MARK: - What each study asks

extension CaseStudy {
  /// Depth against width at one number of weights: layers and width.
  private static let encoderShapes: [(layers: Int64, width: Int64)] = [(3, 1536), (12, 768), (27, 512), (48, 384)]

  private static func modelDesign(_ rows: [ReferenceRow]) -> [(panel: String, rows: [ReferenceRow])] {
    let models = rows.filter { $0.study == Subject.modelDesign.rawValue }
    var shapes: [ReferenceRow] = []
    var networks: [ReferenceRow] = []
    if let like = models.first?.measurement {
      for batch: Int64 in [1, 32] {
        for shape in encoderShapes {
          shapes.append(
            predicted(like: like) { row in
              row.workload = "transformer-encoder"
              row.parameters = [
                "batch": batch, "sequence_length": 128, "layers": shape.layers, "width": shape.width,
              ]
            })
        }
        for name in ["resnet152", "wide-resnet50-2"] {
          networks.append(
            predicted(like: like) { row in
              row.workload = name
              row.parameters = ["batch": batch]
            })
        }
      }
    }
    let precision = rows.filter {
      $0.study == Subject.frameworks.rawValue && $0.measurement.framework == "pytorch-eager"
    }
    return [
      ("multiply-adds and latency", models), ("depth and width, transformers", shapes),
      ("depth and width, convolutions", networks), ("precision", precision),
    ]
  }

  private static func frameworks(_ rows: [ReferenceRow]) -> [(panel: String, rows: [ReferenceRow])] {
    let measured = rows.filter { $0.study == Subject.frameworks.rawValue }
    var panels: [(panel: String, rows: [ReferenceRow])] = []
    for row in measured {
      let panel = "\(row.measurement.workload), \(row.measurement.precision.rawValue)"
      if let index = panels.firstIndex(where: { $0.panel == panel }) {
        panels[index].rows.append(row)
      } else {
        panels.append((panel, [row]))
      }
    }
    return panels.map { panel in
      let graphs = panel.rows.filter { $0.measurement.framework == "pytorch-eager" }.map { row in
        predicted(like: row.measurement) { $0.framework = "cuda-graph" }
      }
      return (panel.panel, panel.rows + graphs)
    }
  }

  /// The testbed that feeds all generations from one host; nothing was measured on it.
  private static let oneHost = "one host"

  /// The paper's four, and the flagships since.
  private static let generations = [
    "nvidia-titan-x-pascal", "nvidia-v100-sxm2-16gb", "nvidia-rtx-2080-ti", "nvidia-quadro-rtx-8000",
    "nvidia-a100-sxm4-40gb", "nvidia-h100-sxm", "nvidia-b200",
  ]

  private static func platforms(
    _ rows: [ReferenceRow], _ measurements: [Measurement]
  ) -> [(panel: String, rows: [ReferenceRow])] {
    let batches = (0...7).map { Int64(1) << $0 }
    var panels: [(panel: String, rows: [ReferenceRow])] = []
    for workload in ["bert-base-uncased", "resnet50"] {
      let points = generations.flatMap { accelerator in
        batches.map { batch in
          ReferenceRow(
            measurement: Measurement(
              testbed: oneHost, accelerator: accelerator, host: nil, framework: "pytorch-eager", precision: .fp16,
              workload: workload, parameters: ["batch": batch], latency: nil, role: nil, row: 0))
        }
      }
      panels.append(("\(workload), fp16, one host", points))
    }
    let series =
      rows.filter { $0.study == Subject.frameworks.rawValue && $0.measurement.framework == "pytorch-eager" }
      + measurements.map { ReferenceRow(measurement: $0) }
    return panels + [
      ("where latencies rise", series), ("kernel time", rows.filter { $0.study == Subject.platforms.rawValue }),
    ]
  }
}
