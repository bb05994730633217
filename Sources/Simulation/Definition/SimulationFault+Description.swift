extension SimulationFault: CustomStringConvertible {
  /// One line that says what happened and what to do.
  public var description: String {
    switch self {
    case .tooLong(let seconds):
      let days = seconds / 86_400 < 1e15 ? "\(Int(seconds / 86_400))" : "more than 10^15"
      return "error: the run would take \(days) simulated days, and the clock counts 53; "
        + "look for a time that is far too large, or a repeat count"
    case .neverEnds:
      return "error: the threads and streams wait for one another; the order of launches in the input cannot be right"
    case .eventLimitReached(let limit):
      return "error: the run needs more than \(limit) events; use a smaller workload"
    }
  }
}
