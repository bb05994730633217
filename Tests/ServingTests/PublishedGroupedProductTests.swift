import Kernels
import Profiles
import SampleModels
import Serving
import Simulation
import Testing
import Workloads

/// Layers of experts in vLLM's Triton kernels, timed by others (`benchmark_moe.py`), beside what is simulated.
@Suite struct PublishedGroupedProductTests {
  struct Row: Sendable {
    let source: String
    let accelerator: String
    let precision: Precision
    /// Experts, those that a token chooses, the width of the model and of an expert on one device.
    let experts: (count: Int64, active: Int64, hidden: Int64, width: Int64)
    /// Microseconds by tokens: tuned, with activations and the sum over experts.
    let times: [(tokens: Int64, us: Double)]
  }

  static let rows = [
    Row(
      source: "vLLM pull request 24700, Mixtral on two H100s", accelerator: "nvidia-h100-sxm", precision: .bf16,
      experts: (8, 2, 4096, 7168),
      times: [(64, 483.14), (128, 491.39), (256, 536.77), (512, 662.33), (1024, 833.72), (1536, 1122.93)]),
    Row(
      source: "vLLM pull request 40542, A100", accelerator: "nvidia-a100-sxm4-80gb", precision: .bf16,
      experts: (64, 6, 2048, 1408), times: [(64, 677.6), (256, 717), (1024, 929.9), (4096, 2636.6)]),
    Row(
      source: "vLLM pull request 53710, L40S", accelerator: "nvidia-l40s", precision: .fp8,
      experts: (128, 8, 2048, 768),
      times: [
        (128, 870.36), (256, 897.68), (512, 948.74), (1024, 1052.11), (2048, 1286.4), (4096, 1846.43), (8192, 3195.68),
      ]),
  ]

  /// Microseconds of a layer of experts without its gate.
  private static func time(_ row: Row, tokens: Int64, isOwn: Bool) throws -> Double {
    let served = try Shipped.served("mixtral-8x7b", row.accelerator) { system in
      if !isOwn { system.engine?.groupedProducts = GroupedProductTiles() }
    }
    let (count, active, hidden, width) = row.experts
    let rows = tokens * active
    func product(_ inner: Int64, _ columns: Int64) -> Operator {
      Operator(
        name: "vllm::grouped_mm", inputs: [Shape([rows, inner]), Shape([count, inner, columns])],
        outputs: [Shape([rows, columns])], inputTypes: [.float, .weight],
        attributes: [OperatorAttribute(name: "active", values: [active])])
    }
    let operators = [
      product(hidden, 2 * width),
      Operator(name: "vllm::silu_and_mul", inputs: [Shape([rows, 2 * width])], outputs: [Shape([rows, width])]),
      product(width, hidden),
      Operator(name: "vllm::moe_sum", inputs: [Shape([tokens, active, hidden])], outputs: [Shape([tokens, hidden])]),
    ]
    let system = served.decode
    let lowering = Lowering(
      target: LoweringTarget(system: system, precision: row.precision, formats: TensorFormats(row.precision)))
    let model = CalibratedModel(accelerator: try #require(system.accelerator))
    return operators.flatMap { lowering.lower($0).kernels }.reduce(0) { $0 + model.time(of: $1).seconds * 1e6 }
  }

  /// The largest errors are the L40S's, whose units take 8 bits twice as fast as these kernels use them, and the A100's at
  /// 1,024 tokens, where arithmetic and traffic take equally long.
  @Test func `they take what was measured, nearer than at a library's rate`() throws {
    var errors: (own: [Double], library: [Double]) = ([], [])
    for row in Self.rows {
      for (tokens, measured) in row.times {
        let own = try Self.time(row, tokens: tokens, isOwn: true) / measured - 1
        let library = try Self.time(row, tokens: tokens, isOwn: false) / measured - 1
        func percent(_ error: Double) -> String { "\((1000 * error).rounded() / 10) %" }
        print("\(row.source), \(tokens) tokens: \(percent(own)), at a library's rate \(percent(library))")
        #expect(abs(own) < 0.25, "\(row.source), \(tokens) tokens")
        errors.own.append(abs(own))
        errors.library.append(abs(library))
      }
    }
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    print("mean \(mean(errors.own)), at a library's rate \(mean(errors.library))")
    #expect(mean(errors.own) < 0.1 && mean(errors.own) < 0.75 * mean(errors.library))
  }
}
