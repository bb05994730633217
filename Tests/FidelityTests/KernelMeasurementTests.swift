import JSONText
import Kernels
import Profiles
import Studies
import TestSupport
import Testing
import Workloads

/// Single kernels that others timed on the devices of today: medians of the sizes of the errors, by device.
///
/// Six copies of the weights were taken in turn, in a graph: the gap between its kernels is in every time.
@Suite("Other people's measurements of kernels", .tags(.fidelity)) struct KernelMeasurementTests {
  /// A device and the column of its times.
  private static let devices = [
    ("nvidia-a100-sxm4-80gb", "a100_sxm_us"), ("nvidia-h200", "h200_sxm_us"), ("nvidia-l40s", "l40s_us"),
    ("nvidia-b200", "b200_sxm_us"),
  ]

  /// One device's model, as a benchmark sees it.
  private struct Bench {
    let lowering: Lowering
    let model: CalibratedModel
    let gap: Double

    init(_ accelerator: String, _ precision: Precision) throws {
      let models = try ShippedModels()
      let profile = try #require(try models.accelerator(accelerator))
      let system = System(
        accelerator: profile, host: try models.host("reference"), framework: try models.framework("pytorch-eager"))
      lowering = Lowering(target: LoweringTarget(system: system, precision: precision))
      model = CalibratedModel(accelerator: profile)
      gap = profile.launch.graphKernelGapUS
    }

    /// Microseconds of traffic of which the last-level cache may hold a part, as a product without arithmetic has it.
    func traffic(_ bytes: Double, reuse: Double) -> Double {
      var kernel = Kernel(
        name: "", .matrixMultiply, .matrix(MatrixShape(m: 0, n: 0, k: 0)), flops: 0, bytesRead: bytes, bytesWritten: 0,
        arithmetic: .bf16)
      kernel.weightBytes = bytes
      kernel.weightReuseBytes = reuse
      return model.time(of: kernel).memory * 1e6
    }

    /// Microseconds of an operator.
    func time(_ operation: Operator, resultBytes: Double? = nil) -> Double {
      lowering.lower(operation).kernels.reduce(gap) { sum, kernel in
        var kernel = kernel
        kernel.weightReuseBytes = 6 * kernel.weightBytes
        if let resultBytes { kernel.bytesWritten = resultBytes }
        return sum + model.time(of: kernel).seconds * 1e6
      }
    }
  }

  /// The errors of the rows of a file by one device, with a class for each row: nil leaves a row out.
  private func errors(
    _ file: Published, _ column: String, _ place: ([String: Double], String) -> (group: String, predicted: Double)?
  ) throws -> [String: [Double]] {
    let table = try file.table()
    let names = table.header.map(\.text)
    guard let measured = names.firstIndex(of: column) else { return [:] }
    let kind = names.firstIndex(of: "kind")
    var errors: [String: [Double]] = [:]
    for fields in table.rows {
      guard let time = Double(fields[measured].text) else { continue }
      let numbers = zip(names, fields).compactMap { name, field in Double(field.text).map { (name, $0) } }
      guard
        let row = place(
          Dictionary(numbers) { first, _ in first }, kind.map { fields[$0].text } ?? "")
      else { continue }
      errors[row.group, default: []].append(row.predicted / time - 1)
    }
    return errors
  }

  /// The median of the sizes, printed.
  private func median(_ errors: [Double], _ title: String) -> Double {
    let sizes = errors.map { abs($0) }.sorted()
    guard !sizes.isEmpty else { return .infinity }
    let signed = errors.sorted()[errors.count / 2]
    print("\(title): median \(sizes[sizes.count / 2]), signed \(signed), \(sizes.count) rows")
    return sizes[sizes.count / 2]
  }

  /// Sizes in the order of the table of docs/validation.md.
  private func sizeClass(_ m: Double) -> String {
    m <= 16 ? "to 16" : m <= 256 ? "to 256" : m <= 2048 ? "to 2048" : "above"
  }

  @Test(
    "Products of 16 bits: the median by device is at most 8.5 %, of no size above 12 %",
    .enabled("needs ../shared/measurements/modern") { Published.products.isPresent }, arguments: devices.map(\.0))
  func products(_ accelerator: String) throws {
    let bench = try Bench(accelerator, .bf16)
    let column = try #require(Self.devices.first { $0.0 == accelerator }?.1)
    let errors = try errors(Published.products, column) { row, _ in
      guard let m = row["m"], let n = row["n"], let k = row["k"], n >= 512, k >= 512 else { return nil }
      return (sizeClass(m), bench.time(Self.linear(m, n, k)))
    }
    #expect(median(errors.values.flatMap { $0 }, "\(accelerator), products") <= 0.085)
    for (size, errors) in errors.sorted(by: { $0.key < $1.key }) {
      #expect(median(errors, "  \(accelerator), \(size)") <= 0.12)
    }
  }

  @Test(
    "Products of 8 bits with what quantizes their input: the median by device is at most 8.5 %",
    .enabled("needs ../shared/measurements/modern") { Published.narrowProducts.isPresent },
    arguments: [("nvidia-h200", 9.5), ("nvidia-l40s", 9.6), ("nvidia-b200", 12.4)])
  func narrowProducts(_ accelerator: String, _ quantization: Double) throws {
    let bench = try Bench(accelerator, .fp8)
    let column = try #require(Self.devices.first { $0.0 == accelerator }?.1)
    let errors = try errors(Published.narrowProducts, column) { row, _ in
      guard let m = row["m"], let n = row["n"], let k = row["k"] else { return nil }
      // Three kernels before it, fitted to the same measurements: their start, and 6.5 bytes an element.
      return (
        "",
        bench.time(Self.linear(m, n, k), resultBytes: 2 * m * n)
          + quantization + bench.traffic(6.5 * m * k, reuse: 2 * m * k)
      )
    }
    #expect(median(errors.values.flatMap { $0 }, "\(accelerator), products in fp8") <= 0.085)
  }

  @Test(
    "Attention: medians by device of at most 15 % in encoders and prefill, 20 % in decoding",
    .enabled("needs ../shared/measurements/modern") { Published.attention.isPresent && Published.encoders.isPresent },
    arguments: devices.map(\.0))
  func attention(_ accelerator: String) throws {
    let bench = try Bench(accelerator, .bf16)
    let column = try #require(Self.devices.first { $0.0 == accelerator }?.1)
    let encoders = try errors(Published.encoders, column) { row, _ in
      guard let b = row["batch"], let s = row["sequence_length"], let h = row["heads"], let w = row["head_dim"] else {
        return nil
      }
      return ("encoder", bench.time(Self.attention([b, h, s, w], [b, h, s, w])))
    }
    let decoders = try errors(Published.attention, column) { row, kind in
      guard let b = row["batch"], let s = row["length"], let h = row["heads"], let kv = row["kv_heads"],
        let w = row["head_dim"]
      else { return nil }
      let isContext = kind == "context"
      let queries = [b, h, isContext ? s : 1, w]
      return (kind, bench.time(Self.attention(queries, [b, kv, s, w], causal: isContext, writes: true)))
    }
    for (kind, errors) in encoders.merging(decoders, uniquingKeysWith: { $1 }).sorted(by: { $0.key < $1.key }) {
      #expect(median(errors, "\(accelerator), \(kind)") <= (kind == "generation" ? 0.2 : 0.15))
    }
  }

  private static func shape(_ sides: [Double]) -> Shape { Shape(sides.map { Int64($0) }) }

  private static func linear(_ m: Double, _ n: Double, _ k: Double) -> Operator {
    Operator(name: "aten::linear", inputs: [shape([m, k]), shape([n, k])], outputs: [shape([m, n])])
  }

  private static func attention(
    _ queries: [Double], _ keys: [Double], causal: Bool = false, writes: Bool = false
  ) -> Operator {
    Operator(
      name: "aten::scaled_dot_product_attention", inputs: [shape(queries), shape(keys), shape(keys)],
      outputs: [shape(queries)],
      attributes: [
        OperatorAttribute(name: "is_causal", values: [causal ? 1 : 0]),
        OperatorAttribute(name: "writes_cache", values: [writes ? 1 : 0]),
      ])
  }
}
