import Profiles
import Traces

/// What is asked about a recording as it was.
package enum TraceQuestion: String, CaseIterable, Sendable {
  /// What each operator costs.
  case operators
  /// What each module, or range that the program named, costs.
  case layers
  /// Why the device had nothing to do.
  case idle
  /// The steps that are in it.
  case steps
  /// What the kernels of each name cost.
  case kernels
}

/// Answers to questions about a recording, from what was recorded alone: nothing is replayed.
package struct TraceAnswers: Sendable {
  /// The recording, or a step of it.
  package let run: RecordedRun
  /// What was asked.
  package let questions: Set<TraceQuestion>
  /// The operators, if they were asked for or are compared.
  package let operators: OperatorTimes?
  /// The kernels by name, if they were asked for.
  package let kernels: NamedKernelTimes?
  /// The modules, if they were asked for.
  package let layers: LayerTimes?
  /// Why the device was idle, if it was asked for.
  package let idle: IdleTime?
  /// What it did while it was busy.
  package let shares: DeviceShares
  /// The steps, if they were asked for.
  package let steps: [RecordedStepTime]?
  /// The other recording, if there is one.
  package let other: RecordedRun?
  /// What costs more than in the other recording.
  package let comparison: OperatorComparison?
  /// The same by the names of kernels, if these were asked for.
  package let kernelComparison: NamedKernelComparison?

  /// Answers questions.
  ///
  /// - Parameters:
  ///   - run: The recording, or a step of it.
  ///   - questions: What is asked.
  ///   - other: Another recording, whose operators are put beside.
  ///   - accelerator: For which operators are taken apart into kernels, whose FLOPs and bytes are counted.
  ///   - framework: What takes them apart.
  /// - Complexity: O(n log n) for n events, and for the steps as often as there are some.
  package init(
    _ run: RecordedRun, _ questions: Set<TraceQuestion>, against other: RecordedRun? = nil,
    accelerator: AcceleratorProfile?, framework: FrameworkProfile
  ) {
    self.run = run
    self.questions = questions
    self.other = other
    let shares = DeviceShares(run)
    self.shares = shares
    let activity = HostActivity(run)
    let operators =
      questions.contains(.operators) || other != nil
      ? OperatorTimes(run, shares, activity, accelerator: accelerator, framework: framework) : nil
    self.operators = operators
    let kernels = questions.contains(.kernels) ? NamedKernelTimes(run, shares) : nil
    self.kernels = kernels
    layers = questions.contains(.layers) ? LayerTimes(run, shares) : nil
    idle = questions.contains(.idle) ? IdleTime(run, shares, activity) : nil
    steps = questions.contains(.steps) ? RecordedStepTime.steps(of: run.trace) : nil
    let otherShares = other.map { DeviceShares($0) }
    var comparison: OperatorComparison?
    var kernelComparison: NamedKernelComparison?
    if let other, let otherShares {
      comparison = operators.map {
        OperatorComparison(
          $0,
          against: OperatorTimes(
            other, otherShares, HostActivity(other), accelerator: accelerator, framework: framework))
      }
      kernelComparison = kernels.map { NamedKernelComparison($0, against: NamedKernelTimes(other, otherShares)) }
    }
    self.comparison = comparison
    self.kernelComparison = kernelComparison
  }
}
