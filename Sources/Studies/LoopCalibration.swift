import Profiles
import Roofline
import Serving
import Simulation
import Workloads

/// What an engine's loop costs its host, from a log of its steps.
///
/// Where host and device take turns, a step is the device's time, which is simulated, and the loop's: so much for the step, for
/// each request and for each token. The three are fitted to what the log's steps leave beside the device, none below zero; the
/// stages share them as they did in the engine's profile, since a log does not tell them apart.
package struct LoopCalibration: Sendable {
  /// A number of the engine.
  package struct Number: Sendable, Equatable {
    /// Its path, as `engine.schedule.step_us`.
    package let path: String
    /// As it was, microseconds on the reference host.
    package let before: Double
    /// As it is now.
    package let after: Double
  }

  /// A part of the loop's time.
  package enum Part: String, CaseIterable, Sendable {
    case step = "step_us"
    case request = "request_us"
    case token = "token_us"

    fileprivate var path: WritableKeyPath<StageCost, Double> & Sendable {
      switch self {
      case .step: \.stepUS
      case .request: \.requestUS
      case .token: \.tokenUS
      }
    }

    fileprivate func count(of step: LoggedStep) -> Double {
      switch self {
      case .step: 1
      case .request: Double(step.requests)
      case .token: Double(step.tokens)
      }
    }
  }

  /// What a part comes to, all stages together, microseconds on the log's host.
  package struct Fit: Sendable, Equatable {
    /// The part.
    package let part: Part
    /// As the profile had it.
    package let before: Double
    /// As the log has it.
    package let after: Double
    /// How far it may be off: its standard error, as a share of itself; nil where the log does not tell it.
    package let uncertainty: Double?
  }

  /// The steps with what was predicted before and is after, seconds.
  package let steps: [(logged: LoggedStep, before: Double, after: Double)]
  /// The fitted parts.
  package let fits: [Fit]
  /// The numbers that changed.
  package let numbers: [Number]

  /// The mean of |predicted / logged - 1|.
  package var errorBefore: Double { error(\.before) }
  /// The same with the fitted numbers.
  package var errorAfter: Double { error(\.after) }

  private func error(_ time: (((logged: LoggedStep, before: Double, after: Double)) -> Double)) -> Double {
    steps.reduce(0) { $0 + abs(time($1) / $1.logged.seconds - 1) } / Double(max(1, steps.count))
  }

  /// Fits an engine's loop.
  ///
  /// - Parameters:
  ///   - logged: The steps, at least one.
  ///   - served: The decoder that was served, with the engine as it is and the log's host.
  /// - Throws: What planning a step throws.
  /// - Complexity: A plan for each different step over prompts, and for each number of requests that get next tokens.
  package init(_ logged: [LoggedStep], _ served: ServedDecoder) throws {
    let predicted = try Self.predicted(logged, served)
    let system = served.decode
    let microsecond = system.hostTime(1000, in: .interpreter).seconds / 1000
    let parts = Self.parts(toldBy: logged)
    func sum(_ part: Part) -> Double {
      EngineStage.loop.reduce(0) { $0 + served.engine[$1][keyPath: part.path] }
    }
    // What is left of a step beside the device and the parts that the log does not tell.
    let left = zip(logged, predicted).map { step, time in
      step.seconds - time + parts.reduce(0) { $0 + sum($1) * $1.count(of: step) * microsecond }
    }
    let solution = LeastSquares.solution(
      logged.map { step in parts.map { $0.count(of: step) } }, left, weights: logged.map(\.seconds))
    fits = zip(parts, solution).map { part, value in
      Fit(part: part, before: sum(part) * microsecond * 1e6, after: value.value * 1e6, uncertainty: value.uncertainty)
    }
    let reference = microsecond * 1e6
    numbers = fits.flatMap { fit in
      let before = sum(fit.part)
      return EngineStage.loop.compactMap { stage -> Number? in
        let old = served.engine[stage][keyPath: fit.part.path]
        // A part that the profile has none of goes to the preparation, which grows with whatever a step holds.
        let share = before > 0 ? old / before : stage == .prepare ? 1 : 0
        let new = share * fit.after / reference
        guard old > 0 || new > 0 else { return nil }
        return Number(path: "engine.\(stage.key).\(fit.part.rawValue)", before: old, after: new)
      }
    }
    let changes = fits.map { fit in (fit.part, (fit.after - fit.before) * 1e-6) }
    steps = zip(logged, predicted).map { step, before in
      (step, before, before + changes.reduce(0) { $0 + $1.1 * $1.0.count(of: step) })
    }
  }

  /// The parts that the log tells apart: a request's share needs steps of several sizes, a token's steps over prompts.
  private static func parts(toldBy logged: [LoggedStep]) -> [Part] {
    var parts: [Part] = [.step]
    if Set(logged.map(\.requests)).count > 1 { parts.append(.request) }
    if Set(logged.map { $0.tokens - $0.requests }).count > 1 { parts.append(.token) }
    return parts
  }

  /// Seconds of each step with the engine as it is.
  private static func predicted(_ logged: [LoggedStep], _ served: ServedDecoder) throws -> [Double] {
    let times = StepTimes(served)
    var known: [LoggedStep: Double] = [:]
    let decodes = Dictionary(grouping: logged.filter { $0.tokens == $0.requests }, by: \.requests)
    for (requests, steps) in decodes {
      let contexts = Set(steps.map(\.keys)).sorted()
      for (keys, entry) in zip(contexts, try times.decode(requests: requests, contexts: contexts)) {
        for step in steps where step.keys == keys { known[step] = entry.summary.latency.seconds }
      }
    }
    for step in logged where known[step] == nil {
      let queries = max(1, step.tokens / step.requests)
      let pass = EngineStep(
        requests: step.requests, queries: queries, keys: max(step.keys, queries), tokens: step.tokens)
      let scenario = try served.scenario(pass, .synchronized)
      known[step] = try PassPricer(scenario, scenario.plan()).time().summary.latency.seconds
    }
    return logged.map { known[$0] ?? 0 }
  }
}
