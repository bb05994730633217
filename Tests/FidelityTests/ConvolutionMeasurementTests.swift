import JSONText
import Profiles
import Studies
import TestSupport
import Testing
import Workloads

/// Vision models and engines by other people; nothing is fitted to any of it but constants of the devices.
@Suite("Other people's convolutions and engines", .tags(.fidelity)) struct ConvolutionMeasurementTests {
  /// The median of the sizes of the errors, printed.
  private func median(_ rows: [Measurement], _ title: String) throws -> Double {
    let predictions = try Validation(rows, from: try ShippedModels(), fitsHost: false).predictions
    return try median(of: predictions.compactMap(\.error), title)
  }

  private func median(of errors: [Double], _ title: String) throws -> Double {
    let summary = try #require(ErrorSummary(errors))
    print("\(title): median \(summary.median), mean \(summary.mean), \(summary.count) rows")
    return summary.median
  }

  /// Steps of timm's benchmark in half precision of the models that the catalog has; compiled or not, in one layout.
  private func timm(_ layout: TensorLayout, isCompiled: Bool) throws -> [Measurement] {
    var workloads: [String: String] = [:]
    let models = try Published.timmModels.table()
    for index in models.rows.indices where !models.text("workload", index).isEmpty {
      workloads[models.text("model", index) + models.text("image_size", index)] = models.text("workload", index)
    }
    let accelerators = ["3090": "nvidia-rtx-3090", "4090": "nvidia-rtx-4090"]
    return try OtherMeasurements.rows(Published.timm, latency: "step_ms") { row in
      let model = (row["model"] ?? "") + (row["image_size"] ?? "")
      guard let workload = workloads[model], let accelerator = accelerators[row["device"] ?? ""],
        (row["mode"] == "compiled") == isCompiled, TensorLayout(named: row["layout"] ?? "") == layout
      else { return nil }
      let eager = row["pytorch"]?.hasPrefix("1.") == true ? "pytorch-eager" : "pytorch-eager-2"
      var measurement = Measurement.of(
        "timm", accelerator, isCompiled ? "torch-compile" : eager, .fp16, workload,
        ["batch": row["batch"], "image_size": row["image_size"]])
      measurement.layout = layout
      return measurement
    }
  }

  @Test(
    "timm on RTX 3090 and 4090: eager 4 %, channels-last 7.5 %, compiled 8 %",
    .enabled("needs ../shared/measurements/modern") { Published.timm.isPresent })
  func images() throws {
    #expect(try median(timm(.channelsFirst, isCompiled: false), "timm, eager") <= 0.04)
    #expect(try median(timm(.channelsLast, isCompiled: false), "timm, eager, channels-last") <= 0.075)
    #expect(try median(timm(.channelsFirst, isCompiled: true), "timm, compiled") <= 0.08)
  }

  /// One query at a time: TensorRT in int8; entries over a server and with a clock held down are left out.
  private func singleStream(_ model: String, _ workload: String, length: String?) throws -> [Measurement] {
    let accelerators = [
      "NVIDIA A100-SXM-80GB": "nvidia-a100-sxm4-80gb", "NVIDIA A100-PCIe-80GB": "nvidia-a100-pcie-80gb",
      "NVIDIA A30": "nvidia-a30",
    ]
    return try OtherMeasurements.rows(Published.singleStream, latency: "mean_ms") { row in
      guard row["model"] == model, row["scenario"] == "SingleStream", let system = row["system"],
        !system.contains("Trito"), !system.contains("MaxQ"), let accelerator = accelerators[row["accelerator"] ?? ""]
      else { return nil }
      return .of(
        model, accelerator, "tensorrt", .int8, workload, ["batch": "1", "sequence_length": length])
    }
  }

  @Test(
    "MLPerf, one query at a time: ResNet-50 within 15 %, BERT-large within 5 %",
    .enabled("needs ../shared/measurements/modern") { Published.singleStream.isPresent })
  func queries() throws {
    #expect(try median(singleStream("resnet50", "resnet50", length: nil), "MLPerf, ResNet-50") <= 0.15)
    #expect(try median(singleStream("bert-99", "bert-large-uncased", length: "178"), "MLPerf, BERT-large") <= 0.05)
  }

  @Test(
    "TensorRT's BERT: 10 % in fp16, 14 % in int8",
    .enabled("needs ../shared/measurements/tensorrt-bert") { Published.tensorRT.isPresent })
  func engines() throws {
    let accelerators = ["A100": "nvidia-a100-sxm4-40gb", "V100": "nvidia-v100-sxm2-16gb", "T4": "nvidia-t4"]
    func rows(_ precision: Precision) throws -> [Measurement] {
      try OtherMeasurements.rows(Published.tensorRT, latency: "avg_latency_ms") { row in
        guard row["precision"]?.lowercased() == precision.rawValue, let accelerator = accelerators[row["gpu"] ?? ""],
          let model = row["model"]?.lowercased(), ["bert base", "bert large"].contains(model)
        else { return nil }
        return .of(
          accelerator, accelerator, "tensorrt", precision,
          model == "bert base" ? "bert-base-uncased" : "bert-large-uncased",
          ["batch": row["batch"], "sequence_length": row["seq_len"]])
      }
    }
    #expect(try median(rows(.fp16), "TensorRT, fp16") <= 0.1)
    #expect(try median(rows(.int8), "TensorRT, int8") <= 0.14)
  }

  /// DeepBench's kernels, as `validate --kernels` reads them.
  private func deepBench(_ operation: String, _ lines: [String]) throws -> [String: [Double]] {
    let text = (["accelerator,precision,operator,inputs,attributes,time_us"] + lines).joined(separator: "\n")
    let rows = try KernelMeasurement.read(CSVText(bytes: Array(text.utf8), file: "kernels.csv"))
    var errors: [String: [Double]] = [:]
    for prediction in try KernelValidation(rows, from: try ShippedModels()).predictions {
      let (accelerator, precision) = (prediction.measurement.accelerator, prediction.measurement.precision)
      if let error = prediction.error {
        errors["\(operation), \(accelerator), \(precision)", default: []].append(error)
      }
    }
    return errors
  }

  /// What a line begins with: the device and the format of a row.
  private func device(_ table: CSVText, _ index: Int) -> String {
    let accelerator = table.text("gpu", index) == "P100" ? "nvidia-p100-pcie-16gb" : "nvidia-v100-sxm2-16gb"
    return accelerator + (table.text("precision", index) == "FP32" ? ",fp32" : ",fp16")
  }

  @Test(
    "DeepBench on P100 and V100, in both precisions: products 9.5 %, convolutions 15 %",
    .enabled("needs ../shared/measurements/deepbench") { Published.deepBenchProducts.isPresent })
  func kernels() throws {
    let products = try Published.deepBenchProducts.table()
    let ofProducts = products.rows.indices.map { index in
      let (m, n, k) = (products.text("M", index), products.text("N", index), products.text("K", index))
      return "\(device(products, index)),aten::matmul,\"[[\(n),\(k)],[\(k),\(m)]]\",,\(products.text("time_us", index))"
    }
    for (group, errors) in try deepBench("products", ofProducts).sorted(by: { $0.key < $1.key }) {
      #expect(try median(of: errors, group) <= 0.095, "\(group)")
    }
    let table = try Published.deepBenchConvolutions.table()
    let ofConvolutions = table.rows.indices.map { index -> String in
      func text(_ column: String) -> String { table.text(column, index) }
      let settings = Dictionary(
        text("pad_stride").split(separator: ";").map { $0.split(separator: "=") }.map {
          (String($0[0]), String($0[1]))
        },
        uniquingKeysWith: { first, _ in first })
      func pair(_ first: String, _ second: String) -> String { "[\(settings[first] ?? ""),\(settings[second] ?? "")]" }
      let attributes =
        "{\"\"stride\"\":\(pair("VERTICAL STRIDE", "HORIZONTAL STRIDE")),\"\"padding\"\":\(pair("PAD_H", "PAD_W"))}"
      let input = ["N", "C", "H", "W"].map(text).joined(separator: ",")
      let weights = ["K", "C", "R", "S"].map(text).joined(separator: ",")
      return
        "\(device(table, index)),aten::convolution,\"[[\(input)],[\(weights)]]\",\"\(attributes)\",\(text("fwd_time_us"))"
    }
    for (group, errors) in try deepBench("convolutions", ofConvolutions).sorted(by: { $0.key < $1.key }) {
      #expect(try median(of: errors, group) <= 0.15, "\(group)")
    }
  }
}

extension CSVText {
  /// A field; empty where there is no such column.
  fileprivate func text(_ column: String, _ row: Int) -> String { self.column(column).map { rows[row].text($0) } ?? "" }
}
