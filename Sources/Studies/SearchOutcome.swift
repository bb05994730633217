/// What a search for a value that meets a target has found.
package enum SearchOutcome<Trial: Sendable>: Sendable {
  /// The value nearest to today's that meets the target.
  case met(Trial)
  /// Today's value meets the target, up to the value that is given; nil where it is met all the way.
  case holds(upTo: Trial?)
  /// No value meets it; the best one that was tried.
  case unreachable(best: Trial)

  /// The trial that is shown: the nearest that meets the target, or the best.
  ///
  /// - Parameter present: Today's.
  /// - Returns: The trial.
  package func answer(_ present: Trial) -> Trial {
    switch self {
    case .met(let trial), .holds(let trial?), .unreachable(let trial): trial
    case .holds(nil): present
    }
  }

  /// Whether some value meets the target.
  package var isMet: Bool {
    if case .unreachable = self { return false }
    return true
  }

  /// Whether today's does.
  package var isMetToday: Bool {
    if case .holds = self { return true }
    return false
  }
}

extension SearchOutcome: Equatable where Trial: Equatable {}
