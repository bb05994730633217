import JSONText

/// The limits of physical numbers.
///
/// Each reaches far beyond what anybody builds or will build in fifty years, so that no question is turned away. And each
/// ends where every equation of the model still gives finite times: the fastest device over the smallest kernel, and the
/// slowest over the largest, stay within what a `Double` holds.
extension JSONRange {
  /// From a kilobyte to an exabyte in a microsecond, GB/s.
  static let gigabytesPerSecond = JSONRange.between(1e-3, 1e9)
  /// From a pocket calculator to a million times today's largest part, TFLOP/s.
  static let teraflops = JSONRange.between(1e-6, 1e9)
  /// Clocks, GHz.
  static let gigahertz = JSONRange.between(1e-3, 1e3)
  /// Memories, GB.
  static let gigabytes = JSONRange.between(1e-3, 1e9)
  /// Caches and workspaces that there are, MB.
  static let megabytes = JSONRange.between(1e-6, 1e9)
  /// Caches and workspaces that may be none, MB.
  static let megabytesOrNone = JSONRange.between(0, 1e9)
  /// Times of single calls, pauses and copies, up to ten seconds, us.
  static let microseconds = JSONRange.between(0, 1e7)
  /// Compute units of a device.
  static let computeUnits = JSONRange.wholeBetween(1, 1e6)
  /// Cores of a chip, and threads on them.
  static let cores = JSONRange.wholeBetween(1, 1e5)
  /// FLOPs in a clock of one core.
  static let flopsPerCycle = JSONRange.between(1e-3, 1e6)
}

/// What the number at a path is counted in, which its key or its group ends in; empty for counts, fractions and ratios.
func unit(ofNumber path: String) -> String {
  let endings: [(ending: String, unit: String)] = [
    ("_gb_per_s", "GB/s"), ("_tflops", "TFLOP/s"), ("_ghz", "GHz"), ("_gb", "GB"), ("_mb", "MB"), ("_us", "us"),
    ("_per_clock", "FLOPs in a clock"), ("_per_cycle", "FLOPs in a cycle"),
  ]
  for part in path.split(separator: ".").reversed() {
    if let found = endings.first(where: { part.hasSuffix($0.ending) }) { return found.unit }
  }
  return ""
}
