import Traces

/// The ranges of a program that the backward pass works for: autograd runs it on a thread of its own, where no module is
/// called, but its operators have the numbers of those that they are for.
struct BackwardRanges {
  private let trace: Trace
  private let parents: [Int32]
  /// By the number of an operator, the range around it.
  private var ranges: [Int64: Int] = [:]

  /// Looks at a run.
  ///
  /// - Complexity: O(n log n) for n host events.
  init(_ run: RecordedRun, _ ranges: ProgramRanges) {
    trace = run.trace
    parents = RecordedProgram.parents(run)
    guard !ranges.paths.isEmpty else { return }
    for index in run.hostEvents {
      let event = run.trace.hostEvents[index]
      guard event.autogradNumber >= 0, let range = ranges.innermost(at: event) else { continue }
      // Operators that record nothing have the number of the next that does: the last one is it.
      self.ranges[event.autogradNumber] = range
    }
  }

  /// The range of the operator for which a call was made; nil for none.
  func range(of call: Int) -> Int? {
    guard call >= 0, !ranges.isEmpty else { return nil }
    var index = parents[call]
    while index >= 0 {
      let number = trace.hostEvents[Int(index)].autogradNumber
      if number >= 0, let range = ranges[number] { return range }
      index = parents[Int(index)]
    }
    return nil
  }
}
