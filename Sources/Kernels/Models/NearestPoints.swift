/// Points in space, from which those that are nearest to another are found: a k-d tree.
///
/// What is found depends on the points alone, not on the order in which they were given: of points at one distance those come
/// first whose coordinates are smaller.
struct NearestPoints: Sendable {
  /// A point that was found.
  struct Found: Sendable, Equatable {
    /// The square of its distance.
    let squaredDistance: Double
    /// Its place among the points in the order of their coordinates.
    let index: Int

    fileprivate func precedes(_ other: Found) -> Bool {
      (squaredDistance, index) < (other.squaredDistance, other.index)
    }
  }

  private enum Node {
    case leaf(Range<Int>)
    /// Points whose coordinate is at most the value, and those whose coordinate is at least that.
    case split(axis: Int, value: Double, low: Int, high: Int)
  }

  /// The most points of a leaf: about as many as are looked for twice over.
  private static let leafSize = 12

  private let points: [SIMD8<Double>]
  private var order: [Int]
  private var nodes: [Node] = []

  /// A tree of points, which are all different.
  ///
  /// - Parameter points: The points, in the order of their coordinates.
  /// - Complexity: O(n log² n)
  init(_ points: [SIMD8<Double>]) {
    self.points = points
    order = Array(points.indices)
    if !points.isEmpty { _ = build(points.indices) }
  }

  /// Makes the node of a stretch of the order, and those below it.
  private mutating func build(_ stretch: Range<Int>) -> Int {
    let place = nodes.count
    nodes.append(.leaf(stretch))
    guard stretch.count > Self.leafSize else { return place }
    let axis = widestAxis(stretch)
    let points = points
    order[stretch].sort { (points[$0][axis], $0) < (points[$1][axis], $1) }
    let middle = stretch.lowerBound + stretch.count / 2
    let value = points[order[middle]][axis]
    let (low, high) = (build(stretch.lowerBound..<middle), build(middle..<stretch.upperBound))
    nodes[place] = .split(axis: axis, value: value, low: low, high: high)
    return place
  }

  private func widestAxis(_ stretch: Range<Int>) -> Int {
    var (low, high) = (points[order[stretch.lowerBound]], points[order[stretch.lowerBound]])
    for index in order[stretch] {
      low = pointwiseMin(low, points[index])
      high = pointwiseMax(high, points[index])
    }
    let widths = high - low
    return widths.indices.max { widths[$0] < widths[$1] } ?? 0
  }

  /// The nearest points to another, the nearest first.
  ///
  /// - Parameters:
  ///   - point: Where they are looked for.
  ///   - count: How many at most.
  ///   - reach: How far away at most.
  /// - Returns: Those that there are.
  func nearest(to point: SIMD8<Double>, count: Int, reach: Double) -> [Found] {
    var found: [Found] = []
    found.reserveCapacity(count + 1)
    if !nodes.isEmpty { search(0, point, count, reach * reach, &found) }
    return found
  }

  private func search(_ node: Int, _ point: SIMD8<Double>, _ count: Int, _ limit: Double, _ found: inout [Found]) {
    switch nodes[node] {
    case .leaf(let stretch):
      for index in order[stretch] {
        let offset = points[index] - point
        take(Found(squaredDistance: (offset * offset).sum(), index: index), count, limit, &found)
      }
    case .split(let axis, let value, let low, let high):
      let offset = point[axis] - value
      search(offset < 0 ? low : high, point, count, limit, &found)
      let worst = found.count == count ? found[count - 1].squaredDistance : limit
      // At equal distances the order decides: such points are looked at too.
      if offset * offset <= worst { search(offset < 0 ? high : low, point, count, limit, &found) }
    }
  }

  private func take(_ candidate: Found, _ count: Int, _ limit: Double, _ found: inout [Found]) {
    guard candidate.squaredDistance <= limit else { return }
    if found.count == count {
      guard candidate.precedes(found[count - 1]) else { return }
      found.removeLast()
    }
    found.insert(candidate, at: found.firstIndex { candidate.precedes($0) } ?? found.count)
  }
}
