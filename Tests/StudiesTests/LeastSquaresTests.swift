import Testing

@testable import Studies

/// Sums taken apart into their parts.
@Suite struct LeastSquaresTests {
  @Test func `two parts are found, and how sure they are`() throws {
    // 3 and 2 a piece, off by 1, -1, -1, 1: a pattern that neither part can follow.
    let rows: [[Double]] = [[1, 1], [1, 2], [1, 3], [1, 4]]
    let sums = [6.0, 6, 8, 12]
    let found = LeastSquares.solution(rows, sums, weights: [1, 1, 1, 1])
    #expect(abs(found[0].value - 3) < 1e-12 && abs(found[1].value - 2) < 1e-12)
    // Variance 4 / (4 - 2); of the slope over the squares about the mean, 5: 2 / 5.
    let slope = try #require(found[1].uncertainty)
    #expect(abs(slope - (2.0 / 5).squareRoot() / 2) < 1e-12)
  }

  @Test func `no part is below zero`() {
    // A line that falls: the best without a falling part is its weighted mean.
    let found = LeastSquares.solution([[1, 1], [1, 2], [1, 3]], [5, 4, 3], weights: [1, 1, 1])
    #expect(found[0].value == 4 && found[1].value == 0 && found[1].uncertainty == nil)
  }

  @Test func `what is not told apart is left to the first`() {
    let found = LeastSquares.solution([[1, 2], [1, 2]], [4, 4], weights: [1, 1])
    #expect(found[0].value == 4 && found[1].value == 0)
  }

  @Test func `a weight counts by its square`() {
    let found = LeastSquares.solution([[1], [1]], [1, 4], weights: [1, 0.5])
    // (1 + 4 x 4) / (1 + 4)
    #expect(abs(found[0].value - 3.4) < 1e-12)
  }
}
