import JSONText

extension SimulationFault: Fault {
  /// What happened, and what to do.
  public var words: FaultWords {
    switch self {
    case .tooLong(let seconds):
      let days = seconds / 86_400 < 1e15 ? "\(Int(seconds / 86_400))" : "more than 10^15"
      return "the run would take \(days) simulated days, and the clock counts 53; "
        + "look for a time that is far too large, or a repeat count"
    case .neverEnds:
      return "the threads and streams wait for one another; the order of launches in the input cannot be right"
    case .eventLimitReached(let limit):
      return "the run needs more than \(limit) events; use a smaller workload"
    }
  }
}
