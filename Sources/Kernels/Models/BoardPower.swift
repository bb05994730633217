import Profiles

/// The arithmetic that a board's power allows.
struct BoardPower: Sendable {
  /// Watts that arithmetic may draw.
  let watts: Double
  /// What a FLOP takes.
  let energy: ArithmeticEnergy

  /// The power of a board; nil where it, or what a FLOP takes, is not known.
  init?(_ accelerator: AcceleratorProfile) {
    guard let watts = accelerator.watts, let energy = ArithmeticEnergy(accelerator),
      let share = accelerator.efficiency.pipeline.arithmeticPower
    else { return nil }
    self.watts = watts * share
    self.energy = energy
  }

  /// Seconds that some arithmetic takes at least.
  func seconds(_ flops: Double, _ format: Precision) -> Double { energy.joules(flops, format) / watts }
}

/// What arithmetic takes of energy.
struct ArithmeticEnergy: Sendable {
  /// Joules of a FLOP in a 16-bit format.
  private let energy: Double
  /// Joules of one in a format of a byte, relative to that.
  private let narrowEnergy: Double

  /// The energy of an accelerator's arithmetic; nil where it is not known.
  init?(_ accelerator: AcceleratorProfile) {
    let pipeline = accelerator.efficiency.pipeline
    guard let energy = pipeline.energyPJPerFLOP else { return nil }
    self.energy = energy * 1e-12
    narrowEnergy = pipeline.narrowEnergy ?? 1
  }

  /// Joules of some arithmetic.
  ///
  /// A format of four bytes takes twice the energy of one of two.
  func joules(_ flops: Double, _ format: Precision) -> Double {
    let bytes = format.bytesPerElement
    return flops * energy * (bytes < 2 ? narrowEnergy : bytes / 2)
  }
}
