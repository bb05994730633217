/// The choices of tile and parts for a product of which one is the best, or would be if everything lasted a little longer or
/// shorter: what finding the best again takes once a number has changed a little.
struct TileChoices<Units: TiledUnits>: Sendable {
  /// The product.
  private(set) var shape = MatrixShape(m: 0, n: 0, k: 0)
  /// What computes it.
  private(set) var units: Units
  /// What the best choice takes.
  private(set) var best = ProductTime.impossible
  private var bestChoice: TileChoice?
  private var near: [(choice: TileChoice, seconds: Double)] = []

  /// By how much numbers may change, as a factor: twice what sensitivities change one by.
  private static var little: Double { 1.001 }
  /// How many times as long as the best a choice takes that cannot become it.
  ///
  /// The time of a choice is a sum of products of three of the numbers at most (the rate, what is lost of a wave, the weight of
  /// operands): none grows or shrinks by more than the cube. Rounding is far less than the rest.
  private static var slack: Double { little * little * little * little * little * little * (1 + 1e-6) }

  /// The choices for a product.
  init(_ shape: MatrixShape, by units: Units) {
    self.units = units
    find(shape, by: units)
  }

  /// Looks for the best choices for another product.
  mutating func find(_ shape: MatrixShape, by units: Units) {
    self.shape = shape
    self.units = units
    var (best, bestChoice) = (ProductTime.impossible, TileChoice?.none)
    near.removeAll(keepingCapacity: true)
    units.search(shape, bound: .infinity, slack: Self.slack) { choice, time in
      near.append((choice, time.seconds))
      if time.seconds < best.seconds { (best, bestChoice) = (time, choice) }
    }
    (self.best, self.bestChoice) = (best, bestChoice)
    let limit = best.seconds * Self.slack
    near.removeAll { $0.seconds > limit }
  }

  /// What the best choice takes by other units, which have the same tiles.
  func time(by other: Units) -> ProductTime {
    if other == units { return best }
    guard let bestChoice else { return other.time(of: shape) }
    guard other.isNear(units, within: Self.little) else {
      return other.time(of: shape, bound: other.time(of: shape, by: bestChoice).seconds)
    }
    return near.reduce(.impossible) { $0.shorter(other.time(of: shape, by: $1.choice)) }
  }
}
