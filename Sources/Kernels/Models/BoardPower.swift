import Profiles

/// The arithmetic that a board's power allows.
struct BoardPower: Sendable, Equatable {
  /// Watts that arithmetic may draw.
  let watts: Double
  /// What a FLOP takes.
  let energy: ArithmeticEnergy
  /// Joules of a FLOP on the vector units; none where they do not reach the limit.
  private let vectorEnergy: Double

  /// The power of a board; nil where it, or what a FLOP takes, is not known.
  init?(_ accelerator: AcceleratorProfile) {
    let pipeline = accelerator.efficiency.pipeline
    guard let watts = accelerator.watts, let energy = ArithmeticEnergy(accelerator),
      let share = pipeline.arithmeticPower
    else { return nil }
    self.watts = watts * share
    self.energy = energy
    vectorEnergy = (pipeline.vectorEnergyPJPerFLOP ?? 0) * 1e-12
  }

  /// Seconds that some arithmetic takes at least.
  func seconds(_ flops: Double, _ format: Precision) -> Double { energy.joules(flops, format) / watts }

  /// Seconds that some arithmetic of single precision takes at least on the vector units.
  func vectorSeconds(_ flops: Double) -> Double { flops * vectorEnergy / watts }
}

/// What arithmetic takes of energy.
struct ArithmeticEnergy: Sendable, Equatable {
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
