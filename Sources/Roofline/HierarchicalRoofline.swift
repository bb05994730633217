/// One level of a memory hierarchy: a name and the bandwidth at which it feeds the arithmetic units.
public struct MemoryLevel: Hashable, Sendable {
  /// What the level is called, as in `L2` or `DRAM`.
  public let name: String

  /// The highest rate at which the level delivers data.
  public let bandwidth: BytesPerSecond

  /// Creates a memory level; its bandwidth is judged where it joins a `HierarchicalRoofline`.
  public init(name: String, bandwidth: BytesPerSecond) {
    self.name = name
    self.bandwidth = bandwidth
  }
}

/// What limits a kernel on a hierarchical roofline.
public enum HierarchicalBound: Hashable, Sendable {
  /// The peak arithmetic rate; also at the ridge point of every level that would bind.
  case computeBound
  /// The bandwidth of one memory level, by its position in `HierarchicalRoofline.levels`.
  case memoryBound(level: Int)
}

/// A roofline with a ceiling for every memory level: a kernel's traffic differs between L2 and DRAM, and so does what
/// each can deliver.
///
/// ```swift
/// let device = HierarchicalRoofline(
///   peak: FLOPsPerSecond(teraflops: 15.7),
///   levels: [
///     MemoryLevel(name: "L2", bandwidth: BytesPerSecond(gigabytesPerSecond: 2_500)),
///     MemoryLevel(name: "DRAM", bandwidth: BytesPerSecond(gigabytesPerSecond: 900)),
///   ])
/// device.bound(flops: FLOPs(giga: 1), traffic: [Bytes(megabytes: 500), Bytes(megabytes: 20)])
/// // .memoryBound(level: 0): L2 takes 200 µs, DRAM 22 µs, the arithmetic 64 µs
/// ```
///
/// The equation is `time ≥ max(flops / peak, bytesᵢ / bandwidthᵢ)` over the levels i: Ilic, Pratas, Sousa,
/// "Cache-aware Roofline Model", IEEE CAL 13(1), 2014, for the ceilings; Yang, Kurth, Williams, "Hierarchical Roofline
/// Analysis for GPUs", CCPE 32(20), 2020, for one intensity per level.
///
/// Invariant: the peak and every bandwidth are finite and greater than zero; there is at least one level, and no two
/// share a name. The order of the levels is the caller's; traffic and intensities are given in the same order.
public struct HierarchicalRoofline: Hashable, Sendable {
  /// The highest rate of arithmetic.
  public let peak: FLOPsPerSecond

  /// The memory levels, in the order in which traffic is given.
  public let levels: [MemoryLevel]

  /// Creates a hierarchical roofline from numbers known to be good.
  ///
  /// - Precondition: what `init(validatingPeak:levels:)` throws for does not hold.
  public init(peak: FLOPsPerSecond, levels: [MemoryLevel]) {
    let fault = Self.fault(peak: peak, levels: levels)
    precondition(fault == nil, "not a hierarchical roofline: \(String(describing: fault))")
    self.peak = peak
    self.levels = levels
  }

  /// Creates a hierarchical roofline from numbers that may be wrong.
  ///
  /// - Parameters:
  ///   - peak: The highest rate of arithmetic.
  ///   - levels: The memory levels, at least one, with distinct names.
  /// - Throws: The first `RooflineFault` that holds: of the peak, of the list of levels, then level by level.
  public init(validatingPeak peak: FLOPsPerSecond, levels: [MemoryLevel]) throws(RooflineFault) {
    if let fault = Self.fault(peak: peak, levels: levels) { throw fault }
    self.peak = peak
    self.levels = levels
  }

  /// The flat roofline that one level makes with the peak; it answers the inverse questions for that level.
  ///
  /// - Precondition: `level` is an index of `levels`.
  public func roofline(ofLevel level: Int) -> Roofline { Roofline(peak: peak, bandwidth: levels[level].bandwidth) }

  /// The ridge point of every level, in order.
  public var ridgePoints: [ArithmeticIntensity] { levels.map { peak / $0.bandwidth } }

  /// The highest rate that a kernel can attain: the lowest of the ceilings at its intensity per level.
  ///
  /// - Parameter intensities: One intensity per level, in order; zero or more, infinite where a level is not used.
  /// - Returns: `min(peak, intensityᵢ × bandwidthᵢ)` over the levels.
  /// - Precondition: there are as many intensities as levels, and none is negative.
  public func attainable(at intensities: [ArithmeticIntensity]) -> FLOPsPerSecond {
    precondition(intensities.count == levels.count, "one intensity per memory level")
    return intensities.indices.reduce(peak) { min($0, roofline(ofLevel: $1).attainable(at: intensities[$1])) }
  }

  /// The least time in which a kernel can run: the longest of its arithmetic and its transfers at every level.
  ///
  /// - Parameters:
  ///   - flops: The kernel's arithmetic; zero or more.
  ///   - traffic: What the kernel moves through each level, in order; zero or more.
  /// - Returns: `max(flops / peak, bytesᵢ / bandwidthᵢ)` over the levels.
  /// - Precondition: there are as many amounts of traffic as levels, and nothing is negative.
  public func timeLowerBound(flops: FLOPs, traffic: [Bytes]) -> Seconds {
    precondition(traffic.count == levels.count, "one amount of traffic per memory level")
    return traffic.indices.reduce(.zero) {
      max($0, roofline(ofLevel: $1).timeLowerBound(flops: flops, bytes: traffic[$1]))
    }
  }

  /// What limits a kernel.
  ///
  /// - Parameters:
  ///   - flops: The kernel's arithmetic; zero or more.
  ///   - traffic: What the kernel moves through each level, in order; zero or more.
  /// - Returns: Of the levels below whose ridge point the kernel lies, the one whose transfers take longest, the first
  ///   of equals; `.computeBound` where there is none.
  /// - Precondition: there are as many amounts of traffic as levels, and nothing is negative.
  public func bound(flops: FLOPs, traffic: [Bytes]) -> HierarchicalBound {
    precondition(traffic.count == levels.count, "one amount of traffic per memory level")
    var binding: (level: Int, time: Seconds)?
    for (level, bytes) in traffic.enumerated() {
      guard roofline(ofLevel: level).bound(at: flops / bytes) == .memoryBound else { continue }
      let time = bytes / levels[level].bandwidth
      if binding.map({ time > $0.time }) ?? true { binding = (level, time) }
    }
    return binding.map { .memoryBound(level: $0.level) } ?? .computeBound
  }

  private static func fault(peak: FLOPsPerSecond, levels: [MemoryLevel]) -> RooflineFault? {
    guard peak.isUsableRate else { return .unusablePeak(peak) }
    guard !levels.isEmpty else { return .noLevels }
    var names: Set<String> = []
    for level in levels {
      guard level.bandwidth.isUsableRate else {
        return .unusableLevelBandwidth(level: level.name, level.bandwidth)
      }
      guard names.insert(level.name).inserted else { return .duplicateLevel(level.name) }
    }
    return nil
  }
}
