import TestSupport
import Testing

@testable import Kernels

@Suite("The nearest of many points") struct NearestPointsTests {
  /// Points on a grid so coarse that many distances are equal.
  private func points(_ count: Int, _ seed: UInt64) -> [SIMD8<Double>] {
    var generator = SeededGenerator(seed: seed)
    let all = (0..<count).map { _ in
      SIMD8<Double>((0..<8).map { $0 < 4 ? Double(Int.random(in: 0...6, using: &generator)) : 0 })
    }
    return Set(all).sorted { left, right in
      (0..<8).map { left[$0] }.lexicographicallyPrecedes((0..<8).map { right[$0] })
    }
  }

  @Test(arguments: [1, 5, 13, 40, 900]) func `are those that a search through all finds`(count: Int) {
    let points = points(count, UInt64(count))
    let tree = NearestPoints(points)
    for query in self.points(60, 99) {
      let offset = SIMD8<Double>(0.5, 0, 0.25, 0, 0, 0, 0, 0)
      for query in [query, query + offset] {
        let all = points.indices.map { index -> (distance: Double, index: Int) in
          let away = points[index] - query
          return ((away * away).sum(), index)
        }
        let wanted = all.filter { $0.distance <= 4 }.sorted { $0 < $1 }.prefix(6)
        let found = tree.nearest(to: query, count: 6, reach: 2)
        #expect(found.map(\.index) == wanted.map(\.index))
        #expect(found.map(\.squaredDistance) == wanted.map(\.distance))
      }
    }
  }

  @Test func `are none where there is no point`() {
    #expect(NearestPoints([]).nearest(to: .zero, count: 6, reach: 2).isEmpty)
  }
}
