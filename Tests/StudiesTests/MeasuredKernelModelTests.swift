import JSONText
import Kernels
import Profiles
import Roofline
import SampleModels
import Simulation
import Studies
import TestSupport
import Testing
import Workloads

@Suite("A kernel model made of operators that were timed alone") struct MeasuredKernelModelTests {
  private static let rows = [
    #"Plain,fp32,aten::linear,"[[64,512],[512,512]]",,,,70"#, #"Plain,fp32,aten::linear,"[[80,512],[512,512]]",,,,90"#,
    "Plain,fp32,aten::relu,[[1000000]],,,,30", #"Plain,fp16,aten::linear,"[[64,512],[512,512]]",,,,50"#,
    // Two small kernels and one that takes the rest.
    #"Plain,fp16,aten::batch_norm,"[[1,8,1000,1000],[8]]",,,,150"#,
  ]

  private func made(_ rows: [String], of accelerators: [AcceleratorProfile]) throws -> MeasuredKernelModel {
    let measurements = try KernelMeasurementTests.read(
      KernelMeasurementTests.header + rows.joined(separator: "\n"))
    return try MeasuredKernelModel(
      "measured:k.csv", measurements, of: accelerators, from: KernelValidationTests.Source())
  }

  @Test func `predicts its own rows, gaps and small kernels included`() throws {
    let made = try made(Self.rows, of: [try Sample.accelerator()])
    #expect(made.unmeasured.isEmpty && made.model.name == "measured:k.csv")
    let validation = try KernelValidationTests.validation(Self.rows, made.model)
    for prediction in validation.predictions { #expect(abs(try #require(prediction.error)) < 1e-6) }
    let equations = try KernelValidationTests.validation(Self.rows)
    #expect(equations.predictions.allSatisfy { abs($0.error ?? 0) > 0.01 }, "which the equations miss")
  }

  @Test func `keeps its corrections where a number is changed`() throws {
    let made = try made(["Plain,fp32,aten::relu,[[4000000]],,,,165"], of: [try Sample.accelerator()])
    // 82 us by the equations, twice as long measured; at twice the bandwidth 42 us, and twice as long.
    let faster = try KernelValidationTests.validation(["Plain,fp32,aten::relu,[[4000000]],,,,"], made.model) {
      try $0.set("accelerator.memory.bandwidth_gb_per_s", to: 1000)
    }
    let wanted = 42.0 * (165 - 0.5) / 82 + 0.5
    #expect(abs(faster.predictions[0].time.microseconds - wanted) < 1e-5)
  }

  @Test func `ignores other accelerators, and says of which it knows nothing`() throws {
    var other = try Sample.accelerator()
    other.name = "other-gpu"
    let made = try made(Self.rows, of: [other, try Sample.accelerator()])
    #expect(made.unmeasured.map(\.name) == ["other-gpu"])
    let kernel = try #require(
      try Lowering(target: LoweringTarget(system: try Sample.system(), precision: .fp32)).lower(
        KernelMeasurementTests.read(KernelMeasurementTests.header + Self.rows[0])[0].operation
      ).kernels.first)
    let equations = CalibratedModel(accelerator: other).time(of: kernel)
    #expect(made.model.model(of: other).time(of: kernel) == equations)
    #expect(made.model.model(of: try Sample.accelerator()).time(of: kernel) != equations)
    let compared = try self.made(Self.rows, of: [other]).model
    #expect(compared.model(of: try Sample.accelerator()).time(of: kernel) != equations, "rows name it: it is known too")
    #expect(try self.made(["Plain,fp32,aten::relu,[[10]],,,,"], of: [other]).unmeasured.count == 1, "nothing measured")
  }

  @Test func `says what share of a pass it knows`() throws {
    let made = try made(Self.rows, of: [try Sample.accelerator()])
    func fraction(_ elements: Int, _ model: KernelModel) throws -> Double? {
      let scenario = Scenario(
        workload: try Samples.workload(elements: elements).bind(), system: try Sample.system(), precision: .fp32,
        kernelModel: model)
      return scenario.measuredFraction(of: scenario.plan())
    }
    #expect(try fraction(1_000_000, made.model) == 1)
    #expect(try fraction(100_000_000, made.model) == 0)
    let near = try #require(try fraction(1_500_000, made.model))
    #expect(near > 0.5 && near < 1)
    #expect(try fraction(1_000_000, .calibrated) == nil && fraction(1_000_000, .roofline) == nil)
  }

  @Test func `gives sweeps the same bytes on any number of threads and for any order of its rows`() throws {
    func text(_ rows: [String], threads: Int) throws -> [UInt8] {
      let accelerator = try Sample.accelerator()
      let plan = try SweepPlan(
        axes: [SweepAxis(.parameter("batch"), (1...40).map { .number(Double($0)) })],
        choices: SweepPlan.Choices(
          workloads: [try Samples.workload(elements: 100_000)], accelerators: [accelerator], hosts: [try Sample.host()],
          frameworks: [try Sample.framework()], precisions: [.fp32]),
        kernelModel: try made(rows, of: [accelerator]).model)
      return try SweepTests.text(plan, .csv, threads, 0..<plan.count)
    }
    let rows = (1...30).map { "Plain,fp32,aten::relu,[[\($0 * 110_000)]],,,,\(20 + $0 * $0 % 7)" }
    let one = try text(rows, threads: 1)
    #expect(try text(rows, threads: 7) == one)
    #expect(try text(rows.reversed(), threads: 3) == one)
    #expect(try text([rows[0]], threads: 1) != one)
  }
}
