import Replay
import Roofline
import TestSupport
import Testing
import Traces

/// What called what on a recorded host.
@Suite struct FlameTreeTests {
  private static func microseconds(_ value: Double) -> Picoseconds {
    Picoseconds(nanoseconds: Int64((value * 1000).rounded()))
  }

  @Test func `the same calls from the same callers are one, the longest first`() throws {
    var text = TraceText()
    // Two calls of a, of 10 and 20 us, each with a b of its own; the second has a launch as well. Then a b by itself.
    text.operation("a", 0, 10)
    text.operation("b", 1, 4)
    text.operation("a", 20, 20)
    text.operation("b", 21, 3)
    text.launch(30, 8, kernel: 45, 5)
    text.operation("b", 50, 5, thread: 2)
    let tree = FlameTree(try text.run())
    #expect(tree.total == Self.microseconds(35))
    let shown = tree.nodes.map { "\($0.depth) \($0.name) \($0.count) \($0.time.nanoseconds) \($0.start.nanoseconds)" }
    #expect(
      shown == [
        "0 a 2 30000 0", "1 cudaLaunchKernel 1 8000 0", "1 b 2 7000 8000", "0 b 1 5000 30000",
      ])
    #expect(tree.nodes.map(\.sort) == [.operation, .call, .operation, .operation])
  }

  /// Calls lie within their callers and beside one another, whatever is recorded.
  @Test(arguments: 0..<40) func `what is called is no longer than its caller`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var text = TraceText()
    for _ in 0..<60 {
      let start = Double(Int.random(in: 0...400, using: &random))
      text.operation(
        ["a", "b", "c"].randomElement(using: &random) ?? "a", start, Double(Int.random(in: 1...80, using: &random)),
        thread: Int.random(in: 1...2, using: &random))
    }
    text.launch(500, 3, kernel: 510, 4)
    let tree = FlameTree(try text.run())
    var callers: [FlameTree.Node] = []
    var ends: [Int: Picoseconds] = [:]
    for node in tree.nodes {
      callers.removeLast(max(0, callers.count - node.depth))
      for depth in ends.keys where depth > node.depth { ends[depth] = nil }
      #expect(node.depth == callers.count)
      if let caller = callers.last {
        #expect(node.start >= caller.start && node.start + node.time <= caller.start + caller.time, "seed \(seed)")
      } else {
        #expect(node.start + node.time <= tree.total)
      }
      #expect(node.start >= ends[node.depth] ?? .zero, "seed \(seed)")
      ends[node.depth] = node.start + node.time
      callers.append(node)
    }
    let roots = tree.nodes.filter { $0.depth == 0 }
    #expect(roots.reduce(Picoseconds.zero) { $0 + $1.time } == tree.total)
  }
}
