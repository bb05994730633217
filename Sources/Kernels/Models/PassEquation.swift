import Profiles

/// How long passes over memory take on an architecture of which it is known what a block of threads waits for: the equation,
/// and all the numbers that it depends on.
struct PassEquation: Sendable, Equatable {
  /// What blocks wait for.
  private let passes: PassEfficiency.Fitted
  /// What rows wait for; nil where the architecture has no constants for them.
  private let rows: RowEfficiency.Fitted?
  /// Hertz.
  private let clock: Double
  private let computeUnits: Double
  /// Elements that all units place in a second, if each placed one in a clock.
  private let placing: Double
  /// What the last-level cache keeps.
  private let traffic: CachedTraffic
  /// Bandwidth of reductions relative to other passes.
  private let reduction: Double
  /// FLOP/s of single precision on the vector units.
  private let vectorPeak: Double
  /// Seconds of a kernel that does nothing.
  private let fixed: Double
  /// The exponent by which blocks that come in turns overlap their traffic.
  private let overlap: Double

  /// The equation of a device; nil where its architecture has no constants for it.
  init?(_ model: CalibratedModel) {
    guard let pipeline = model.pipeline, let passes = model.efficiency.passes.fitted else { return nil }
    let accelerator = model.accelerator
    self.passes = passes
    rows = model.efficiency.rows.fitted
    clock = model.rates.clock
    computeUnits = accelerator.computeUnits
    placing = computeUnits * clock
    traffic = CachedTraffic(
      memory: model.bandwidth, cache: max(model.bandwidth, placing * passes.streamBytesPerClock),
      kept: accelerator.memory.l2MB * 1e6 * pipeline.cacheKept, lost: accelerator.memory.l2MB * 1e6 * pipeline.cacheLost
    )
    reduction = model.efficiency.reduction
    vectorPeak = model.rates.vectorPeak
    fixed = model.efficiency.kernelFixedUS * 1e-6
    overlap = pipeline.overlap
  }

  /// The time of a pass.
  ///
  /// A kernel that has nothing but bytes takes as long as they do, from the last-level cache where they fit it: what the
  /// kernel before it wrote lies there. Blocks that go over rows of their own wait one time after the other, and those that
  /// find no room at once start when others end. Elements that are not in order are found one by one.
  func time(of kernel: Kernel) -> KernelTime {
    let shape = kernel.pass
    let latency = (shape.waits + waits(for: shape.looks)) * passes.waitClocks / clock
    let turns = max(0, shape.blocks / (Self.residentBlocks * computeUnits) - 1)
    let places =
      (shape.placed / passes.placesPerClock + shape.turned / passes.turnsPerClock + shape.scaled / passes.planesPerClock)
      / placing
    let starts = turns * (latency + passes.blockClocks / clock)
    // While one block starts or waits, the elements of others are placed.
    let (setup, wait) = (max(0, starts - places), max(0, latency - max(0, places - starts)))
    let isWhole = kernel.kernelClass == .reduction && shape.blocks == 0
    let bytes = kernel.bytes + shape.readAgain
    return KernelTime(
      compute: max(kernel.flops / vectorPeak, places),
      memory: traffic.reaching(isWhole ? reduction : 1).seconds(bytes, reuse: kernel.isCold ? .infinity : kernel.bytes),
      setup: setup, fixed: fixed + wait, overlap: turns > 0 ? overlap : .infinity)
  }

  /// Waits for elements that are looked at one behind the other.
  private func waits(for looks: [PassShape.Look]) -> Double {
    guard !looks.isEmpty, let rows else { return 0 }
    return looks.reduce(0) { sum, look in
      let cost =
        switch look.sort {
        case .sum: rows.sum
        case .longSum: rows.longSum
        case .place: rows.place
        case .longPlace: rows.longPlace
        case .columnSum: rows.columnSum
        case .columnPlace: rows.columnPlace
        }
      return sum + (look.count * cost.waits + look.elements / cost.elements)
    }
  }

  /// Blocks of 128 threads that a compute unit has room for.
  private static let residentBlocks = 16.0
}
