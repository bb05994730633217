/// The choices of tile and parts for a product of which one is the best, or would be if everything lasted a little longer or
/// shorter: what finding the best again takes once a number has changed a little.
struct TileChoices: Sendable {
  private var shape = MatrixShape(m: 0, n: 0, k: 0)
  private var units: PipelinedProduct?
  private var near: [(choice: PipelinedProduct.Choice, seconds: Double)] = []
  private var bestChoice: PipelinedProduct.Choice?

  /// What the best choice takes.
  private(set) var best = ProductTime.impossible

  /// By how much numbers may change, as a factor.
  private static let little = 1.001
  /// How many times as long as the best a choice takes that cannot become it.
  ///
  /// The time of a choice is a sum of products of two of the numbers at most (the rate, and what is lost of a wave): none
  /// grows or shrinks by more than the square. Rounding is far less than the rest.
  private static let slack = little * little * little * little * (1 + 1e-6)

  /// No product.
  init() {}

  /// Looks for the best choices for a product.
  mutating func find(_ shape: MatrixShape, by units: PipelinedProduct) {
    self.shape = shape
    self.units = units
    var (best, bestChoice) = (ProductTime.impossible, PipelinedProduct.Choice?.none)
    near.removeAll(keepingCapacity: true)
    units.search(shape, slack: Self.slack) { choice, time in
      near.append((choice, time.seconds))
      if time.seconds < best.seconds { (best, bestChoice) = (time, choice) }
    }
    (self.best, self.bestChoice) = (best, bestChoice)
    let limit = best.seconds * Self.slack
    near.removeAll { $0.seconds > limit }
  }

  /// What the best choice takes by other units.
  func time(by other: PipelinedProduct) -> ProductTime {
    guard let units, let bestChoice else { return other.time(of: shape) }
    if other == units { return best }
    guard other.isNear(units, within: Self.little) else {
      return other.time(of: shape, bound: other.time(of: shape, by: bestChoice).seconds)
    }
    return near.reduce(.impossible) { $0.shorter(other.time(of: shape, by: $1.choice)) }
  }
}
