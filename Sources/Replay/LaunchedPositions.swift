import Traces

/// Which positions of ``RecordedRun/deviceEvents`` each host event launched: all of them one behind the other, since a list
/// of its own for each of a million calls would take longer than what is done with it.
struct LaunchedPositions {
  /// By host event, where its positions begin; the last is where all end.
  private var bounds: [Int]
  private var positions: [Int]

  /// Sorts positions by who launched them.
  ///
  /// - Parameters:
  ///   - launchers: For each position the host event that launched it; -1 for none.
  ///   - count: How many host events there are.
  /// - Complexity: O(positions + host events).
  init(_ launchers: [Int], of count: Int) {
    bounds = Array(repeating: 0, count: count + 1)
    for launcher in launchers where launcher >= 0 { bounds[launcher + 1] += 1 }
    for event in 0..<count { bounds[event + 1] += bounds[event] }
    positions = Array(repeating: 0, count: bounds[count])
    var next = bounds
    for (position, launcher) in launchers.enumerated() where launcher >= 0 {
      positions[next[launcher]] = position
      next[launcher] += 1
    }
  }

  /// What a host event launched, in the order of positions.
  subscript(event: Int) -> ArraySlice<Int> { positions[bounds[event]..<bounds[event + 1]] }

  /// Whether a host event launched anything.
  func contains(_ event: Int) -> Bool { bounds[event] < bounds[event + 1] }
}
