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
