import JSONText
import Profiles
import Roofline
import SampleModels
import Simulation
import Studies
import TestSupport
import Testing
import Workloads

@Suite("Constants fitted to operators that were timed alone") struct KernelCalibrationTests {
  /// Activations of many sizes, and products: rows of the sample accelerator "Plain".
  private static let operators: [String] = {
    let activations = (1...8).map { "aten::relu,[[\($0 * $0 * 100_000)]],," }
    let products = [16, 64, 256, 1024].flatMap { m in
      [512, 2048].map { #"aten::linear,"[[\#(m),\#($0)],[1024,\#($0)]]",,"# }
    }
    return activations + products
  }()

  /// The rows, with the times of a system with some numbers changed.
  private static func measured(
    _ changes: [(path: String, factor: Double)], on accelerators: [String] = ["Plain"]
  ) throws -> [KernelMeasurement] {
    let rows = try accelerators.flatMap { name in
      try operators.map { row in
        let line = "\(name),fp32,\(row),,"
        let known = try KernelValidationTests.validation([line]) { system in
          for (path, factor) in changes {
            try system.set(path, to: (try #require(system.number(at: path))) * factor)
          }
        }
        return "\(name),fp32,\(row),,\(known.predictions[0].time.microseconds)"
      }
    }
    return try KernelMeasurementTests.read(KernelMeasurementTests.header + rows.joined(separator: "\n"))
  }

  private static let memory = "accelerator.efficiency.memory"
  private static let fixed = "accelerator.efficiency.kernel_fixed_us"

  @Test func `find the values that rows were made of`() throws {
    let rows = try Self.measured([(Self.memory, 0.7), (Self.fixed, 1.8)])
    let fit = try KernelCalibration(
      rows, from: KernelValidationTests.Source(), paths: [Self.memory, Self.fixed], rounds: 12)
    #expect(fit.parameters.map(\.path) == [Self.memory, Self.fixed] && fit.searched == rows.count)
    for (parameter, factor) in zip(fit.parameters, [0.7, 1.8]) {
      #expect(parameter.group == "Plain")
      #expect(abs(parameter.fitted / parameter.initial / factor - 1) < 0.01, "\(parameter)")
      #expect(parameter.isIdentified)
    }
    #expect(fit.errorBefore > 0.1 && fit.errorAfter < 0.01)
    let after = try #require(fit.after.errorsByClass.first { $0.group.family == nil })
    #expect(after.errors.median < 0.01)
  }

  @Test func `are of the rows alone: where they agree with the profile, nothing moves`() throws {
    let rows = try Self.measured([])
    let fit = try KernelCalibration(rows, from: KernelValidationTests.Source(), paths: [])
    #expect(!fit.parameters.isEmpty && fit.errorBefore < 1e-6)
    for parameter in fit.parameters { #expect(parameter.fitted == parameter.initial, "\(parameter)") }
  }

  @Test func `without names are those that the rows depend on`() throws {
    let rows = try Self.measured([(Self.memory, 0.8)]).filter { $0.operation.name == "aten::relu" }
    let fit = try KernelCalibration(rows, from: KernelValidationTests.Source(), paths: [])
    let names = Set(fit.parameters.map(\.path))
    #expect(names.contains(Self.memory) && names.contains(Self.fixed))
    #expect(!names.contains("accelerator.efficiency.matrix"), "no row is a product")
    #expect(names.isSubset(of: KernelCalibration.usualNumbers))
  }

  @Test func `belong to a family each, and rows without a time to none`() throws {
    var rows = try Self.measured([(Self.memory, 0.8)], on: ["Plain", "Matrix"])
    rows[0].time = nil
    let fit = try KernelCalibration(
      rows, from: KernelValidationTests.Source(), paths: [Self.memory], rounds: 10)
    #expect(Set(fit.parameters.map(\.group)) == ["Plain", "Matrix"])
    for parameter in fit.parameters {
      #expect(abs(parameter.fitted / parameter.initial / 0.8 - 1) < 0.01, "\(parameter)")
    }
    #expect(fit.searched == rows.count - 1 && fit.after.predictions.count == rows.count)
  }
}
