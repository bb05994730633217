import JSONText
import Profiles
import Studies
import TestSupport
import Workloads

/// Measurements by other people and our own, as rows that can be predicted.
enum OtherMeasurements {
  /// The rows of a file that a closure can place, with their latencies in milliseconds.
  static func rows(
    _ file: Published, latency column: String, scale: Double = 1e-3, _ place: ([String: String]) -> Measurement?
  ) throws -> [Measurement] {
    let table = try file.table()
    let names = table.header.map(\.text)
    return table.rows.enumerated().compactMap { index, fields in
      let row = Dictionary(zip(names, fields.map(\.text))) { first, _ in first }
      guard var measurement = place(row), let latency = Double(row[column] ?? "") else { return nil }
      measurement.latency = latency * scale
      return measurement
    }
  }

  /// NeuSight's language models.
  static func languageModels() throws -> [Measurement] {
    let models = [
      "bert_large": "bert-large-uncased", "gpt2_large": "gpt2-large", "gpt3_27": "gpt3-2.7b", "gpt3_xl": "gpt3-xl",
      "opt_13": "opt-1.3b",
    ]
    let accelerators = [
      "Tesla P100-PCIE-16GB": "nvidia-p100-pcie-16gb", "Tesla P4": "nvidia-p4", "Tesla T4": "nvidia-t4",
      "Tesla V100-PCIE-32GB": "nvidia-v100-pcie-16gb",
    ]
    return try rows(Published.neuSight, latency: "e2e_latency_ms") { row in
      guard let workload = models[row["model"] ?? ""], let accelerator = accelerators[row["gpu"] ?? ""] else {
        return nil
      }
      return .of(
        row["gpu"] ?? "", accelerator, "pytorch-eager", .fp32, workload,
        ["batch": row["batch"], "sequence_length": row["seq_len"]])
    }
  }

  /// BERT-base on an RTX 3090, eager and as a graph.
  static func graphs() throws -> [Measurement] {
    let frameworks = ["Baseline": "pytorch-eager", "Cuda graphs": "cuda-graph"]
    return try rows(Published.kernl, latency: "latency_ms") { row in
      frameworks[row["engine_label_in_source"] ?? ""].map {
        .of(
          "RTX 3090", "nvidia-rtx-3090", $0, .fp16, "bert-base-uncased",
          ["batch": row["batch"], "sequence_length": row["seq_len"]])
      }
    }
  }

  /// BERT-base in TorchScript, from FasterTransformer's guide, which says whose machines they were.
  static func torchScript() throws -> [Measurement] {
    let machines = [
      "T4": ("nvidia-t4", "intel-xeon-e5-2670"), "V100": ("nvidia-v100-pcie-16gb", "intel-xeon-e5-2698-v4"),
    ]
    return try rows(Published.torchScript, latency: "latency_ms") { row in
      guard row["model"] == "bert", row["host_framework"] == "PyTorch", row["engine"] == "TorchScript",
        let (accelerator, host) = machines[row["gpu"] ?? ""], let precision = row["precision"]?.lowercased()
      else { return nil }
      var measurement = Measurement.of(
        "FasterTransformer, \(accelerator)", accelerator, "torchscript", precision == "fp16" ? .fp16 : .fp32,
        "bert-base-uncased", ["batch": row["batch"], "sequence_length": row["seq_len"]])
      measurement.host = host
      return measurement
    }
  }

  /// Fourteen models on an RTX 3090.
  static func strangers() throws -> [Measurement] {
    let path = packageRoot + "/benchmarks/measurements/timm-rtx3090.csv"
    return try Measurement.read(CSVText(bytes: readFileBytes(path), file: path))
  }

  /// One thread of a Xeon.
  static func processor() throws -> [Measurement] { try Measurement.read(Published.processor.table()) }

  /// Our own passes on an H100.
  static func own() throws -> [Measurement] {
    let models = try ShippedModels()
    let passes = try ownFolder().passes(host: "intel-xeon-platinum-8570") { name in
      (try? models.workload(name))?.parameters.map(\.name)
    }
    return passes.rows.map(\.measurement)
  }

  /// The folder of our own measurement.
  static func ownFolder() throws -> MeasuredFolder {
    let path = packageRoot + "/benchmarks/measurements/h100-own"
    var tables: [String: CSVText] = [:]
    for name in MeasuredFolder.names {
      tables[name] = try CSVText(bytes: readFileBytes("\(path)/\(name).csv"), file: "\(name).csv")
    }
    return MeasuredFolder(path: path, tables: tables)
  }
}

extension Measurement {
  static func of(
    _ testbed: String, _ accelerator: String, _ framework: String, _ precision: Precision, _ workload: String,
    _ parameters: [String: String?]
  ) -> Measurement {
    Measurement(
      testbed: testbed, accelerator: accelerator, host: nil, framework: framework, precision: precision,
      workload: workload, parameters: parameters.compactMapValues { $0.flatMap { Int64($0) } }, latency: nil, role: nil,
      row: 0)
  }
}
