import JSONText

/// A processor that runs the framework, and the kernels too when there is no accelerator.
public struct HostProfile: Sendable, Equatable {
  /// Vector arithmetic.
  public struct Vector: Sendable, Equatable {
    /// Single-precision FLOPs that one core completes in a cycle.
    public var flopsPerCycle = 0.0
  }

  /// Sizes and speeds of the memories.
  public struct Memory: Sendable, Equatable {
    /// Peak bandwidth of all cores together, GB/s.
    public var bandwidthGBPerS = 0.0
    /// What one core can draw, GB/s.
    public var singleCoreBandwidthGBPerS = 0.0
    /// Second-level cache of one core, MB.
    public var l2MB = 0.0
    /// Last-level cache of the chip, MB.
    public var l3MB = 0.0
    /// Size from which the allocator maps a tensor anew each time, MB; nil where it never does.
    ///
    /// glibc raises its threshold up to 32 MB (mallopt(3), `M_MMAP_THRESHOLD`).
    public var mappedMB: Double?
    /// Time of the first touch of each 4 KiB page of such a tensor, microseconds.
    public var pageFaultUS = 0.0
  }

  /// Stable identifier.
  public var name = ""
  /// Further names for the same part.
  public var aliases: [String] = []
  /// The name that people read.
  public var title = ""
  /// Who makes it.
  public var vendor = ""
  /// Year and month of the release.
  public var released = ""
  /// The family whose rule gives the speeds that the profile does not state.
  package var architecture = HostProfile.defaultArchitecture
  /// Single-thread speed relative to the reference host: every host cost is divided by it, and by one of its speeds.
  public var singleThreadSpeed = 1.0
  /// How fast it is at each sort of code, relative to that.
  package var speed = HostSpeeds()
  /// How speed at native code follows from the second-level cache, in the years of a projection.
  package var cacheRule = HostCacheRule()
  /// How much its costs scatter, where a run asks for it.
  package var jitter = HostJitter()
  /// For how long the scheduler lets a thread run that another waits for, microseconds.
  package var sliceUS = 0.0
  /// Threads that want to run all the time beside the one that dispatches: a pool's, other processes'.
  package var busyThreads = 0.0
  /// Cores of one chip.
  public var cores = 1.0
  /// Threads that share the kernels of a processor-only system.
  public var threads = 1.0
  /// Sustained clock of all cores, GHz.
  public var clockGHz = 0.0
  /// Clock of a single busy core, GHz.
  public var boostClockGHz = 0.0
  /// Vector arithmetic.
  public var vector = Vector()
  /// Sizes and speeds of the memories.
  public var memory = Memory()
  /// What kernels reach of the peaks.
  public var efficiency = HostEfficiency()
  /// Where the numbers come from.
  package var provenance = Provenance()

  /// An empty profile, to be filled field by field.
  public init() {}

  /// The family of hosts that state none.
  static let defaultArchitecture = "x86"
}

/// What kernels on a processor reach of its peaks.
public struct HostEfficiency: Sendable, Equatable {
  /// Sustained fraction of the vector peak in matrix products.
  public var matrix = 0.0
  /// Sustained fraction of the vector peak in convolutions.
  public var convolution = 0.0
  /// Sustained fraction of the vector peak in depthwise and grouped convolutions.
  public var depthwise = 0.0
  /// Sustained fraction of the memory bandwidth.
  public var memory = 0.0
  /// What one core draws of the last-level cache, relative to its share of the memory; nil for no difference.
  public var cache: Double?
  /// Sustained fraction of the vector peak in pooling, one FLOP counted for each element of a window; nil for that of
  /// element-wise work.
  public var pooling: Double?
  /// Sustained fraction of the vector peak in transcendental element-wise work.
  public var elementwise = 0.0

  /// All zero, to be filled from a host's file: the code holds no constants.
  public init() {}
}

extension HostProfile: FieldDescribed {
  /// The word for such a profile in messages.
  package static let noun = "host"

  /// Every number of the profile, with all that is known of it.
  ///
  /// What follows them is said for a host with an accelerator; one without prices its kernels by them as well.
  package static let fields: [ProfileField<HostProfile>] = [
    singleThreadSpeed,
    speed("interpreter", \.speed.interpreter, "Python", "1 if left out"),
    speed("native", \.speed.native, "compiled framework code", byRule),
    .init(
      "speed.driver", \.speed.ownDriver, .ratio(0.001, 1000),
      "speed at the driver's calls, relative to single_thread_speed", note: "speed.native if left out", affects: .host),
    speed("copy", \.speed.copy, "copies by the processor", byRule + "; no cost is spent in them yet"),
    speed("tokenizer", \.speed.tokenizer, "texts to tokens and back", "1 if left out; no cost is spent in them yet"),
    .init(
      "busy_threads", \.busyThreads, leftOut: 0, .threads, "threads that run beside the one that dispatches",
      note: "they share its cores; 0 if left out", affects: .host),
    jitter("deviation", \.jitter.deviation, .fraction(0, 1), "scatter of a cost: standard deviation of its logarithm"),
    jitter("stall_probability", \.jitter.stallProbability, .fraction(0, 1), "share of costs that are interrupted"),
    jitter(
      "rank_deviation", \.jitter.rankDeviation, .fraction(0, 1),
      "the same of all costs of one of several processes on the host"),
    jitter("stall_mean", \.jitter.stallMean, .ratio(0, 1000), "an interruption's mean, as a share of the cost"),
    .init(
      "scheduler.slice_us", \.sliceUS, .microseconds, "how long a thread runs that another waits for", note: byRule,
      required: false, affects: .host),
    .init("cores", \.cores, .cores, "cores of one chip", affects: .host),
    .init(
      "threads", \.threads, .cores, "threads that run kernels without an accelerator", note: "1 if left out",
      required: false, affects: .host),
    .init("clock_ghz", \.clockGHz, .gigahertz, "sustained clock of all cores", affects: .host),
    .init("boost_clock_ghz", \.boostClockGHz, .gigahertz, "clock of a single busy core", affects: .host),
    .init(
      "vector.flops_per_cycle", \.vector.flopsPerCycle, .flopsPerClock, "fp32 FLOPs per cycle and core",
      note: "a fused multiply-add is two", affects: .host),
    .init(
      "memory.bandwidth_gb_per_s", \.memory.bandwidthGBPerS, .gigabytesPerSecond, "peak memory bandwidth",
      note: "of all channels of a socket", affects: .host),
    .init(
      "memory.single_core_bandwidth_gb_per_s", \.memory.singleCoreBandwidthGBPerS, .gigabytesPerSecond,
      "bandwidth that one core can draw", affects: .host),
    .init("memory.l2_mb", \.memory.l2MB, .megabytes, "second-level cache of one core", affects: .host, trend: .fitted),
    .init(
      "memory.l3_mb", \.memory.l3MB, .megabytesOrNone, "last-level cache of the chip",
      note: "where there is no third level, the shared second one", affects: .host),
    .init(
      "memory.mapped_mb", \.memory.mappedMB, .megabytes, "tensors of this size are mapped anew each time",
      note: "never if left out", affects: .host),
    .init(
      "memory.page_fault_us", \.memory.pageFaultUS, .microseconds, "first touch of a 4 KiB page",
      note: "of a tensor that is mapped anew", required: false, affects: .host),
    .init(
      "efficiency.matrix", \.efficiency.matrix, .fraction(0.001, 2),
      "sustained fraction of the vector peak in matrix products", affects: .host),
    .init(
      "efficiency.convolution", \.efficiency.convolution, .fraction(0.001, 2), "the same in convolutions",
      affects: .host),
    .init(
      "efficiency.depthwise", \.efficiency.depthwise, .fraction(0.001, 2),
      "the same in depthwise and grouped convolutions", affects: .host),
    .init(
      "efficiency.memory", \.efficiency.memory, .fraction(0.001, 1.5), "sustained fraction of the bandwidth",
      affects: .host),
    .init(
      "efficiency.cache", \.efficiency.cache, .ratio(0.1, 100), "bandwidth of the last-level cache, relative",
      note: "what a core draws of it, to its share of the memory; 1 if left out", affects: .host),
    .init(
      "efficiency.pooling", \.efficiency.pooling, .fraction(0.0001, 2), "vector peak share of pooling",
      note: "one FLOP counted for an element of a window; efficiency.elementwise if left out", affects: .host),
    .init(
      "efficiency.elementwise", \.efficiency.elementwise, .fraction(0.0001, 2),
      "vector peak share of element-wise work", note: "the FLOPs of each function are those of docs/model.md",
      affects: .host),
  ]

  /// What matters little to who feeds an accelerator.
  package static let derivable = ["cores", "clock_ghz", "boost_clock_ghz", "vector", "memory", "efficiency"]

  private static let byRule = "by the rule of its architecture if left out"

  private static func speed(
    _ component: String, _ path: any WritableKeyPath<HostProfile, Double> & Sendable, _ meaning: String, _ note: String
  ) -> ProfileField<HostProfile> {
    .init(
      "speed.\(component)", path, .ratio(0.001, 1000), "speed at \(meaning), relative to single_thread_speed",
      note: note, required: false, affects: .host)
  }

  private static func jitter(
    _ key: String, _ path: any WritableKeyPath<HostProfile, Double> & Sendable, _ domain: NumberDomain,
    _ meaning: String
  ) -> ProfileField<HostProfile> {
    .init("jitter.\(key)", path, domain, meaning, note: byRule, required: false, affects: .host)
  }

  static let singleThreadSpeed = ProfileField<HostProfile>(
    "single_thread_speed", \.singleThreadSpeed, .ratio(0.001, 1000), "relative to the reference host",
    note: "one thread's speed; times each of speed", affects: .host, family: .hostSpeed, trend: .leading)
}
