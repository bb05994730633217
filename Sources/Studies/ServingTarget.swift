import Profiles
import Roofline
import Serving
import Simulation

/// The question of a served load asked backwards: how far something of the system must change for a rate to keep its limits.
package struct ServingTarget: Sendable {
  /// A value that was tried.
  package struct Trial: Sendable {
    /// What the numbers were multiplied by.
    package let factor: Double
    /// What came of the load.
    package let result: ServingResult
  }

  /// What was found.
  package typealias Outcome = SearchOutcome<Trial>

  /// What is varied.
  package let dial: SystemDial
  /// Today's result.
  package let present: Trial
  /// What was found.
  package let outcome: Outcome

  /// How far the numbers are multiplied or divided.
  package static let range = 1.0 / 64...64.0

  /// Searches by bisection, to a hundredth, on the same random numbers everywhere.
  ///
  /// The limits are kept where the 99th percentiles do and the queue does not grow, as ``ServingCapacity`` has it. More of a
  /// thing is taken to be better, or worse, throughout.
  ///
  /// - Parameters:
  ///   - dial: What is varied.
  ///   - served: The decoder on today's system.
  ///   - load: The requests.
  ///   - limits: What they are to keep.
  /// - Throws: `ServingFault`, or what is wrong with a number of a system.
  package init(
    of dial: SystemDial, _ served: ServedDecoder, _ load: ServingLoad, _ limits: ServingLimits
  ) throws {
    func trial(_ factor: Double) throws -> Trial {
      var changed = served
      for (path, value) in dial.numbers(of: served.decode, times: factor) {
        try changed.prefill.set(path, to: value)
        try changed.decode.set(path, to: value)
      }
      var replica = try ServedReplica(changed, longest: load.longest)
      return Trial(factor: factor, result: try replica.serve(load, limits))
    }
    func keeps(_ trial: Trial) -> Bool { ServingCapacity.keeps(trial.result, limits) }
    self.dial = dial
    let today = try trial(1)
    present = today
    let ends = [try trial(Self.range.lowerBound), try trial(Self.range.upperBound)]
    switch (keeps(today), ends.filter(keeps), ends.filter { !keeps($0) }) {
    case (true, _, let failing) where failing.isEmpty: outcome = .holds(upTo: nil)
    case (true, _, let failing):
      outcome = .holds(upTo: try Self.last(keeping: today, failing[0], trial, keeps))
    case (false, let kept, _) where kept.isEmpty:
      outcome = .unreachable(best: Self.better(ends[0], ends[1], today))
    case (false, let kept, _): outcome = .met(try Self.last(keeping: kept[0], today, trial, keeps))
    }
  }

  /// The last factor that keeps the limits on the way to one that does not.
  private static func last(
    keeping kept: Trial, _ failing: Trial, _ trial: (Double) throws -> Trial, _ keeps: (Trial) -> Bool
  ) throws -> Trial {
    var (good, bad) = (kept, failing)
    while max(good.factor / bad.factor, bad.factor / good.factor) > 1.01 {
      let middle = try trial((good.factor * bad.factor).squareRoot())
      if keeps(middle) { good = middle } else { bad = middle }
    }
    return good
  }

  /// The trial with the least latency: neither keeps the limits.
  private static func better(_ first: Trial, _ second: Trial, _ third: Trial) -> Trial {
    func latency(_ trial: Trial) -> Double { trial.result.latency.mean ?? .infinity }
    return [first, second].reduce(third) { latency($1) < latency($0) ? $1 : $0 }
  }
}
