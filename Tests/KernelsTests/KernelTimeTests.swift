import Kernels
import Profiles
import Roofline
import SampleModels
import TestSupport
import Testing
import Workloads

/// The laws of kernel times, on profiles of the tests' own and on the shipped ones.
@Suite("A kernel's time") struct KernelTimeTests {
  static func product(_ m: Double, _ n: Double, _ k: Double, batch: Double = 1, _ arithmetic: Precision) -> Kernel {
    let shape = MatrixShape(batch: batch, m: m, n: n, k: k)
    let elements = batch * (m * k + k * n)
    return Kernel(
      name: "mm", .matrixMultiply, .matrix(shape), flops: shape.flops,
      bytesRead: elements * arithmetic.bytesPerElement, bytesWritten: batch * m * n * arithmetic.bytesPerElement,
      arithmetic: arithmetic)
  }

  static func stream(_ bytes: Double, flops: Double = 0, _ kernelClass: KernelClass = .elementwise) -> Kernel {
    Kernel(
      name: "stream", kernelClass, flops: flops, bytesRead: bytes / 2, bytesWritten: bytes / 2, arithmetic: .fp32)
  }

  /// Kernels as the lowering makes them, of several sorts and sizes.
  static func kernels(_ lowering: Lowering) -> [Kernel] {
    var operators: [Operator] = []
    for batch in [1, 3, 16, 128] as [Int64] {
      operators += [
        .make("aten::linear", [[batch, 128, 768], [3072, 768], [3072]]),
        .make("aten::bmm", [[batch * 12, 128, 64], [batch * 12, 64, 128]]),
        .make("aten::conv2d", [[batch, 64, 56, 56], [64, 64, 3, 3]], ["padding": [1, 1]]),
        .make("aten::conv2d", [[batch, 3, 224, 224], [64, 3, 7, 7]], ["stride": [2, 2], "padding": [3, 3]]),
        .make("aten::conv2d", [[batch, 256, 14, 14], [1024, 256, 1, 1]]),
        .make("aten::conv2d", [[batch, 96, 28, 28], [96, 1, 3, 3]], ["padding": [1, 1], "groups": [96]]),
        .make("aten::conv2d", [[batch, 128, 28, 28], [128, 4, 3, 3]], ["padding": [1, 1], "groups": [32]]),
        .make("aten::softmax", [[batch, 12, 128, 128]], to: [[batch, 12, 128, 128]]),
        .make("aten::relu", [[batch, 64, 56, 56]], to: [[batch, 64, 56, 56]]),
        .make("aten::batch_norm", [[batch, 64, 56, 56], [64], [64], [64], [64]], to: [[batch, 64, 56, 56]]),
        .make("aten::scaled_dot_product_attention", Array(repeating: [batch, 12, 128, 64], count: 3)),
      ]
    }
    return operators.flatMap { lowering.lower($0).kernels }
  }

  static func close(_ left: Double, _ right: Double) -> Bool { abs(left - right) <= 1e-12 * max(abs(left), abs(right)) }

  @Test func `of as much arithmetic as traffic waits for arithmetic`() {
    let even = KernelTime(compute: 2, memory: 2, setup: 1, fixed: 3)
    #expect(even.isComputeBound && even.computeShare == 2 && even.memoryShare == 0 && even.overheadShare == 4)
    let exposed = KernelTime(compute: 2, memory: 1, exposedMemory: 1)
    #expect(exposed.isComputeBound && exposed.computeShare == 2 && exposed.memoryShare == 1)
    let less = KernelTime(compute: 2, memory: 2.5)
    #expect(!less.isComputeBound && less.computeShare == 0 && less.memoryShare == 2.5)
  }

  // MARK: The ideal roofline

  @Test func `by the ideal roofline is the longer of arithmetic and traffic`() throws {
    let model = IdealRooflineModel(accelerator: try Sample.accelerator())
    // 10 TFLOP/s and 500 GB/s meet at 20 FLOP per byte.
    let low = model.time(of: Self.stream(1e9, flops: 10e9))
    #expect(Self.close(low.seconds, 1e9 / 500e9) && !low.isComputeBound)
    let high = model.time(of: Self.stream(1e9, flops: 40e9))
    #expect(Self.close(high.seconds, 40e9 / 10e12) && high.isComputeBound)
    let ridge = model.time(of: Self.stream(1e9, flops: 20e9))
    #expect(Self.close(ridge.compute, ridge.memory))
  }

  @Test func `by the ideal roofline is that of the Roofline module`() throws {
    for accelerator in try ShippedProfiles.catalog().accelerators {
      let model = IdealRooflineModel(accelerator: accelerator)
      for precision in Precision.selectable {
        for kernel in [Self.product(512, 512, 512, precision), Self.product(1, 1024, 1024, precision)] {
          let roofline = Roofline(
            peak: FLOPsPerSecond(model.peak(precision)),
            bandwidth: BytesPerSecond(gigabytesPerSecond: accelerator.memory.bandwidthGBPerS))
          let bound = roofline.timeLowerBound(flops: FLOPs(kernel.flops), bytes: Bytes(kernel.bytes))
          #expect(Self.close(model.time(of: kernel).seconds, bound.value), "\(accelerator.name) \(precision)")
        }
      }
    }
  }

  @Test func `by the ideal roofline uses the fastest format that can carry the one asked for`() throws {
    let plain = IdealRooflineModel(accelerator: try Sample.accelerator("Plain"))
    #expect(plain.peak(.fp16) == 20e12)
    #expect(plain.peak(.bf16) == 10e12, "no units: computed in fp32")
    #expect(plain.peak(.int8) == 20e12, "computed in fp16")
    #expect(plain.peak(.fp64) == 0, "nothing carries it")
    #expect(try IdealRooflineModel(accelerator: Sample.accelerator("Matrix")).peak(.bf16) == 40e12, "in TF32")
  }

  // MARK: The calibrated model

  @Test(arguments: ["Plain", "Matrix"])
  func `by the calibrated model is no less than the ideal, but for Winograd's savings`(_ name: String) throws {
    let accelerator = try Sample.accelerator(name)
    let ideal = IdealRooflineModel(accelerator: accelerator)
    let calibrated = CalibratedModel(accelerator: accelerator)
    for precision in [Precision.fp32, .fp16, .tf32] {
      for kernel in Self.kernels(
        Lowering(target: LoweringTarget(system: try Sample.system(name), precision: precision)))
      {
        if case .convolution(let shape) = kernel.work, shape.isThreeByThreeUnitStride {
          #expect(calibrated.time(of: kernel).seconds >= ideal.time(of: kernel).seconds / 4, "F(4x4) saves 4 at most")
        } else {
          #expect(calibrated.time(of: kernel).seconds >= ideal.time(of: kernel).seconds, "\(kernel)")
        }
      }
    }
  }

  @Test(arguments: ["Plain", "Matrix"])
  func `falls, or stays, as the device gets better`(_ name: String) throws {
    let base = try Sample.system(name)
    let improvements: [(path: String, factor: Double)] = [
      ("memory.bandwidth_gb_per_s", 2), ("memory.bandwidth_gb_per_s", 1.1), ("peak_tflops.fp32", 2),
      ("peak_tflops.fp16", 2), ("efficiency.matrix_flops_per_clock", 1.3), ("efficiency.vector", 1.2),
      ("efficiency.memory", 1.2), ("efficiency.winograd", 1.5), ("efficiency.depthwise", 1.5),
      ("efficiency.reduction", 1.5), ("efficiency.tile_setup_us", 0.5), ("efficiency.kernel_fixed_us", 0.5),
      ("efficiency.convolution", 1.1), ("efficiency.wave_quantization", 0.5),
    ]
    for (path, factor) in improvements {
      var system = base
      let old = try #require(system.number(at: "accelerator." + path))
      try system.set("accelerator." + path, to: old * factor)
      let slow = CalibratedModel(accelerator: try #require(base.accelerator))
      let fast = CalibratedModel(accelerator: try #require(system.accelerator))
      for precision in [Precision.fp32, .fp16] {
        for kernel in Self.kernels(Lowering(target: LoweringTarget(system: base, precision: precision))) {
          let before = slow.time(of: kernel).seconds
          let after = fast.time(of: kernel).seconds
          #expect(after <= before * (1 + 1e-12), "\(path) x \(factor): \(kernel)")
        }
      }
    }
  }

  /// Doubling a batch doubles the work at most, and a device never does more in less time.
  @Test(arguments: ["Plain", "Matrix"])
  func `of twice the batch is at most twice, and never less`(_ name: String) throws {
    let accelerator = try Sample.accelerator(name)
    let model = CalibratedModel(accelerator: accelerator)
    for precision in [Precision.fp32, .fp16] {
      let lowering = Lowering(target: LoweringTarget(system: try Sample.system(name), precision: precision))
      for make in Self.batched {
        for batch in [1, 2, 3, 5, 8, 17, 64, 100] as [Int64] {
          let once = lowering.lower(make(batch)).kernels.map { model.time(of: $0).seconds }
          let twice = lowering.lower(make(2 * batch)).kernels.map { model.time(of: $0).seconds }
          for (one, two) in zip(once, twice) {
            #expect(two <= 2 * one * (1 + 1e-9), "\(make(batch).name), \(batch)")
            #expect(two >= one * (1 - 1e-9), "\(make(batch).name), \(batch)")
          }
        }
      }
    }
  }

  static let batched: [@Sendable (Int64) -> Operator] = [
    { .make("aten::linear", [[$0, 128, 768], [768, 768]]) },
    { .make("aten::bmm", [[$0 * 12, 128, 64], [$0 * 12, 64, 128]]) },
    { .make("aten::conv2d", [[$0, 256, 14, 14], [256, 256, 3, 3]], ["padding": [1, 1]]) },
    { .make("aten::conv2d", [[$0, 256, 14, 14], [1024, 256, 1, 1]]) },
    { .make("aten::conv2d", [[$0, 32, 28, 28], [32, 1, 3, 3]], ["padding": [1, 1], "groups": [32]]) },
    { .make("aten::relu", [[$0, 64, 28, 28]], to: [[$0, 64, 28, 28]]) },
    { .make("aten::softmax", [[$0, 12, 128, 128]], to: [[$0, 12, 128, 128]]) },
  ]

  @Test func `of more arithmetic is never shorter`() throws {
    let sizes = [16, 32, 64, 96, 128, 256, 512, 1024, 4096] as [Double]
    for name in ["Plain", "Matrix"] {
      let model = CalibratedModel(accelerator: try Sample.accelerator(name))
      for (small, large) in zip(sizes, sizes.dropFirst()) {
        for other in [8, 64, 200, 1024] as [Double] {
          var cases = [
            ("m", Self.product(small, other, 64, .fp16), Self.product(large, other, 64, .fp16)),
            ("n", Self.product(other, small, 64, .fp16), Self.product(other, large, 64, .fp16)),
          ]
          // A sum of fewer than 128 terms is not split over blocks, and may take longer than one that is.
          if small >= 128 {
            cases.append(("k", Self.product(other, 64, small, .fp16), Self.product(other, 64, large, .fp16)))
          }
          for (side, one, two) in cases {
            let times = (model.time(of: one).seconds, model.time(of: two).seconds)
            #expect(times.1 >= times.0 * (1 - 1e-9), "\(name): \(side) from \(small) to \(large), others \(other)")
          }
        }
      }
    }
  }

  @Test func `of nothing is the time of an empty kernel`() throws {
    let model = CalibratedModel(accelerator: try Sample.accelerator())
    #expect(Self.close(model.time(of: Self.stream(0)).seconds, 2e-6))
  }

  @Test func `of a stream is the fixed time and the traffic at the sustained bandwidth`() throws {
    let model = CalibratedModel(accelerator: try Sample.accelerator())
    #expect(Self.close(model.time(of: Self.stream(4e8)).seconds, 2e-6 + 4e8 / (500e9 * 0.8)))
    #expect(
      Self.close(model.time(of: Self.stream(4e8, .reduction)).seconds, 2e-6 + 4e8 / (500e9 * 0.8 * 0.5)))
  }

  @Test func `of a product with a vector knows no tiles`() throws {
    let model = CalibratedModel(accelerator: try Sample.accelerator("Matrix"))
    let vector = model.time(of: Self.product(1, 1024, 1024, .fp16))
    #expect(Self.close(vector.compute, model.time(of: Self.product(1, 1024, 1024, .fp32)).compute), "the vector units")
    #expect(vector.compute < model.time(of: Self.product(2, 1024, 1024, .fp32)).compute / 2)
  }

  // MARK: The host

  @Test func `on a host follows the threads in use`() throws {
    var host = try Sample.host()
    #expect(HostModel(host: host).peak == 4e9 * 32, "one thread: the boost clock")
    #expect(HostModel(host: host).bandwidth == 20e9)
    host.threads = 4
    #expect(HostModel(host: host).peak == 4 * 2e9 * 32, "several: the sustained clock")
    #expect(HostModel(host: host).bandwidth == 80e9)
    host.threads = 64
    #expect(HostModel(host: host).peak == 8 * 2e9 * 32, "no more than there are cores")
    #expect(HostModel(host: host).bandwidth == 100e9, "the memory's")
    let time = HostModel(host: try Sample.host()).time(of: Self.product(64, 64, 64, .fp32))
    #expect(Self.close(time.compute, times(2, 64, 64, 64) / (128e9 * 0.8)))
    #expect(Self.close(time.exposedMemory, times(3, 64, 64, 4) / (20e9 * 0.8)))
  }

  @Test func `on a host adds the packing of a product's operands to its arithmetic`() throws {
    let time = HostModel(host: try Sample.host()).time(of: Self.product(64, 64, 64, .fp32))
    #expect(Self.close(time.seconds, time.compute + time.exposedMemory) && time.memory == 0)
  }

  @Test func `on a host is shorter where the last-level cache holds the operands`() throws {
    var host = try Sample.host()
    host.memory.l3MB = 4
    host.efficiency.cache = 3
    let model = HostModel(host: host)
    #expect(Self.close(model.time(of: Self.stream(4e6)).memory, 4e6 / (20e9 * 3)))
    #expect(Self.close(model.time(of: Self.stream(4e6 + 4)).memory, (4e6 + 4) / (20e9 * 0.8)))
    host.threads = 4
    #expect(Self.close(HostModel(host: host).time(of: Self.stream(4e6)).memory, 4e6 / (4 * 20e9 * 3)))
  }

  @Test func `on a host holds the first touch of each page of a result that is mapped anew`() throws {
    var host = try Sample.host()
    host.memory.mappedMB = 32
    host.memory.pageFaultUS = 1
    func fixed(_ bytesWritten: Double) -> Double {
      let kernel = Kernel(
        name: "", .elementwise, flops: 0, bytesRead: 1e9, bytesWritten: bytesWritten, arithmetic: .fp32)
      return HostModel(host: host).time(of: kernel).fixed
    }
    #expect(fixed(32e6 - 4) == 0, "the allocator gives memory that was touched before")
    #expect(Self.close(fixed(4096 * 10_000), 10_000e-6))
    host.threads = 4
    #expect(Self.close(fixed(4096 * 10_000), 2_500e-6), "each thread touches its part")
  }

  @Test func `on a host of a window that slides follows its own fraction`() throws {
    var host = try Sample.host()
    let pooling = Kernel(
      name: "", .elementwise, .pooling, flops: 9e6, bytesRead: 4, bytesWritten: 4, arithmetic: .fp32)
    #expect(Self.close(HostModel(host: host).time(of: pooling).compute, 9e6 / (128e9 * 0.1)), "as element-wise work")
    host.efficiency.pooling = 0.01
    #expect(Self.close(HostModel(host: host).time(of: pooling).compute, 9e6 / (128e9 * 0.01)))
  }
}
