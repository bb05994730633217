import Profiles

/// The arithmetic that a board's power allows.
struct BoardPower: Sendable {
  /// Watts that arithmetic may draw.
  let watts: Double
  /// Joules of a FLOP in a 16-bit format.
  let energy: Double
  /// Joules of one in a format of a byte, relative to that.
  let narrowEnergy: Double

  /// The power of a board; nil where it, or what a FLOP takes, is not known.
  init?(_ accelerator: AcceleratorProfile) {
    let pipeline = accelerator.efficiency.pipeline
    guard let watts = accelerator.watts, let energy = pipeline.energyPJPerFLOP, let share = pipeline.arithmeticPower
    else { return nil }
    self.watts = watts * share
    self.energy = energy * 1e-12
    narrowEnergy = pipeline.narrowEnergy ?? 1
  }

  /// Seconds that some arithmetic takes at least.
  ///
  /// A format of four bytes takes twice the energy of one of two.
  func seconds(_ flops: Double, _ format: Precision) -> Double {
    let bytes = format.bytesPerElement
    return flops * energy * (bytes < 2 ? narrowEnergy : bytes / 2) / watts
  }
}
