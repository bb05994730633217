import Roofline
import Traces

/// One step of a recording: when it was, and what the device did in it.
package struct RecordedStepTime: Sendable {
  /// Its number.
  package let number: Int64
  /// What the program calls it.
  package let name: String
  /// From the recording's zero.
  package let start: Picoseconds
  /// From its start to its own end, and that of what it launched.
  package let span: Picoseconds
  /// In how much of it at least one device event ran.
  package let deviceBusy: Picoseconds
  /// Operators, launches and kernels.
  package let counts: (operators: Int, launches: Int, kernels: Int)
}

extension RecordedStepTime {
  /// The steps of a recording, in the order of time; those in which nothing happens are left out.
  ///
  /// - Complexity: O(steps x events).
  package static func steps(of trace: Trace) -> [RecordedStepTime] {
    var seen = Set<Int64>()
    return trace.annotations.filter { $0.step != nil }.sorted { $0.start < $1.start }.compactMap { annotation in
      guard let number = annotation.step, seen.insert(number).inserted,
        let run = try? RecordedRun(trace, step: number)
      else { return nil }
      return RecordedStepTime(
        number: number, name: trace.name(annotation.name), start: Picoseconds(nanoseconds: run.start), span: run.span,
        deviceBusy: run.deviceBusy, counts: (run.operatorCount, run.launchCount, run.kernelCount))
    }
  }
}
