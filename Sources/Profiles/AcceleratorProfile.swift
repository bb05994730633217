import JSONText

/// A device that runs kernels: what its data sheet and its measurements say.
///
/// Units stand in the names. Peaks are dense and belong to the fastest unit for the precision (matrix cores where the
/// part has them). Host times are those of the reference host; a faster host divides them.
public struct AcceleratorProfile: Sendable, Equatable {
  /// Sizes and speeds of the memories.
  public struct Memory: Sendable, Equatable {
    /// Device memory, GB.
    public var capacityGB = 0.0
    /// Peak device memory bandwidth, GB/s.
    public var bandwidthGBPerS = 0.0
    /// Last-level cache on the device, MB.
    public var l2MB = 0.0
    /// Measured bandwidth of that cache, GB/s, where known.
    public var l2BandwidthGBPerS: Double?
  }

  /// What it costs to get a kernel started, microseconds.
  public struct Launch: Sendable, Equatable {
    /// Host time of the driver call that launches one kernel, on the reference host.
    public var callUS = 0.0
    /// From the return of the call until the kernel may start on an idle device.
    public var latencyUS = 0.0
    /// Idle time between kernels that follow one another in a stream.
    public var kernelGapUS = 0.0
    /// The same inside a captured graph.
    public var graphKernelGapUS = 0.0
    /// Host time of the call that launches a whole graph, on the reference host.
    public var graphCallUS = 0.0
    /// From the return of that call until the graph's first kernel may start.
    public var graphLatencyUS = 0.0
    /// Host time of that call for each kernel of the graph, on the reference host.
    package var graphNodeUS = 0.0
    /// Host time of that call for each chain of kernels beside the first, on the reference host.
    package var graphBranchUS = 0.0
    /// Host time of a graph's first launch beside that of later ones, on the reference host.
    package var graphFirstUS = 0.0
    /// The same for each of its kernels.
    package var graphFirstNodeUS = 0.0
    /// Host time to capture one kernel and make it a node of a graph, on the reference host.
    package var graphCaptureNodeUS = 0.0
    /// Time that a graph launch takes on its way to the device beside all that: of a guest system.
    package var submissionUS = 0.0
    /// How much of the gap to the next kernel of a graph, and of its start, dependent launch can hide; nil where as much as a
    /// framework makes of it, 0 on parts that have none.
    package var dependentUS: Double?
    /// From the end of the device's work until a synchronization has returned to the host.
    public var synchronizationUS = 0.0
    /// Launches that may be unfinished before the next one blocks the host.
    public var queueDepth = 0.0
  }

  /// What it costs, where that is public.
  public struct Price: Sendable, Equatable {
    /// The maker's price of one, US dollars.
    public var listUSD: Double?
    /// Rent of one in a data center, on demand, US dollars an hour.
    public var cloudUSDPerHour: Double?
  }

  /// The way to the host's memory.
  public struct Link: Sendable, Equatable {
    /// Bandwidth in one direction, GB/s.
    public var bandwidthGBPerS = 0.0
    /// Fixed cost of a copy, microseconds.
    public var latencyUS = 0.0
  }

  /// Stable identifier.
  public var name = ""
  /// Further names for the same part.
  public var aliases: [String] = []
  /// The name that people read.
  public var title = ""
  /// Who makes it.
  public var vendor = ""
  /// The family whose kernel-time constants apply.
  public var architecture = ""
  /// Year and month of the release, `2017-06`.
  public var released = ""
  /// A host that it is sold with, by its name in the catalog; nil where nobody has said which.
  package var host: String?
  /// What connects several of them, by its name in the catalog; nil where nobody has said.
  package var interconnect: String?
  /// Whether the part is one of the generations of the headline study.
  public var isFlagship = false
  /// Whether the part is announced but does not ship yet.
  public var isAnnounced = false
  /// Streaming multiprocessors or compute units.
  public var computeUnits = 0.0
  /// Boost clock, GHz: the clock of ``peakTFLOPS``.
  public var clockGHz = 0.0
  /// The clock that the board's power lets arithmetic sustain, GHz, where it is known to lie below the boost clock.
  public var sustainedClockGHz: Double?
  /// The clock that the profile's file states, GHz, of which ``sustainedClockGHz`` is a share however ``clockGHz`` is
  /// changed afterwards; zero for a profile from no file, whose clock is its own.
  public var ratedClockGHz = 0.0
  /// The power that the board may draw, W, where it is known.
  public var watts: Double?
  /// Dense peaks, TFLOP/s.
  public var peakTFLOPS = PeakTable()
  /// Sizes and speeds of the memories.
  public var memory = Memory()
  /// What it costs to buy or to rent.
  public var price = Price()
  /// What it costs to get a kernel started.
  public var launch = Launch()
  /// The way to the host's memory.
  public var link = Link()
  /// What kernels reach of the peaks.
  public var efficiency = DeviceEfficiency()
  /// The paths of the efficiencies that the part states itself and does not take from its family.
  public var ownEfficiencies: [String] = []
  /// Where the numbers come from.
  package var provenance = Provenance()

  /// An empty profile, to be filled field by field.
  public init() {}
}

extension AcceleratorProfile {
  /// The share of the peaks that the board's power lets arithmetic sustain: 1 where nothing lower is known.
  public var sustainedShare: Double {
    let rated = ratedClockGHz > 0 ? ratedClockGHz : clockGHz
    guard let sustainedClockGHz, rated > 0 else { return 1 }
    return min(1, sustainedClockGHz / rated)
  }
}

/// A peak for each precision, where the part has one; TFLOP/s.
public struct PeakTable: Sendable, Equatable {
  private var values: [Double?] = Array(repeating: nil, count: Precision.allCases.count)

  /// No peaks.
  public init() {}

  /// The peak in one precision, or nil where the part has no units for it.
  public subscript(precision: Precision) -> Double? {
    get { values[index(of: precision)] }
    set { values[index(of: precision)] = newValue }
  }

  private func index(of precision: Precision) -> Int {
    switch precision {
    case .fp64: 0
    case .fp32: 1
    case .tf32: 2
    case .fp16: 3
    case .bf16: 4
    case .fp8: 5
    case .int8: 6
    case .int4: 7
    case .nvfp4: 8
    case .mxfp4: 9
    }
  }
}

extension AcceleratorProfile: FieldDescribed {
  /// The word for such a profile in messages.
  package static let noun = "accelerator"

  /// Every number of the profile, with all that is known of it.
  package static let fields: [ProfileField<AcceleratorProfile>] =
    [
      .init(
        "compute_units", \.computeUnits, .computeUnits, "streaming multiprocessors or compute units",
        affects: .device, family: .units, trend: .fitted),
      .init("clock_ghz", \.clockGHz, .gigahertz, "boost clock", affects: .device, family: .clock, trend: .fitted),
      .init(
        "sustained_clock_ghz", \.sustainedClockGHz, .gigahertz, "clock that the power limit sustains",
        note: "where it lies below the file's clock_ghz; above that it counts as that", affects: .device),
      .init(
        "watts", \.watts, .watts, "power that the board may draw", note: "of a module, the accelerator's part",
        affects: .device, family: .peak),
    ] + Precision.allCases.map(peak) + [
      .init(
        "memory.capacity_gb", \.memory.capacityGB, .gigabytes, "device memory", affects: .device, family: .capacity,
        trend: .fitted),
      memoryBandwidth,
      .init(
        "memory.l2_mb", \.memory.l2MB, .megabytes, "last-level cache",
        note: "the last before memory that all compute units share; AMD: the dies' L2, not the Infinity Cache",
        affects: .device),
      .init(
        "memory.l2_bandwidth_gb_per_s", \.memory.l2BandwidthGBPerS, .gigabytesPerSecond,
        "measured last-level cache bandwidth", affects: .device, family: .bandwidth,
        trend: .following([memoryBandwidth.path], over: [])),
      .init(
        "price.list_usd", \.price.listUSD, .dollars, "the maker's price of one", note: "of the source's date",
        affects: []),
      .init(
        "price.cloud_usd_per_hour", \.price.cloudUSDPerHour, .dollarsPerHour, "rent of one for an hour, on demand",
        note: "of the source's date", affects: []),
      launchCall, launchLatency, kernelGap, graphKernelGap, graphCall, graphLatency,
      graph("graph_node_us", \.launch.graphNodeUS, "host time of a graph launch for each node"),
      graph("graph_branch_us", \.launch.graphBranchUS, "host time of a graph launch for each further chain of nodes"),
      graph("graph_first_us", \.launch.graphFirstUS, "host time that a graph's first launch takes more"),
      graph("graph_first_node_us", \.launch.graphFirstNodeUS, "the same for each node"),
      graph("graph_capture_node_us", \.launch.graphCaptureNodeUS, "host time to capture a node and instantiate it"),
      .init(
        "launch.submission_us", \.launch.submissionUS, leftOut: 0, .microseconds,
        "delay of a graph launch in a guest system", note: "0 if left out: on Linux", affects: .host),
      .init(
        "launch.dependent_us", \.launch.dependentUS, .microseconds, "time between a graph's kernels that can be hidden",
        note: "by programmatic dependent launch; 0 on parts that have none", affects: [.host, .device]),
      synchronization,
      .init(
        "launch.queue_depth", \.launch.queueDepth, .queueDepth, "unfinished launches before the host blocks",
        affects: .host),
      linkBandwidth,
      .init("link.latency_us", \.link.latencyUS, .microseconds, "fixed cost of a copy", affects: .device),
    ] + DeviceEfficiency.fields(\.efficiency)

  /// What only measurements tell.
  package static let derivable = ["launch", "link"]

  /// Dense peaks: the beginning of their paths.
  public static let peaks = "peak_tflops"

  /// The peak that the others follow where the history is too short for their own.
  static let leadingPeak = "\(peaks).\(Precision.fp16.rawValue)"

  private static func peak(_ precision: Precision) -> ProfileField<AcceleratorProfile> {
    let path = "\(peaks).\(precision.rawValue)"
    // Which formats there are units for decides what operators are lowered to.
    return .init(
      path, .teraflops, "dense peak in \(precision.rawValue)", required: precision == .fp32,
      affects: [.device, .plan], family: .peak,
      trend: path == leadingPeak
        ? .leading : Precision.selectable.contains(precision) ? .fittedOrFollowing(leadingPeak) : .none,
      read: { $0.peakTFLOPS[precision] }, write: { $0.peakTFLOPS[precision] = $1 })
  }

  static let memoryBandwidth = ProfileField<AcceleratorProfile>(
    "memory.bandwidth_gb_per_s", \.memory.bandwidthGBPerS, .gigabytesPerSecond, "peak memory bandwidth",
    affects: .device, family: .bandwidth, trend: .leading)
  static let launchCall = ProfileField<AcceleratorProfile>(
    "launch.call_us", \.launch.callUS, .microseconds, "host time of one launch call", note: "on the reference host",
    affects: .host, family: .launch)
  static let launchLatency = ProfileField<AcceleratorProfile>(
    "launch.latency_us", \.launch.latencyUS, .microseconds, "launch call returned until the kernel may start",
    affects: .host, family: .launch)
  static let kernelGap = ProfileField<AcceleratorProfile>(
    "launch.kernel_gap_us", \.launch.kernelGapUS, .microseconds, "idle time between kernels of a stream",
    affects: .host, family: .gap)
  static let graphKernelGap = ProfileField<AcceleratorProfile>(
    "launch.graph_kernel_gap_us", \.launch.graphKernelGapUS, .microseconds, "the same inside a graph",
    affects: [.host, .device], family: .gap)
  static let graphCall = ProfileField<AcceleratorProfile>(
    "launch.graph_call_us", \.launch.graphCallUS, .microseconds, "host time of one graph launch",
    note: "on the reference host", affects: .host, family: .launch)
  static let graphLatency = ProfileField<AcceleratorProfile>(
    "launch.graph_latency_us", \.launch.graphLatencyUS, .microseconds, "graph launch returned until it starts",
    affects: .host, family: .launch)
  private static func graph(
    _ key: String, _ path: any WritableKeyPath<AcceleratorProfile, Double> & Sendable, _ meaning: String
  ) -> ProfileField<AcceleratorProfile> {
    .init(
      "launch.\(key)", path, leftOut: 0, .microseconds, meaning, note: "on the reference host; 0 if left out",
      affects: .host, family: .launch)
  }

  static let synchronization = ProfileField<AcceleratorProfile>(
    "launch.synchronization_us", \.launch.synchronizationUS, .microseconds,
    "device done until a synchronization has returned", affects: .host)
  static let linkBandwidth = ProfileField<AcceleratorProfile>(
    "link.bandwidth_gb_per_s", \.link.bandwidthGBPerS, .gigabytesPerSecond, "copy bandwidth to the host",
    note: "each way, from pinned memory", affects: .device, family: .link)

  /// Whoever builds faster matrix units also feeds them: operands in a clock follow the peak of a unit in a clock.
  static let operandTrend = NumberTrend.following([leadingPeak], over: ["compute_units", "clock_ghz"])
}
