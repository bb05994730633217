import Profiles

/// Passes over memory on architectures of which it is known what a block of threads waits for.
extension CalibratedModel {
  /// The time of a pass; nil where the architecture has no constants for it.
  ///
  /// A kernel that has nothing but bytes takes as long as they do, from the last-level cache where they fit it: what the
  /// kernel before it wrote lies there. Blocks that go over rows of their own wait one time after the other, and those that
  /// find no room at once start when others end. Elements that are not in order are found one by one.
  func pass(_ kernel: Kernel) -> KernelTime? {
    guard let pipeline, let passes = efficiency.passes.fitted else { return nil }
    let clock = accelerator.clockGHz * 1e9
    let shape = kernel.pass
    let latency = (shape.waits + waits(for: shape.looks)) * passes.waitClocks / clock
    let turns = max(0, shape.blocks / (Self.residentBlocks * accelerator.computeUnits) - 1)
    let places =
      (shape.placed / passes.placesPerClock + shape.turned / passes.turnsPerClock + shape.scaled / passes.planesPerClock)
      / (accelerator.computeUnits * clock)
    let starts = turns * (latency + passes.blockClocks / clock)
    // While one block starts or waits, the elements of others are placed.
    let (setup, wait) = (max(0, starts - places), max(0, latency - max(0, places - starts)))
    let isWhole = kernel.kernelClass == .reduction && shape.blocks == 0
    let traffic = CachedTraffic(
      memory: bandwidth * (isWhole ? efficiency.reduction : 1),
      cache: max(bandwidth, accelerator.computeUnits * clock * passes.streamBytesPerClock),
      kept: accelerator.memory.l2MB * 1e6 * pipeline.cacheKept, lost: accelerator.memory.l2MB * 1e6 * pipeline.cacheLost
    )
    let bytes = kernel.bytes + shape.readAgain
    return KernelTime(
      compute: max(kernel.flops / vectorPeak, places),
      memory: traffic.seconds(bytes, reuse: kernel.isCold ? .infinity : kernel.bytes),
      setup: setup, fixed: efficiency.kernelFixedUS * 1e-6 + wait,
      overlap: turns > 0 ? pipeline.overlap : .infinity)
  }

  /// Waits for elements that are looked at one behind the other.
  private func waits(for looks: [PassShape.Look]) -> Double {
    guard !looks.isEmpty, let rows = efficiency.rows.fitted else { return 0 }
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
