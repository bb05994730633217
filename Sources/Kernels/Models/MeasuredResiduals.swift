/// How much slower than the equations say kernels of one accelerator were measured to be, and how far that tells of others.
///
/// At a shape that was measured its own residual holds. Elsewhere it is a mean of the nearest ones, whose weights fall with
/// the square of the distance, and of none, which has a weight of its own; beyond the reach the equations stand alone.
///
/// The constants are those at which half of the shapes predict the other half best, on aiconfigurator's tables of A100, H200,
/// L40S and B200 (`benchmarks/studies/kernels.md`, section 6). They belong to the interpolation, not to a device.
package struct MeasuredResiduals: Sendable {
  /// How many neighbors count.
  package static let neighbors = 6
  /// The distance, in octaves, from which on a measurement tells nothing.
  package static let reach = 2.0
  /// The weight of the equations alone: that of a measurement at 1.2 octaves.
  package static let priorWeight = 0.25

  /// What is known of a kernel.
  package struct Estimate: Sendable, Equatable {
    /// The natural logarithm of measured over predicted.
    package let residual: Double
    /// The share of it that rests on measurements, 0 to 1.
    package let share: Double
  }

  /// The measured shapes of one sort.
  private struct Shapes: Sendable {
    let points: NearestPoints
    let residuals: [Double]
  }

  private let sorts: [KernelPlace.Sort: Shapes]

  /// Residuals of kernels, in any order; those of one shape count as their mean.
  ///
  /// - Parameter measured: Kernels, each with the natural logarithm of measured over predicted.
  package init(_ measured: [(kernel: Kernel, residual: Double)]) {
    let places = measured.map { (place: KernelPlace($0.kernel), residual: $0.residual) }
    sorts = Dictionary(grouping: places) { $0.place.sort }
      .mapValues { Self.shapes($0.map { (point: $0.place.point, residual: $0.residual) }) }
  }

  /// Whether nothing was measured.
  package var isEmpty: Bool { sorts.isEmpty }

  private static func shapes(_ measured: [(point: SIMD8<Double>, residual: Double)]) -> Shapes {
    var points: [SIMD8<Double>] = []
    var sums: [(sum: Double, count: Double)] = []
    for (point, residual) in measured.sorted(by: { precedes($0, $1) }) {
      if points.last == point {
        sums[sums.count - 1].sum += residual
        sums[sums.count - 1].count += 1
      } else {
        points.append(point)
        sums.append((residual, 1))
      }
    }
    return Shapes(points: NearestPoints(points), residuals: sums.map { $0.sum / $0.count })
  }

  /// An order that the rows of a file have no part in, so that sums are the same to the last digit.
  private static func precedes(
    _ first: (point: SIMD8<Double>, residual: Double), _ second: (point: SIMD8<Double>, residual: Double)
  ) -> Bool {
    for axis in first.point.indices where first.point[axis] != second.point[axis] {
      return first.point[axis] < second.point[axis]
    }
    return first.residual < second.residual
  }

  /// What the neighbors of a kernel tell of it; nil where it has none.
  package func estimate(of kernel: Kernel) -> Estimate? {
    let place = KernelPlace(kernel)
    guard let shapes = sorts[place.sort] else { return nil }
    let found = shapes.points.nearest(to: place.point, count: Self.neighbors, reach: Self.reach)
    guard let nearest = found.first else { return nil }
    if nearest.squaredDistance == 0 { return Estimate(residual: shapes.residuals[nearest.index], share: 1) }
    var (weights, sum) = (0.0, 0.0)
    for neighbor in found {
      let weight = (1 - neighbor.squaredDistance.squareRoot() / Self.reach) / neighbor.squaredDistance
      weights += weight
      sum += weight * shapes.residuals[neighbor.index]
    }
    let share = weights / (weights + Self.priorWeight)
    return weights > 0 ? Estimate(residual: share * (sum / weights), share: share) : nil
  }
}
