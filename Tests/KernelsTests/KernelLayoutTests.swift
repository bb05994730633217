import Profiles
import Roofline
import Testing

@testable import Kernels

/// A program may have hundreds of thousands of kernels: how much memory each takes, and that nothing is lost of those that have
/// more than others.
@Suite struct KernelLayoutTests {
  private static func kernel(_ work: Kernel.Work) -> Kernel {
    Kernel(name: "k", .elementwise, work, flops: 1, bytesRead: 2, bytesWritten: 3, arithmetic: .fp16)
  }

  private static let works: [Kernel.Work] = [
    .matrix(MatrixShape(batch: 2, m: 3, n: 4, k: 5)), .stream, .pooling, .weightedSum, .convolutionHelper,
    .attention(AttentionShape(batch: 1, heads: 2, keyHeads: 2, queries: 3, keys: 4, width: 5)),
    .convolution(
      ConvolutionShape(
        batch: 1, inputChannels: 2, outputChannels: 3, groups: 1, input: [4], output: [4], window: [1], strides: [1])),
    .collective(CollectiveShape(.allReduce, ranks: 2, bytes: 8)),
  ]

  @Test func aKernelIsSmall() {
    #expect(MemoryLayout<Kernel>.stride <= 96)
    #expect(MemoryLayout<LoweredProgram.Operation>.stride <= 40)
  }

  @Test(arguments: works) func aKernelHasTheWorkThatItIsGiven(_ work: Kernel.Work) {
    var kernel = Self.kernel(work)
    #expect(kernel.work == work && kernel.pass == PassShape())
    kernel.pass = .softmax(rows: 8, width: 4096, bytesRead: 64)
    #expect(kernel.work == work && kernel.pass.readAgain == 128 && kernel.pass.blocks == 8)
    for other in Self.works {
      var changed = kernel
      changed.work = other
      #expect(changed.work == other && changed.pass == kernel.pass)
      #expect((changed == kernel) == (other == work))
    }
    kernel.pass = PassShape()
    #expect(kernel == Self.kernel(work), "as if nothing had been changed")
  }

  @Test func whatFewKernelsHaveIsKept() {
    let usual = Self.kernel(.stream)
    var kernel = usual
    #expect(kernel.conversionsPerClock == .infinity && kernel.weightReuseBytes == .infinity && kernel.quantized == 0)
    kernel.conversions = 7
    kernel.conversionsPerClock = 2
    kernel.weightReuseBytes = 5
    kernel.quantized = 4
    kernel.unreadBytes = 3
    kernel.groups.peakFraction = 0.5
    #expect(kernel.conversions == 7 && kernel.conversionsPerClock == 2 && kernel.weightReuseBytes == 5)
    #expect(kernel.quantized == 4 && kernel.unreadBytes == 3 && kernel.groups.isOwn && kernel != usual)
    kernel.conversions = 0
    kernel.conversionsPerClock = .infinity
    kernel.weightReuseBytes = .infinity
    kernel.quantized = 0
    kernel.unreadBytes = 0
    kernel.groups.peakFraction = 0
    #expect(kernel == usual)
  }
}
