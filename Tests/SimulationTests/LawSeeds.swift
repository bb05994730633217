#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// How many seeds the laws are tried on.
///
/// With `SIMULATE_LAWS=N` in the environment N times as many: the default takes seconds, a hundred times as many minutes.
enum LawSeeds {
  static let factor: UInt64 = getenv("SIMULATE_LAWS").flatMap { UInt64(String(cString: $0)) } ?? 1

  /// So many seeds, or as many times more as the environment asks for.
  static func range(_ count: UInt64) -> Range<UInt64> { 0..<count * factor }
}
