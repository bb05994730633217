/// How a host's speed at native code follows from the second-level cache of a core.
package struct HostCacheRule: Sendable, Equatable {
  /// How much faster native code is where the cache is large.
  var largeCache = 1.0
  /// The cache that is small, MB a core, and anything below.
  var smallCacheMB = 1.0
  /// The cache that is large, MB a core, and anything above.
  var largeCacheMB = 2.0

  /// How many times as fast native code is as with a small cache.
  package func factor(l2MB: Double) -> Double {
    let share = (l2MB - smallCacheMB) / (largeCacheMB - smallCacheMB)
    return 1 + (largeCache - 1) * min(1, max(0, share))
  }
}
