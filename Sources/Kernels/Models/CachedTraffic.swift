/// Seconds of traffic of which the last-level cache keeps a part from one kernel to the next.
struct CachedTraffic: Sendable, Equatable {
  /// Bytes per second from memory.
  let memory: Double
  /// Bytes per second from the cache: what tensors that fit it reach, which fast memories exceed on large ones.
  let cache: Double
  /// Bytes up to which all stays in the cache, and from which on nothing does.
  let kept, lost: Double

  /// The share of so many bytes that does not stay in the cache.
  func away(_ bytes: Double) -> Double {
    guard bytes > kept else { return 0 }
    return bytes >= lost ? 1 : (bytes - kept) / (lost - kept)
  }

  /// Seconds of some bytes, of which so many have passed since they were last touched: as many as they are, unless
  /// something else comes between.
  func seconds(_ bytes: Double, reuse: Double? = nil) -> Double {
    let away = away(reuse ?? bytes)
    return bytes * (away / memory + (1 - away) / cache)
  }

  /// The same of kernels that reach so much of the memory's bandwidth.
  func reaching(_ share: Double) -> CachedTraffic {
    CachedTraffic(memory: memory * share, cache: cache, kept: kept, lost: lost)
  }
}
