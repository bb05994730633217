import Kernels
import Profiles
import SampleModels
import Testing

/// Kernels on the host itself, by hand.
///
/// The sample host has 8 cores of 2 GHz, 4 for a single one, with 32 FLOP a cycle; one core draws 20 of 100 GB/s, and
/// streams reach 0.8 of that. Its last-level cache has 16 MB.
@Suite("A kernel on the host") struct HostModelTests {
  private func model(_ change: (inout HostProfile) -> Void = { _ in }) throws -> HostModel {
    var host = try Sample.host()
    change(&host)
    return HostModel(host: host)
  }

  @Test func `runs at the boost clock on one thread, and at the sustained clock on more`() throws {
    #expect(try model().peak == 1 * 4e9 * 32)
    #expect(try model { $0.threads = 2 }.peak == 2 * 2e9 * 32)
    #expect(try model { $0.threads = 16 }.peak == 8 * 2e9 * 32, "there are eight cores")
    #expect(try model { $0.threads = 4 }.bandwidth == 80e9)
    #expect(try model { $0.threads = 8 }.bandwidth == 100e9)
  }

  @Test func `does not hide a product's traffic`() throws {
    let kernel = KernelTimeTests.product(256, 256, 256, .fp32)
    let time = try model().time(of: kernel)
    let (compute, memory) = (kernel.flops / (128e9 * 0.8), kernel.bytes / (20e9 * 0.8))
    #expect(KernelTimeTests.close(time.seconds, compute + memory))
  }

  @Test func `draws from the last-level cache what fits it`() throws {
    let model = try model { $0.efficiency.cache = 2 }
    #expect(KernelTimeTests.close(model.time(of: KernelTimeTests.stream(16e6)).memory, 16e6 / 40e9))
    #expect(KernelTimeTests.close(model.time(of: KernelTimeTests.stream(17e6)).memory, 17e6 / 16e9))
  }

  @Test func `touches each page of a large result for the first time`() throws {
    let model = try model { host in
      host.memory.mappedMB = 1
      host.memory.pageFaultUS = 0.5
    }
    // Half of the bytes are written.
    #expect(model.time(of: KernelTimeTests.stream(1.9e6)).fixed == 0)
    #expect(KernelTimeTests.close(model.time(of: KernelTimeTests.stream(2e6)).fixed, 1e6 / 4096 * 0.5e-6))
  }

  @Test func `fills the vector units of a grouped convolution with 16 channels of a group`() throws {
    func seconds(channels: Double, groups: Double) throws -> Double {
      let shape = ConvolutionShape(
        batch: 1, inputChannels: channels, outputChannels: channels, groups: groups, input: [8, 8], output: [8, 8],
        window: [1, 1], strides: [1, 1])
      let kernel = Kernel(
        name: "conv", .convolution, .convolution(shape), flops: 1e9, bytesRead: 0, bytesWritten: 0, arithmetic: .fp32)
      return try model().time(of: kernel).compute
    }
    #expect(KernelTimeTests.close(try seconds(channels: 32, groups: 1), 1e9 / (128e9 * 0.6)))
    #expect(KernelTimeTests.close(try seconds(channels: 32, groups: 32), 1e9 / (128e9 * 0.2)), "depthwise")
    #expect(KernelTimeTests.close(try seconds(channels: 32, groups: 4), 1e9 / (128e9 * 0.4)), "half way between")
    #expect(KernelTimeTests.close(try seconds(channels: 64, groups: 4), 1e9 / (128e9 * 0.6)), "16 channels")
  }
}
