import Kernels
import Profiles
import Roofline
import Simulation

/// Each kernel of a workload against the rooflines of its device.
public struct RooflineStudy: Sendable {
  /// One sort of kernel, however often it runs.
  public struct Row: Sendable {
    /// The operator it belongs to.
    public let name: String
    /// What sort of work it is.
    public let kernelClass: KernelClass
    /// How often it runs in a pass.
    public let count: Int
    /// Operations of one run.
    public let flops: FLOPs
    /// Traffic of one run.
    public let bytes: Bytes
    /// The format of its arithmetic.
    public let arithmetic: Precision
    /// What the data sheet lets it reach; nil without arithmetic.
    public let attainable: FLOPsPerSecond?
    /// What it reaches by the kernel model.
    public let achieved: FLOPsPerSecond
    /// Time of one run by the kernel model.
    public let time: Seconds
    /// The data sheet's lower bound on that time.
    public let lowerBound: Seconds
    /// The side of the ridge on which it lies.
    public let bound: RooflineBound
    /// The level that binds where the last-level cache's bandwidth is known: `L2` if even the cache is too slow.
    public let level: String
  }

  /// The device.
  public let accelerator: AcceleratorProfile
  /// The longest total time first.
  public let rows: [Row]

  /// Holds the kernels of a plan against a device.
  public init(plan: ProgramPlan, accelerator: AcceleratorProfile, model: some KernelTimeModel) {
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
    _ kernel: Kernel, count: Int, _ ideal: IdealRooflineModel, _ model: some KernelTimeModel
  ) -> Row {
    let flops = FLOPs(kernel.flops)
    let bytes = Bytes(kernel.bytes)
    let roofline = ideal.roofline(kernel.arithmetic)
    let seconds = Seconds(model.time(of: kernel).seconds)
    let intensity = kernel.bytes > 0 ? flops / bytes : ArithmeticIntensity(.infinity)
    var level = "DRAM"
    if let l2 = ideal.accelerator.memory.l2BandwidthGBPerS {
      // The traffic through the cache is at least the traffic to memory; if that already takes longer than the
      // arithmetic at the cache's speed, no reuse in the cache can help.
      let cache = Roofline(peak: roofline.peak, bandwidth: BytesPerSecond(gigabytesPerSecond: l2))
      if kernel.bytes > 0, cache.bound(at: intensity) == .memoryBound { level = "L2" }
    }
    let bound = kernel.bytes > 0 ? roofline.bound(at: intensity) : .computeBound
    return Row(
      name: kernel.name, kernelClass: kernel.kernelClass, count: count, flops: flops, bytes: bytes,
      arithmetic: kernel.arithmetic, attainable: kernel.flops > 0 ? roofline.attainable(at: intensity) : nil,
      achieved: FLOPsPerSecond(seconds.value > 0 ? kernel.flops / seconds.value : 0), time: seconds,
      lowerBound: roofline.timeLowerBound(flops: flops, bytes: bytes), bound: bound,
      level: bound == .computeBound ? "compute" : level)
  }

  /// How often each kernel of a program runs.
  private static func counts(of program: LoweredProgram) -> [Int] {
    var counts = [Int](repeating: 0, count: program.kernels.count)
    func walk(_ statements: [LoweredProgram.Statement], times: Int) {
      for statement in statements {
        switch statement {
        case .operation(let index): for kernel in program.operations[index].kernels { counts[kernel] += times }
        case .loop(let count, let body): walk(body, times: times * count)
        }
      }
    }
    walk(program.statements, times: 1)
    return counts
  }
}
