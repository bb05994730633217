import Kernels
import Profiles
import Roofline
import SampleModels
import Simulation
import Testing

@testable import Replay

/// Times that a recording has on other hardware, by hand.
///
/// The sample device streams 400 of its 500 GB/s, and a kernel that does nothing takes 2 us.
@Suite("Recorded times on other hardware") struct RecordedTimeTests {
  private func sample(_ change: (inout AcceleratorProfile) -> Void = { _ in }) throws -> AcceleratorProfile {
    var accelerator = try Sample.accelerator()
    change(&accelerator)
    return accelerator
  }

  private func isNear(_ left: Double, _ right: Double, _ tolerance: Double = 1e-9) -> Bool {
    abs(left - right) <= tolerance * max(abs(left), abs(right))
  }

  @Test("A pass over memory scales with the bandwidth but for its fixed time", arguments: [3, 100, 5_000])
  func pass(microseconds: Int64) throws {
    let translation = KernelTranslation(from: try sample(), to: try sample { $0.memory.bandwidthGBPerS = 1000 })
    for kernelClass in [KernelClass.copy, .elementwise, .gather] {
      let time = translation.time(
        LikeKernel(kernelClass: kernelClass, precision: .fp32, duration: microseconds * 1000))
      #expect(isNear(time.seconds, (2 + Double(microseconds - 2) / 2) * 1e-6))
      #expect(time.here.computeShare == 0)
    }
  }

  @Test("A kernel takes on its own device what it took", arguments: KernelClass.allCases)
  func same(kernelClass: KernelClass) throws {
    let translation = KernelTranslation(from: try sample(), to: try sample())
    for duration in [1, 500, 2_000, 77_777, 3_000_000_000] as [Int64] {
      let time = translation.time(LikeKernel(kernelClass: kernelClass, precision: .fp16, duration: duration))
      #expect(isNear(time.seconds, Double(duration) * 1e-9))
    }
  }

  @Test("Beyond the largest kernel that is searched for, its ratio holds")
  func beyond() throws {
    let translation = KernelTranslation(from: try sample(), to: try sample { $0.memory.bandwidthGBPerS = 1000 })
    // 10^12 bytes take 2.7 s; ten minutes are more.
    let time = translation.time(LikeKernel(kernelClass: .copy, precision: .fp32, duration: 600_000_000_000))
    #expect(isNear(time.seconds, 300, 1e-5))
  }

  @Test("A copy over the link scales with its bytes, and its setting-up stays")
  func copy() throws {
    let translation = KernelTranslation(from: try sample(), to: try sample { $0.link.bandwidthGBPerS = 40 })
    // 50 kB at 10 GB/s are 5 of the 12 us, and a quarter of that on the wider link.
    #expect(isNear(translation.copy(12e-6, bytes: 50_000), 8.25e-6))
    #expect(isNear(translation.copy(12e-6, bytes: 0), 3e-6), "without bytes all of it is transfer")
    #expect(isNear(translation.copy(3e-6, bytes: 50_000), 0.75e-6), "no more than all of it is transfer")
  }

  @Test("An operator with shapes scales as its modelled kernels do, and waits for what they wait for")
  func shapes() throws {
    var text = TraceText()
    text.operation("aten::add", 0, 20, shapes: "[[1024, 1024], [1024, 1024]]")
    text.launch(5, 4, kernel: 12, 100, name: "vectorized_elementwise_kernel")
    text.call("cudaDeviceSynchronize", 30, 90)
    let run = try text.run()
    let recorded = RecordedProgram(run)
    let source = try sample()
    let pricing = JobPricing(recorded, run.trace, source: source, framework: try Sample.framework())
    #expect(pricing.rules == [.shapes])
    // Two operands and a result of 4 MiB: 31.46 us at 400 GB/s beside the 2 us that are fixed.
    let traffic = 3 * 4.0 * 1024 * 1024 / 400e9
    let cost = pricing.moved(to: try sample { $0.memory.bandwidthGBPerS = 1000 }).costs[0]
    #expect(isNear(cost.duration.seconds, 100e-6 * (traffic / 2 + 2e-6) / (traffic + 2e-6), 1e-6))
    #expect(cost.mainCategory == .memory)
    #expect(cost.account[CostCategory.memory.rawValue] > cost.account[CostCategory.kernelOverhead.rawValue])
    #expect(cost.account[CostCategory.compute.rawValue] == 0)
    // With memory a thousand times as fast it waits for arithmetic there, though it waited for memory here.
    let there = pricing.moved(to: try sample { $0.memory.bandwidthGBPerS = 500_000 }).costs[0]
    #expect(there.account[CostCategory.compute.rawValue] > 0 && there.account[CostCategory.memory.rawValue] == 0)
    #expect(there.mainCategory == .kernelOverhead, "what is left is mostly its start")
  }

  @Test("The profiler's overhead is the tenth part of what views around one operator take")
  func overhead() throws {
    var text = TraceText()
    for index in 0..<20 {
      let start = Double(100 * index)
      text.operation("aten::transpose", start, 10 + Double(index + 1))
      text.operation("aten::as_strided", start + 1, 10)
    }
    text.launch(3_000, 4, kernel: 3_010, 5)
    // 1 to 20 us: the one of which a tenth is shorter is the third.
    #expect(estimatedProfilerOverhead(try text.run()) == 3)
  }
}
