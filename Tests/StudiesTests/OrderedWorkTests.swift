import Synchronization
import Testing

@testable import Studies

@Suite("Work on stretches, in order") struct OrderedWorkTests {
  /// The stretches of a range, each as its numbers with what a worker has kept in front.
  private func stretches(_ range: Range<Int>, longest: Int, threads: Int) throws -> [[Int]] {
    var taken: [[Int]] = []
    try OrderedWork(longest: longest, threads: threads).run(
      range, worker: { 0 },
      make: { range, done in
        done += range.count
        return Array(range)
      }
    ) { taken.append($0) }
    return taken
  }

  @Test("Every number is handed over once, in order, by any number of cores", arguments: [1, 2, 3, 16])
  func order(threads: Int) throws {
    for range in [0..<1, 5..<5, 7..<1_000, 0..<20_000] {
      let taken = try stretches(range, longest: 100, threads: threads)
      #expect(taken.flatMap { $0 } == Array(range))
      #expect(taken.allSatisfy { !$0.isEmpty && $0.count <= 100 })
    }
  }

  @Test("Stretches grow while they take no time, up to the longest")
  func growth() throws {
    let lengths = try stretches(0..<5_000, longest: 128, threads: 1).map(\.count)
    #expect(Array(lengths.prefix(5)) == [16, 32, 64, 128, 128])
  }

  @Test("Who takes the results may stop, and nobody works on", arguments: [1, 2, 8])
  func stopping(threads: Int) {
    struct Enough: Error {}
    let made = Mutex(0)
    var taken = 0
    #expect(throws: Enough.self) {
      try OrderedWork(longest: 16, threads: threads).run(
        0..<1_000_000, worker: {},
        make: { range, _ in
          made.withLock { $0 += 1 }
          return range.count
        }
      ) { _ in
        taken += 1
        if taken == 3 { throw Enough() }
      }
    }
    #expect(taken == 3)
    // As far ahead as cores may be, and no further.
    #expect(made.withLock { $0 } <= 3 + 4 * threads + threads)
  }

  @Test("No more results wait than cores may be ahead", arguments: [2, 5])
  func memory(threads: Int) throws {
    let waiting = Mutex((now: 0, most: 0))
    try OrderedWork(longest: 1, threads: threads).run(
      0..<500, worker: {},
      make: { range, _ in
        waiting.withLock {
          $0.now += 1
          $0.most = max($0.most, $0.now)
        }
        return range
      }
    ) { _ in waiting.withLock { $0.now -= 1 } }
    #expect(waiting.withLock { $0.most } <= 4 * threads + 1)
  }
}
