import Kernels
import Profiles
import Roofline
import SampleModels
import Testing

@testable import Replay

/// Carrying a time from one accelerator to another, with made-up ones: a kernel starts in 2 us on both.
@Suite("A kernel's like on another accelerator") struct KernelTranslationTests {
  private func accelerator(bandwidth: Double) throws -> AcceleratorProfile {
    var accelerator = try Sample.accelerator()
    accelerator.memory.bandwidthGBPerS = bandwidth
    return accelerator
  }

  @Test(
    "Of a pass over memory what is fixed stays, and the rest follows the bandwidth", arguments: [5, 50, 1_000, 20_000])
  func pass(microseconds: Int64) throws {
    let translation = KernelTranslation(from: try accelerator(bandwidth: 500), to: try accelerator(bandwidth: 2_000))
    let like = LikeKernel(kernelClass: .copy, precision: .fp16, duration: microseconds * 1000)
    let time = translation.time(like)
    let expected = 2 + (Double(microseconds) - 2) / 4
    #expect(abs(time.seconds * 1e6 - expected) < 1e-6 * expected)
    #expect(abs(time.here.overheadShare * 1e6 - 2) < 1e-9 && time.here.computeShare == 0)
    #expect(abs(time.there.memoryShare * 1e6 - (expected - 2)) < 1e-6 * expected)
  }

  @Test("On the same accelerator nothing changes")
  func same() throws {
    let translation = KernelTranslation(from: try accelerator(bandwidth: 500), to: try accelerator(bandwidth: 500))
    for kernelClass in [KernelClass.matrixMultiply, .copy, .reduction] {
      let like = LikeKernel(kernelClass: kernelClass, precision: .fp32, duration: 777_000)
      #expect(abs(translation.time(like).seconds - 777e-6) < 1e-12)
    }
  }
}
