/// How often blocks of threads fill the compute units one after the other.
struct Waves: Sendable, Equatable {
  /// Compute units.
  let computeUnits: Double
  /// The share of an unfilled last wave that is lost.
  let quantization: Double

  /// Blocks for each unit.
  func load(_ blocks: Double) -> Double { blocks / computeUnits }

  /// The waves of some blocks: one at least, and part of what is missing from the last.
  func count(load: Double) -> Double { load <= 1 ? 1 : load + quantization * (load.rounded(.up) - load) }
}
