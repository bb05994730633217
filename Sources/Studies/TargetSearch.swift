import Kernels
import Profiles
import Roofline
import Simulation
import Workloads

/// The question asked backwards, how far something must change for a result to meet a target.
package struct TargetSearch: Sendable {
  /// A result that a target is set for: at most so much of it.
  package enum Metric: String, Sendable, CaseIterable {
    /// Microseconds per pass.
    case latency = "latency_us"
    /// Microseconds in which the device works.
    case deviceBusy = "device_busy_us"
    /// Microseconds of the latency in which it does not.
    case tax = "framework_tax_us"
    /// The same as a fraction of the latency.
    case taxFraction = "framework_tax_fraction"

    /// The metric of a result.
    package func value(of result: SweepResult) -> Double {
      switch self {
      case .latency: result.latency.microseconds
      case .deviceBusy: result.deviceBusy.microseconds
      case .tax: result.frameworkTax.microseconds
      case .taxFraction: result.frameworkTaxFraction
      }
    }
  }

  /// What is varied.
  package enum Subject: Sendable {
    /// Numbers of the system, by a common factor.
    case dial(SystemDial)
    /// A parameter of the workload, such as `batch`.
    case parameter(String)

    /// What it is called.
    package var name: String {
      switch self {
      case .dial(let dial): dial.name
      case .parameter(let name): name
      }
    }
  }

  /// A value that was tried: the factor of a dial, or the value of a parameter.
  package struct Trial: Sendable, Equatable {
    /// The value.
    package let value: Double
    /// What it gives.
    package let result: SweepResult
  }

  /// What was found.
  package typealias Outcome = SearchOutcome<Trial>

  /// What the target is set for.
  package let metric: Metric
  /// The most of it that is wanted.
  package let target: Double
  /// What is varied.
  package let subject: Subject
  /// What it is today: 1 for a dial.
  package let present: Trial
  /// What was found.
  package let outcome: Outcome
  /// The values that were looked at: the lowest and the highest.
  package let range: ClosedRange<Double>

  /// How far dials are turned either way.
  private static let dialLimit = 1024.0
  /// The largest value of a parameter that is tried.
  private static let parameterLimit = 65_536

  /// Searches for the nearest value that meets a target.
  ///
  /// It walks outwards from today's value on both sides, in small steps, and then halves the interval in which the target
  /// is first met. Nothing needs to be monotone: what is found is the nearest value on the grid of steps.
  ///
  /// - Parameters:
  ///   - metric: What the target is set for.
  ///   - target: The most of it that is wanted.
  ///   - subject: What is varied.
  ///   - workload: The workload.
  ///   - parameters: Values of its parameters.
  ///   - scenario: Makes the scenario of a bound workload.
  /// - Throws: What binding or simulating today's values throws, or an `OverrideFault` where a dial has nothing to turn.
  /// - Complexity: At most about 200 simulations.
  package init(
    _ metric: Metric, atMost target: Double, varying subject: Subject, _ workload: Workload,
    parameters: [String: Int64], scenario: @escaping @Sendable (BoundWorkload) -> Scenario
  ) throws {
    self.metric = metric
    self.target = target
    self.subject = subject
    let preparation = Preparation()
    let (base, plan) = try preparation.prepare(workload, parameters, scenario: scenario)
    if case .dial(let dial) = subject {
      var turned = base
      try dial.turn(by: 1, in: &turned.system)
      if dial.numbers(of: base.system).isEmpty { throw ProjectionFault.nothingToTurn(dial.name) }
    }
    let today: Double
    switch subject {
    case .dial: today = 1
    case .parameter(let name): today = Double(base.workload.parameter(name) ?? 1)
    }
    func trial(_ value: Double) throws -> Trial? {
      switch subject {
      case .dial(let dial):
        var turned = base
        do { try dial.turn(by: value, in: &turned.system) } catch { return nil }
        return Trial(value: value, result: try Self.result(turned, preparation.plan(of: turned)))
      case .parameter(let name):
        var values = parameters
        values[name] = Int64(value)
        let prepared = try preparation.prepare(workload, values, scenario: scenario)
        let result = try Self.result(prepared.scenario, prepared.plan)
        return result.fits ? Trial(value: value, result: result) : nil
      }
    }
    present = Trial(value: today, result: try Self.result(base, plan))
    func meets(_ trial: Trial) -> Bool { metric.value(of: trial.result) <= target }
    var search = Search(subject: subject, present: present, isMet: meets(present), trial: trial, meets: meets)
    let (up, down) = (
      try search.walk(Self.steps(subject, today, up: true)), try search.walk(Self.steps(subject, today, up: false))
    )
    range = search.lowest...search.highest
    let nearest = [up, down].compactMap { $0 }.min {
      Self.distance($0.value, today) < Self.distance($1.value, today)
    }
    if meets(present) {
      outcome = .holds(upTo: nearest)
    } else if let nearest {
      outcome = .met(nearest)
    } else {
      let best = search.tried.min { metric.value(of: $0.result) < metric.value(of: $1.result) }
      outcome = .unreachable(best: best ?? present)
    }
  }

  /// The number that a knob over one number stands at when it is turned by a factor; nil for other subjects.
  package func number(of system: System, at factor: Double) -> Double? {
    guard case .dial(let dial) = subject, dial.paths.count == 1 else { return nil }
    return dial.numbers(of: system, times: factor).first?.value
  }

  private static func result(_ scenario: Scenario, _ plan: ProgramPlan) throws -> SweepResult {
    let pricer = PassPricer(scenario, plan)
    var result = SweepResult(try pricer.time().summary)
    result.fits = pricer.fits
    return result
  }

  /// How far a value lies from today's: the logarithm of their ratio.
  static func distance(_ value: Double, _ today: Double) -> Double {
    value > 0 ? abs((value / today).logarithm) : .infinity
  }

  /// The values to try on one side, the nearest first: four for each doubling, whole ones for a parameter.
  private static func steps(_ subject: Subject, _ today: Double, up: Bool) -> [Double] {
    let ratios = (1...64).map { (Double($0) / 4 * 2.0.logarithm).exponential }
    switch subject {
    case .dial(let dial):
      let factors = ratios.filter { $0 <= dialLimit * 1.0001 }.map { up ? $0 : 1 / $0 }
      return up || !dial.isTime ? factors : factors + [0]
    case .parameter:
      let values = ratios.map { up ? (today * $0).rounded(.up) : (today / $0).rounded(.down) }
      return values.enumerated().filter { index, value in
        value >= 1 && value <= Double(parameterLimit) && value != today && (index == 0 || values[index - 1] != value)
      }.map(\.element)
    }
  }
}

/// The walk to both sides of today's value.
private struct Search {
  let subject: TargetSearch.Subject
  let present: TargetSearch.Trial
  let isMet: Bool
  let trial: (Double) throws -> TargetSearch.Trial?
  let meets: (TargetSearch.Trial) -> Bool
  var tried: [TargetSearch.Trial] = []
  var lowest: Double
  var highest: Double

  init(
    subject: TargetSearch.Subject, present: TargetSearch.Trial, isMet: Bool,
    trial: @escaping (Double) throws -> TargetSearch.Trial?, meets: @escaping (TargetSearch.Trial) -> Bool
  ) {
    self.subject = subject
    self.present = present
    self.isMet = isMet
    self.trial = trial
    self.meets = meets
    (lowest, highest) = (present.value, present.value)
  }

  /// Walks until the target is met, or where it is met today, until it no longer is.
  ///
  /// - Returns: The value nearest to today's that meets the target on the far side; or that still meets it.
  mutating func walk(_ values: [Double]) throws -> TargetSearch.Trial? {
    var last = present
    for value in values {
      guard let next = try trial(value) else { return nil }
      tried.append(next)
      lowest = min(lowest, value)
      highest = max(highest, value)
      if meets(next) != isMet { return try halve(last, next) }
      last = next
    }
    return nil
  }

  /// The edge between two neighbors of which one meets the target: the value on the side that does.
  private mutating func halve(
    _ near: TargetSearch.Trial, _ far: TargetSearch.Trial
  ) throws -> TargetSearch.Trial {
    var (near, far) = (near, far)
    for _ in 0..<50 {
      var middle = (near.value * far.value).squareRoot()
      if far.value == 0 || near.value == 0 { middle = (near.value + far.value) / 2 }
      if case .parameter = subject {
        middle = ((near.value + far.value) / 2).rounded(.down)
        if middle == min(near.value, far.value) { break }
      }
      guard middle != near.value, middle != far.value, let tried = try trial(middle) else { break }
      if meets(tried) == isMet { near = tried } else { far = tried }
    }
    return isMet ? near : far
  }
}
