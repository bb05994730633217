import Kernels
import Profiles
import Roofline
import Simulation
import Workloads

/// Each kernel of a workload against the rooflines of its device.
package struct RooflineStudy: Sendable {
  /// One sort of kernel, however often it runs.
  package struct Row: Sendable {
    /// The operator it belongs to.
    package let name: String
    /// What sort of work it is.
    package let kernelClass: KernelClass
    /// How often it runs in a pass.
    package let count: Int
    /// Operations of one run.
    package let flops: FLOPs
    /// Traffic of one run.
    package let bytes: Bytes
    /// The format of its arithmetic.
    package let arithmetic: Precision
    /// What the data sheet lets it reach; nil without arithmetic.
    package let attainable: FLOPsPerSecond?
    /// What it reaches by the kernel model.
    package let achieved: FLOPsPerSecond
    /// Time of one run by the kernel model.
    package let time: Seconds
    /// The data sheet's lower bound on that time.
    package let lowerBound: Seconds
    /// The side of the ridge on which it lies.
    package let bound: RooflineBound
    /// What binds: `compute` or `DRAM` as ``bound`` has it, or `L2` where all bytes fit the cache and even that is too slow.
    package let level: String
  }

  /// The device.
  package let accelerator: AcceleratorProfile
  /// The longest total time first.
  package let rows: [Row]

  /// Holds the kernels of a plan against a device.
  package init(plan: ProgramPlan, accelerator: AcceleratorProfile, model: any KernelTimeModel) {
    self.accelerator = accelerator
    let counts = Self.counts(of: plan.lowered)
    let ideal = IdealRooflineModel(accelerator: accelerator)
    let rows = plan.lowered.kernels.indices.map { index in
      Self.row(plan.lowered.kernels[index], count: counts[index], ideal, model)
    }
    self.rows = rows.filter { $0.count > 0 }
      .sorted { Double($0.count) * $0.time.value > Double($1.count) * $1.time.value }
  }

  private static func row(
    _ kernel: Kernel, count: Int, _ ideal: IdealRooflineModel, _ model: any KernelTimeModel
  ) -> Row {
    let flops = FLOPs(kernel.flops)
    let bytes = Bytes(kernel.bytes)
    let roofline = ideal.roofline(kernel.arithmetic)
    let seconds = Seconds(model.time(of: kernel).seconds)
    let intensity = kernel.bytes > 0 ? flops / bytes : ArithmeticIntensity(.infinity)
    let bound = kernel.bytes > 0 ? roofline.bound(at: intensity) : .computeBound
    return Row(
      name: kernel.name, kernelClass: kernel.kernelClass, count: count, flops: flops, bytes: bytes,
      arithmetic: kernel.arithmetic, attainable: kernel.flops > 0 ? roofline.attainable(at: intensity) : nil,
      achieved: FLOPsPerSecond(seconds.value > 0 ? kernel.flops / seconds.value : 0), time: seconds,
      lowerBound: roofline.timeLowerBound(flops: flops, bytes: bytes), bound: bound,
      level: level(of: kernel, bound, roofline, ideal.accelerator.memory))
  }

  /// The level of the memory hierarchy that binds.
  ///
  /// Each tensor is moved once, so that all levels carry the same bytes and the slowest, DRAM, binds before the cache;
  /// but where all the bytes of a kernel fit the last-level cache together, they are taken to be in it: then the cache
  /// binds, unless it is fast enough for the arithmetic, which leaves the first way from memory.
  private static func level(
    of kernel: Kernel, _ bound: RooflineBound, _ roofline: Roofline, _ memory: AcceleratorProfile.Memory
  ) -> String {
    guard bound == .memoryBound else { return "compute" }
    guard let l2 = memory.l2BandwidthGBPerS, l2 > memory.bandwidthGBPerS, kernel.bytes <= memory.l2MB * 1e6 else {
      return "DRAM"
    }
    let levels = HierarchicalRoofline(
      peak: roofline.peak,
      levels: [
        MemoryLevel(name: "L2", bandwidth: BytesPerSecond(gigabytesPerSecond: l2)),
        MemoryLevel(name: "DRAM", bandwidth: roofline.bandwidth),
      ])
    switch levels.bound(flops: FLOPs(kernel.flops), traffic: [Bytes(kernel.bytes), .zero]) {
    case .computeBound: return "DRAM"
    case .memoryBound(let level): return levels.levels[level].name
    }
  }

  /// How often each kernel of a program runs.
  static func counts(of program: LoweredProgram) -> [Int] {
    var counts = [Int](repeating: 0, count: program.kernels.count)
    program.statements.forEachLeaf { operation, times in
      for kernel in program.operations[operation].kernels { counts[kernel] += times }
    }
    return counts
  }
}
