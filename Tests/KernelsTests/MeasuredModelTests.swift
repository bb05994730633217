import Profiles
import SampleModels
import TestSupport
import Testing

@testable import Kernels

@Suite("Kernel times from a table of measurements") struct MeasuredModelTests {
  private let equations: CalibratedModel

  init() throws { equations = CalibratedModel(accelerator: try Sample.accelerator("Matrix")) }

  private func product(m: Double, n: Double = 512, k: Double = 1024, _ precision: Precision = .fp16) -> Kernel {
    let shape = MatrixShape(m: m, n: n, k: k)
    return Kernel(
      name: "aten::linear", .matrixMultiply, .matrix(shape), flops: shape.flops, bytesRead: 2 * k * (m + n),
      bytesWritten: 2 * m * n, arithmetic: precision)
  }

  private func model(_ measured: [(Kernel, factor: Double)]) -> MeasuredModel {
    MeasuredModel(
      equations, MeasuredResiduals(measured.map { (kernel: $0.0, residual: $0.factor.naturalLogarithm) }))
  }

  /// How much slower than the equations a model says a kernel is.
  private func factor(_ model: MeasuredModel, _ kernel: Kernel) -> Double {
    model.time(of: kernel).seconds / equations.time(of: kernel).seconds
  }

  private func isClose(_ left: Double, _ right: Double) -> Bool { abs(left - right) <= 1e-12 * abs(right) }

  @Test func `are the measured ones at shapes that were measured`() {
    var generator = SeededGenerator(seed: 5)
    let measured = (1...300).map { _ in
      let m = Double(Int.random(in: 1...5000, using: &generator))
      return (product(m: m), factor: 0.5 + 0.001 * m)
    }
    let model = model(measured)
    for (kernel, wanted) in measured {
      #expect(isClose(factor(model, kernel), wanted))
      #expect(model.measuredFraction(of: kernel) == 1)
    }
  }

  @Test func `are a mean of neighbors and of none between them`() {
    // One octave from both: half of the reach, a weight of 0.5 each beside 0.25 for the equations.
    let model = model([(product(m: 64), 2), (product(m: 256), 4)])
    let between = product(m: 128)
    let octaves = 0.5 * (1 + 2) / (0.5 + 0.5 + 0.25)
    #expect(isClose(factor(model, between), (octaves * 2.0.naturalLogarithm).naturalExponential))
    #expect(isClose(model.measuredFraction(of: between), 0.8))
  }

  @Test func `change by as much as all measurements do near them`() {
    let shapes = [60.0, 64, 70, 80].map { product(m: $0) }
    let once = model(shapes.map { ($0, factor: 1.3) })
    let twice = model(shapes.map { ($0, factor: 2.6) })
    for kernel in shapes { #expect(isClose(twice.time(of: kernel).seconds, 2 * once.time(of: kernel).seconds)) }
    let near = product(m: 66)
    #expect(abs(twice.time(of: near).seconds / once.time(of: near).seconds - 2) < 0.02)
  }

  @Test func `fade to the equations with distance, which stand alone beyond two octaves`() {
    let model = model([(product(m: 64), 3)])
    let factors = [64.0, 65, 72, 90, 128, 180, 220, 255].map { factor(model, product(m: $0)) }
    for (nearer, farther) in zip(factors, factors.dropFirst()) { #expect(nearer > farther && farther > 1) }
    for kernel in [product(m: 256), product(m: 16), product(m: 4096), product(m: 64, n: 1024), product(m: 64, k: 1e6)] {
      #expect(model.time(of: kernel) == equations.time(of: kernel))
      #expect(model.measuredFraction(of: kernel) == 0)
    }
    #expect(factor(model, product(m: 64, n: 1000)) > 1, "columns count twice, and these are within an octave")
  }

  @Test func `are of kernels of the same sort`() {
    let model = model([(product(m: 64), 3)])
    let stream = Kernel(
      name: "aten::relu", .elementwise, flops: 64, bytesRead: 64, bytesWritten: 64, arithmetic: .fp16)
    for kernel in [product(m: 64, .fp32), stream] {
      #expect(model.time(of: kernel) == equations.time(of: kernel))
    }
  }

  @Test func `have attention of one query, of a prompt and of an encoder apart`() {
    func attention(_ queries: Double, causal: Bool, width: Double = 64) -> Kernel {
      var shape = AttentionShape(batch: 1, heads: 8, keyHeads: 8, queries: queries, keys: 512, width: width)
      shape.isCausal = causal
      return Kernel(
        name: "attention", .matrixMultiply, .attention(shape), flops: shape.flops, bytesRead: 1e6, bytesWritten: 1e5,
        arithmetic: .fp16)
    }
    let kinds = [attention(1, causal: false), attention(512, causal: true), attention(512, causal: false)]
    for kernel in kinds {
      let model = model([(kernel, 2)])
      for other in kinds { #expect(isClose(factor(model, other), other == kernel ? 2 : 1)) }
      #expect(factor(model, attention(512, causal: true, width: 128)) == 1, "a doubled width is four octaves")
    }
  }

  @Test func `are the same to the last digit for any order of the measurements`() {
    var generator = SeededGenerator(seed: 8)
    // Few shapes, so that many are measured several times.
    let measured = (0..<400).map { _ in
      let m = Double(Int.random(in: 1...60, using: &generator)) * 16
      return (product(m: m), factor: Double.random(in: 0.3...3, using: &generator))
    }
    let (first, second) = (model(measured), model(measured.shuffled(using: &generator)))
    for m in stride(from: 1.0, through: 2000, by: 7) {
      #expect(first.time(of: product(m: m)) == second.time(of: product(m: m)))
    }
  }

  @Test func `take the mean of what was measured of one shape`() {
    let model = model([(product(m: 64), 2), (product(m: 64), 8)])
    #expect(isClose(factor(model, product(m: 64)), 4), "of the logarithms")
  }
}
