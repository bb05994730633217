import JSONText

/// A family of hosts: by which rule their speeds follow from their caches where nobody has measured them.
///
/// Dispatch walks through more code than a front end and a small second-level cache hold; a core whose cache holds it all
/// dispatches faster than its score in benchmarks says (benchmarks/studies/hosts.md has the measurements).
package struct HostArchitecture: Sendable, Equatable {
  /// The family's name, as hosts state it: `x86`.
  package var name = ""
  /// Speed at native code of a core with a small second-level cache, relative to its single-thread speed.
  var native = 1.0
  /// How much faster native code is where the second-level cache is large.
  var largeCache = 1.0
  /// The cache that is small, MB a core, and anything below.
  var smallCacheMB = 1.0
  /// The cache that is large, MB a core, and anything above.
  var largeCacheMB = 2.0
  /// What one core draws of the memory where copies have the speed 1, GB/s.
  var copyBandwidthGBPerS = 12.0
  /// How much the costs scatter of hosts that do not say.
  var jitter = HostJitter()
  /// For how long their schedulers let a thread run that another waits for, microseconds.
  var sliceUS = 0.0
  /// The numbers of hosts that leave them out.
  var defaults = FamilyDefaults(of: HostProfile())
  /// Where the constants come from.
  package var provenance = Provenance()

  /// A family of which nothing is known.
  init() {}

  /// How speed at native code follows from the second-level cache.
  var cacheRule: HostCacheRule {
    HostCacheRule(largeCache: largeCache, smallCacheMB: smallCacheMB, largeCacheMB: largeCacheMB)
  }

  /// The speeds of a host of the family that states some of them, or none.
  ///
  /// - Parameter host: The host, its other numbers read.
  /// - Returns: Each relative to the single-thread speed.
  func speeds(of host: HostProfile) -> HostSpeeds {
    var speeds = HostSpeeds()
    speeds.native = native * cacheRule.factor(l2MB: host.memory.l2MB)
    let copy = host.memory.singleCoreBandwidthGBPerS / copyBandwidthGBPerS / host.singleThreadSpeed
    speeds.copy = max(0.001, (copy * 1000).rounded() / 1000)
    return speeds
  }
}

extension HostArchitecture: FieldDescribed {
  /// The word for such a profile in messages.
  package static let noun = "host architecture"

  /// Every number of the profile, with all that is known of it.
  package static let fields: [ProfileField<HostArchitecture>] = [
    .init(
      "speed.native", \.native, .ratio(0.001, 1000), "speed at native code, relative to the single-thread speed",
      note: "of a core with a small second-level cache", affects: .host),
    .init(
      "speed.large_cache", \.largeCache, .ratio(0.001, 1000), "how much faster where the second-level cache is large",
      affects: .host),
    .init("speed.small_cache_mb", \.smallCacheMB, .megabytes, "the cache that is small, and any below", affects: .host),
    .init("speed.large_cache_mb", \.largeCacheMB, .megabytes, "the cache that is large, and any above", affects: .host),
    .init(
      "speed.copy_bandwidth_gb_per_s", \.copyBandwidthGBPerS, .gigabytesPerSecond,
      "what one core draws where copies have the speed 1", affects: .host),
    .init(
      "jitter.deviation", \.jitter.deviation, .fraction(0, 1), "standard deviation of a cost's logarithm",
      affects: .host),
    .init(
      "jitter.stall_probability", \.jitter.stallProbability, .fraction(0, 1), "share of costs that are interrupted",
      affects: .host),
    .init(
      "jitter.stall_mean", \.jitter.stallMean, .ratio(0, 1000), "an interruption's mean, as a share of the cost",
      affects: .host),
    .init(
      "jitter.rank_deviation", \.jitter.rankDeviation, leftOut: 0, .fraction(0, 1),
      "the same of all costs of one of several processes", affects: .host),
    .init(
      "scheduler.slice_us", \.sliceUS, .microseconds, "how long a thread runs that another waits for", affects: .host),
  ]
}
