import Kernels
import Simulation
import Workloads

/// Steps over next tokens whose context grows: one plan, of which a few kernels grow with it.
///
/// Planning a step takes a hundred times as long as pricing it. Two steps that differ in their context alone have plans that
/// differ in the sizes of kernels which read the cache, and those sizes grow evenly. So two plans give all between them,
/// which a third in the middle confirms; where it does not, every step is planned.
struct DecodeSeries {
  /// Kernels of a step.
  let launches: Int

  private let served: ServedDecoder
  private let requests: Int64
  private let low: Int64
  private let span: Double
  private let simulator: Simulator
  private var pricer: PassPricer
  /// The kernels that grow: the places of their costs, and what they are at both ends.
  private let growing: [(item: Int, low: Kernel, high: Kernel)]?

  /// The steps of some requests that attend to `keys.lowerBound` up to `keys.upperBound` tokens.
  init(
    _ served: ServedDecoder, requests: Int64, keys: ClosedRange<Int64>, _ simulator: Simulator
  ) throws(WorkloadFault) {
    self.served = served
    self.requests = requests
    self.simulator = simulator
    low = keys.lowerBound
    span = Double(keys.upperBound - keys.lowerBound)
    let first = try Self.plan(served, requests, keys.lowerBound)
    pricer = PassPricer(first.scenario, first.plan, with: simulator)
    launches = first.plan.lowered.kernelCount
    let middle = keys.lowerBound + (keys.upperBound - keys.lowerBound) / 2
    if middle > keys.lowerBound {
      let last = try Self.plan(served, requests, keys.upperBound).plan
      growing = Self.growing(
        first.plan, last, confirmedBy: try Self.plan(served, requests, middle).plan, span: span,
        at: Double(middle - low))
    } else {
      growing = nil
    }
  }

  private static func plan(
    _ served: ServedDecoder, _ requests: Int64, _ keys: Int64
  ) throws(WorkloadFault) -> (scenario: Scenario, plan: ProgramPlan) {
    let step = EngineStep(requests: requests, queries: 1, keys: keys)
    return try served.prepared(step, served.decodeLatencyKind)
  }

  /// The kernels that differ between two plans, if a third is what lies between them.
  private static func growing(
    _ low: ProgramPlan, _ high: ProgramPlan, confirmedBy middle: ProgramPlan, span: Double, at place: Double
  ) -> [(item: Int, low: Kernel, high: Kernel)]? {
    let (first, last, between) = (low.lowered.kernels, high.lowered.kernels, middle.lowered.kernels)
    guard first.count == last.count, first.count == between.count, low.items == high.items, low.items == middle.items,
      low.program == high.program, low.program == middle.program
    else { return nil }
    var growing: [(item: Int, low: Kernel, high: Kernel)] = []
    for (item, what) in low.items.enumerated() {
      guard case .kernel(let index) = what else { continue }
      guard Kernel.between(first[index], last[index], span: span, at: place) == between[index] else { return nil }
      if first[index] != last[index] { growing.append((item, first[index], last[index])) }
    }
    return growing
  }

  /// The step that attends to so many tokens.
  mutating func summary(keys: Int64) throws -> PassSummary {
    if keys != low {
      guard let growing else {
        let (scenario, plan) = try Self.plan(served, requests, keys)
        return try PassPricer(scenario, plan, with: simulator).time().summary
      }
      pricer.replace(
        growing.map { kernel in
          let between = Kernel.between(kernel.low, kernel.high, span: span, at: Double(keys - low))
          return (kernel.item, between ?? kernel.low)
        })
    }
    return try pricer.time().summary
  }
}
