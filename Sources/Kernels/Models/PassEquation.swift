import Profiles

/// How long passes over memory take on an architecture of which it is known what a block of threads waits for: the equation,
/// and all the numbers that it depends on.
struct PassEquation: Sendable, Equatable {
  /// What some passes ask of a device beside how fast it moves bytes.
  struct Needs: OptionSet, Hashable {
    let rawValue: Int

    /// How long a block waits and starts, and how many there is room for.
    static let blocks = Needs(rawValue: 1)
    /// How fast elements are placed.
    static let places = Needs(rawValue: 2)
    /// How long it takes to look at rows.
    static let looks = Needs(rawValue: 4)
    /// How fast reductions move bytes.
    static let reductions = Needs(rawValue: 8)
    /// How many sets there are.
    static let count = 16

    init(rawValue: Int) { self.rawValue = rawValue }

    /// What a kernel asks for.
    init(_ kernel: Kernel) {
      let shape = kernel.pass
      self = []
      if shape.blocks != 0 || shape.waits != 0 || !shape.looks.isEmpty { insert(.blocks) }
      if shape.placed != 0 || shape.turned != 0 || shape.scaled != 0 { insert(.places) }
      if !shape.looks.isEmpty { insert(.looks) }
      if PassEquation.isWholeReduction(kernel) { insert(.reductions) }
    }
  }

  /// What blocks wait for.
  private var blocks: Blocks
  /// How fast elements are placed.
  private var places: Places
  /// What rows wait for; nil where the architecture has no constants for them.
  private var rows: RowEfficiency.Fitted?
  /// What the last-level cache keeps.
  private let traffic: CachedTraffic
  /// Bandwidth of reductions relative to other passes.
  private var reduction: Double
  /// FLOP/s of single precision on the vector units.
  private let vectorPeak: Double
  /// Seconds of a kernel that does nothing.
  private let fixed: Double

  /// What blocks of threads wait for.
  private struct Blocks: Sendable, Equatable {
    /// Clocks of a wait, and of a start.
    var (wait, start) = (0.0, 0.0)
    /// Hertz.
    var clock = 1.0
    /// Compute units.
    var units = 1.0
    /// The exponent by which blocks that come in turns overlap their traffic.
    var overlap = Double.infinity
  }

  /// How fast elements are placed.
  private struct Places: Sendable, Equatable {
    /// Elements in a clock of a unit: out of order, that become columns, of planes.
    var (placed, turned, scaled) = (1.0, 1.0, 1.0)
    /// Clocks of all units in a second.
    var clocks = 1.0
  }

  /// The equation of a device; nil where its architecture has no constants for it.
  init?(_ model: CalibratedModel) {
    guard let pipeline = model.pipeline, let passes = model.efficiency.passes.fitted else { return nil }
    let accelerator = model.accelerator
    let clocks = accelerator.computeUnits * model.rates.clock
    blocks = Blocks(
      wait: passes.waitClocks, start: passes.blockClocks, clock: model.rates.clock, units: accelerator.computeUnits,
      overlap: pipeline.overlap)
    places = Places(
      placed: passes.placesPerClock, turned: passes.turnsPerClock, scaled: passes.planesPerClock, clocks: clocks)
    rows = model.efficiency.rows.fitted
    traffic = CachedTraffic(
      memory: model.bandwidth, cache: max(model.bandwidth, clocks * passes.streamBytesPerClock),
      kept: accelerator.memory.l2MB * 1e6 * pipeline.cacheKept, lost: accelerator.memory.l2MB * 1e6 * pipeline.cacheLost
    )
    reduction = model.efficiency.reduction
    vectorPeak = model.rates.vectorPeak
    fixed = model.efficiency.kernelFixedUS * 1e-6
  }

  /// The equation of passes that ask for no more than some of its numbers: without the others.
  func of(_ needs: Needs) -> PassEquation {
    var equation = self
    if !needs.contains(.blocks) { equation.blocks = Blocks() }
    if !needs.contains(.places) { equation.places = Places() }
    if !needs.contains(.looks) { equation.rows = nil }
    if !needs.contains(.reductions) { equation.reduction = 1 }
    return equation
  }

  /// The time of a pass.
  ///
  /// A kernel that has nothing but bytes takes as long as they do, from the last-level cache where they fit it: what the
  /// kernel before it wrote lies there. Blocks that go over rows of their own wait one time after the other, and those that
  /// find no room at once start when others end. Elements that are not in order are found one by one.
  func time(of kernel: Kernel) -> KernelTime {
    let shape = kernel.pass
    let latency = (shape.waits + waits(for: shape.looks)) * blocks.wait / blocks.clock
    let turns = max(0, shape.blocks / (Self.residentBlocks * blocks.units) - 1)
    let places =
      (shape.placed / self.places.placed + shape.turned / self.places.turned + shape.scaled / self.places.scaled)
      / self.places.clocks
    let starts = turns * (latency + blocks.start / blocks.clock)
    // While one block starts or waits, the elements of others are placed.
    let (setup, wait) = (max(0, starts - places), max(0, latency - max(0, places - starts)))
    let bytes = kernel.bytes + shape.readAgain
    return KernelTime(
      compute: max(kernel.flops / vectorPeak, places),
      memory: traffic.reaching(Self.isWholeReduction(kernel) ? reduction : 1).seconds(
        bytes, reuse: kernel.isCold ? .infinity : kernel.bytes),
      setup: setup, fixed: fixed + wait, overlap: turns > 0 ? blocks.overlap : .infinity)
  }

  /// Whether a kernel is a reduction that no rows divide among blocks.
  private static func isWholeReduction(_ kernel: Kernel) -> Bool {
    kernel.kernelClass == .reduction && kernel.pass.blocks == 0
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
