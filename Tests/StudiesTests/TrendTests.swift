import Profiles
import SampleModels
import Simulation
import Testing

@testable import Studies

@Suite("Trends and their intervals") struct TrendTests {
  @Test(
    "Student's t has the quantiles of the tables",
    arguments: [
      (1, 0.9, 6.3138), (1, 0.5, 1.0), (2, 0.9, 2.9200), (3, 0.9, 2.3534), (3, 0.5, 0.7649), (4, 0.95, 2.7764),
      (5, 0.99, 4.0321), (10, 0.9, 1.8125), (30, 0.95, 2.0423), (120, 0.95, 1.9799),
    ])
  func quantiles(degrees: Int, share: Double, width: Double) {
    #expect(abs(StudentT(degrees: degrees).halfWidth(of: share) - width) < 1e-4)
    #expect(abs(StudentT(degrees: degrees).probability(within: width) - share) < 1e-4)
  }

  static func trend(_ values: [(Double, Double)]) throws -> LogarithmicTrend {
    try #require(LogarithmicTrend(values.map { LogarithmicTrend.Point(year: $0.0, value: $0.1) }))
  }

  @Test("A quantity that doubles every two years is found to, without residual")
  func exact() throws {
    let trend = try Self.trend([(2010, 1), (2012, 2), (2014, 4), (2018, 16)])
    #expect(abs(trend.yearlyFactor - 2.0.squareRoot()) < 1e-12)
    #expect(abs(trend.doublingYears - 2) < 1e-12)
    #expect(trend.residualDeviation < 1e-12)
    #expect(abs(trend.value(at: 2030) / 1024 - 1) < 1e-9)
    #expect(abs(trend.interval(0.9, at: 2030).upperBound / 1024 - 1) < 1e-9)
  }

  @Test("The line and its prediction interval are those of a hand computation")
  func byHand() throws {
    // ln y = 0, 1, 1, 2 at x = 0, 1, 2, 3: slope 0.6, line 0.1 + 0.6 x, residuals -0.1, 0.3, -0.3, 0.1.
    let trend = try Self.trend([(0, 1), (1, 1.0.exponential), (2, 1.0.exponential), (3, 2.0.exponential)])
    #expect(abs(trend.slope - 0.6) < 1e-12)
    for (residual, expected) in zip(trend.residuals, [-0.1, 0.3, -0.3, 0.1]) {
      #expect(abs(residual - expected) < 1e-12)
    }
    #expect(abs(trend.residualDeviation - 0.1.squareRoot()) < 1e-12, "the root of 0.2 over two degrees of freedom")
    // At x = 5: 1 + 1/4 + 3.5^2 / 5.
    #expect(abs(trend.predictionSpread(at: 5) - 3.7.squareRoot()) < 1e-12)
    let width = 2.919986 * (0.1 * 3.7).squareRoot()
    #expect(abs(trend.interval(0.9, at: 5).upperBound.logarithm - (3.1 + width)) < 1e-5)
    #expect(abs(trend.interval(0.9, at: 5).lowerBound.logarithm - (3.1 - width)) < 1e-5)
  }

  @Test("Too few points, points of one time and values that are not positive make no trend")
  func refusals() {
    func trend(_ values: [(Double, Double)]) -> LogarithmicTrend? {
      LogarithmicTrend(values.map { LogarithmicTrend.Point(year: $0.0, value: $0.1) })
    }
    #expect(trend([(0, 1), (1, 2), (2, 3)]) == nil)
    #expect(trend([(1, 1), (1, 2), (1, 3), (1, 4)]) == nil)
    #expect(trend([(0, 1), (1, 2), (2, 3), (3, 0)]) == nil)
  }

  @Test("Random numbers are those of their seed, and uniform and normal")
  func random() {
    var (first, again, other) = (RandomSource(seed: 5), RandomSource(seed: 5), RandomSource(seed: 5, stream: 1))
    let numbers = (0..<4000).map { _ in first.normal() }
    #expect(numbers == (0..<4000).map { _ in again.normal() })
    #expect(numbers.first != other.normal())
    let mean = numbers.reduce(0, +) / 4000
    let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 4000
    #expect(abs(mean) < 0.05 && abs(variance - 1) < 0.07)
    let uniform = (0..<4000).map { _ in first.uniform() }
    #expect(uniform.allSatisfy { (0..<1).contains($0) } && abs(uniform.reduce(0, +) / 4000 - 0.5) < 0.02)
  }

  @Test("Ranks correlate as Spearman's formula says")
  func ranks() {
    #expect(rankCorrelation([1, 2, 3, 4], [10, 20, 30, 40]) == 1)
    #expect(rankCorrelation([1, 2, 3, 4], [4, 3, 2, 1]) == -1)
    // d = 1, 1, 0: 1 - 6 * 2 / (3 * 8).
    #expect(abs(rankCorrelation([1, 2, 3], [2, 1, 3]) - 0.5) < 1e-12)
    #expect(rankCorrelation([1, 1, 1], [1, 2, 3]) == 0)
  }
}
