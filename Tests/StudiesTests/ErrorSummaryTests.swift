import Studies
import TestSupport
import Testing

@Suite("A summary of errors") struct ErrorSummaryTests {
  @Test func `of a few is worked out by hand`() throws {
    // Sizes 0.1, 0.2, 0.3, 0.4: the median lies between 0.2 and 0.3; nine tenths of three steps is 2.7.
    let summary = try #require(ErrorSummary([0.1, -0.2, -0.3, 0.4]))
    #expect(summary.count == 4)
    #expect(abs(summary.median - 0.25) < 1e-15 && abs(summary.mean - 0.25) < 1e-15)
    #expect(abs(summary.ninetieth - 0.37) < 1e-15)
    #expect(abs(summary.bias - -0.05) < 1e-15, "between -0.2 and 0.1")
  }

  @Test func `of one is that one`() throws {
    let summary = try #require(ErrorSummary([-0.5]))
    #expect(summary.median == 0.5 && summary.mean == 0.5 && summary.ninetieth == 0.5 && summary.bias == -0.5)
  }

  @Test func `of none is none`() { #expect(ErrorSummary([]) == nil) }

  @Test func `is in order, whatever the order of the errors`() throws {
    var random = SeededGenerator(seed: 3)
    for count in [2, 3, 10, 101] {
      var errors = (0..<count).map { _ in Double.random(in: -1...1, using: &random) }
      let summary = try #require(ErrorSummary(errors))
      #expect(summary.median <= summary.ninetieth && abs(summary.bias) <= 1)
      errors.shuffle(using: &random)
      let shuffled = try #require(ErrorSummary(errors))
      #expect(shuffled.median == summary.median && shuffled.ninetieth == summary.ninetieth)
      #expect(shuffled.bias == summary.bias && abs(shuffled.mean - summary.mean) < 1e-12)
    }
  }
}
