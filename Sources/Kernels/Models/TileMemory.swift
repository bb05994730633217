/// The choices for every product that a kernel may be computed as.
struct TileMemory {
  private var known: [TileChoices<TiledProduct>] = []
  private var used = 0

  /// Begins another kernel.
  mutating func forget() { used = 0 }

  /// What a product's best choice takes; kept for others.
  mutating func find(_ units: TiledProduct, _ shape: MatrixShape) -> ProductTime {
    if used < known.count {
      known[used].find(shape, by: units)
    } else {
      known.append(TileChoices(shape, by: units))
    }
    used += 1
    return known[used - 1].best
  }

  /// What a product's best choice takes by units that may be nearly those of before.
  func time(_ units: TiledProduct, _ shape: MatrixShape) -> ProductTime {
    for index in 0..<used where known[index].shape == shape && known[index].units.tiles == units.tiles {
      return known[index].time(by: units)
    }
    return units.time(of: shape)
  }
}
