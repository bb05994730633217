import JSONText
import Profiles
import Roofline
import SampleModels
import TestSupport
import Testing
import Workloads

@testable import Kernels

/// Kernels timed by a device's numbers and by others at once, against each model by itself: to the last bit.
@Suite("Kernels timed by many models at once") struct KernelTimeComparisonTests {
  /// Models that differ in one number each: by little, as sensitivities ask, and by much.
  private static func variants(of accelerator: AcceleratorProfile) -> [CalibratedModel] {
    AcceleratorProfile.fields.flatMap { field -> [CalibratedModel] in
      guard let value = field.value(in: accelerator), value != 0 else { return [] }
      let steps = field.domain.kind == .count ? [value + 1, value - 1] : [value * 1.0005, value * 0.9995]
      return (steps + [value * 1.3, value * 0.5]).filter { field.domain.range.contains($0) }.map { changed in
        var accelerator = accelerator
        field.set(changed, in: &accelerator)
        return CalibratedModel(accelerator: accelerator)
      }
    }
  }

  /// Kernels of shipped workloads, and products of drawn shapes with all that a product can have.
  private static func kernels(_ system: System, _ random: inout SeededGenerator) throws -> [Kernel] {
    var kernels: [Kernel] = []
    for (name, precision) in [
      ("bert-base-uncased-sdpa", Precision.fp16), ("resnet50", .fp16), ("resnet50", .fp32), ("mobilenet-v2", .fp16),
      ("llama-3.2-1b-decode-sdpa", .fp8), ("gpt2", .fp32),
    ] {
      let batch = Int64.random(in: 1...20, using: &random)
      let bound = try ShippedProfiles.workloads().load(name).bind(["batch": batch])
      kernels +=
        LoweredProgram(
          bound, target: LoweringTarget(system: system, precision: precision), rules: []
        ).kernels
    }
    for _ in 0..<60 {
      func size(_ most: Double) -> Double {
        (most * Double.random(in: 0...1, using: &random)).naturalExponential.rounded(.up)
      }
      let shape = MatrixShape(batch: Bool.random(using: &random) ? 1 : size(4), m: size(9), n: size(9), k: size(9))
      var kernel = Kernel(
        name: "drawn", .matrixMultiply, .matrix(shape), flops: shape.flops,
        bytesRead: 2 * shape.batch * (shape.m * shape.k + shape.k * shape.n),
        bytesWritten: 2 * shape.batch * shape.m * shape.n,
        arithmetic: [.fp16, .bf16, .fp8, .tf32, .fp32].randomElement(using: &random) ?? .fp16)
      if Bool.random(using: &random) { kernel.weightBytes = kernel.bytesRead / 2 }
      if Bool.random(using: &random) { kernel.quantized = shape.m * shape.k }
      if Bool.random(using: &random) {
        kernel.conversions = shape.n * shape.k
        kernel.conversionsPerClock = 64
      }
      kernels.append(kernel)
    }
    return kernels
  }

  @Test(arguments: [
    "nvidia-h100-sxm", "nvidia-a100-sxm4-40gb", "amd-mi300x", "nvidia-l40s", "nvidia-rtx-3090", "nvidia-v100-sxm2-16gb",
    "nvidia-titan-x-pascal",
  ])
  func `take what they take by each, and only those are told of that take another time`(name: String) throws {
    let system = try ShippedProfiles.system(name)
    let accelerator = try #require(system.accelerator)
    var random = SeededGenerator(seed: 11)
    let kernels = try Self.kernels(system, &random)
    let (model, variants) = (CalibratedModel(accelerator: accelerator), Self.variants(of: accelerator))
    var comparison = model.compared(with: variants)
    var (wrong, changes) = (0, 0)
    for kernel in kernels {
      var told: [Int: KernelTime] = [:]
      let time = comparison.time(of: kernel) { told[$0] = $1 }
      if time != model.time(of: kernel) { wrong += 1 }
      for (index, variant) in variants.enumerated() {
        let alone = variant.time(of: kernel)
        if (told[index] ?? time) != alone || (told[index] != nil) != (alone != time) { wrong += 1 }
      }
      changes += told.count
    }
    #expect(wrong == 0)
    #expect(changes > 5 * kernels.count)
  }

  @Test func `take what they take by each, where measurements correct them and where ranks meet`() throws {
    let system = try ShippedProfiles.system("nvidia-h100-sxm")
    let accelerator = try #require(system.accelerator)
    var random = SeededGenerator(seed: 12)
    var kernels = try Self.kernels(system, &random)
    let residuals = MeasuredResiduals(kernels.prefix(40).map { ($0, Double.random(in: -1...1, using: &random)) })
    let shape = CollectiveShape(.allReduce, ranks: 8, bytes: 1e6)
    kernels.append(
      Kernel(
        name: "sum", .collective, .collective(shape), flops: 0, bytesRead: 1e6, bytesWritten: 1e6, arithmetic: .fp16))
    let interconnect = try ShippedProfiles.catalog().interconnect(named: try #require(accelerator.interconnect))
    var faster = interconnect
    for field in InterconnectProfile.fields {
      if let value = field.value(in: faster) { field.set(value * 1.5, in: &faster) }
    }
    func ranked(_ model: CalibratedModel, _ interconnect: InterconnectProfile) -> any KernelTimeModel {
      RankModel(
        MeasuredModel(model, residuals),
        CollectiveModel(DeviceConnection(interconnect), library: CollectiveLibrary.usual))
    }
    let model = ranked(CalibratedModel(accelerator: accelerator), interconnect)
    let variants =
      Self.variants(of: accelerator).map { ranked($0, interconnect) }
      + [ranked(CalibratedModel(accelerator: accelerator), faster)]
    var comparison = model.compared(with: variants)
    for kernel in kernels {
      var told: [Int: KernelTime] = [:]
      let time = comparison.time(of: kernel) { told[$0] = $1 }
      #expect(time == model.time(of: kernel))
      #expect(variants.indices.allSatisfy { (told[$0] ?? time) == variants[$0].time(of: kernel) })
      if kernel.kernelClass == .collective { #expect(Array(told.keys) == [variants.count - 1]) }
    }
  }
}
