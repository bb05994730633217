import Kernels
import Profiles
import Roofline

/// By how much longer or shorter every cost of a plan is for each of some changes of a scenario's numbers.
///
/// Each kernel is priced once for all changes: what a change leaves as it is, is looked at once, or not at all
/// (`KernelTimeComparison`). Of the host's costs, of which there are few, every one is priced for each change.
struct CostDifferences {
  /// A scenario's system with a number changed.
  struct Change {
    /// The system.
    let system: System
    /// Which costs follow the number.
    let affected: NumberEffect
  }

  /// For each change the difference of every cost, in the order of ``CostTable/allCosts``, picoseconds; empty where none is
  /// different.
  private(set) var differences: [[Int64]]

  private let base: CostTable
  private let costCount: Int

  /// Prices changes.
  ///
  /// - Parameters:
  ///   - changes: The changes.
  ///   - scenario: What is changed.
  ///   - plan: Its plan.
  ///   - base: Its costs.
  init(of changes: [Change], _ scenario: Scenario, _ plan: ProgramPlan, _ base: CostTable) {
    self.base = base
    costCount = base.costs.count + base.launch.all.count
    differences = Array(repeating: [], count: changes.count)
    let numbered = changes.enumerated().map { (index: $0.offset, change: $0.element) }
    priceHost(numbered.filter { $0.change.affected.contains(.host) }, plan)
    priceDevice(numbered.filter { $0.change.affected.contains(.device) }, scenario, plan)
  }

  @inline(__always)
  private mutating func note(_ duration: Picoseconds, besides own: Picoseconds, of cost: Int, for change: Int) {
    guard duration != own else { return }
    if differences[change].isEmpty { differences[change] = Array(repeating: 0, count: costCount) }
    differences[change][cost] = (duration - own).count
  }

  private mutating func priceHost(_ changes: [(index: Int, change: Change)], _ plan: ProgramPlan) {
    guard !changes.isEmpty else { return }
    let own = base.launch.all
    var table = base
    for (index, change) in changes {
      table.priceHost(plan, change.system)
      for cost in plan.hostItems {
        note(table.costs[cost].duration, besides: base.costs[cost].duration, of: cost, for: index)
      }
      for (place, cost) in table.launch.all.enumerated() {
        note(cost.duration, besides: own[place].duration, of: base.costs.count + place, for: index)
      }
    }
  }

  private mutating func priceDevice(
    _ changes: [(index: Int, change: Change)], _ scenario: Scenario, _ plan: ProgramPlan
  ) {
    guard !changes.isEmpty else { return }
    let indices = changes.map(\.index)
    let models = changes.map { scenario.kernelModel.model(of: $0.change.system) }
    var comparison = scenario.kernelModel.model(of: scenario.system).compared(with: models)
    let own = KernelPricing(plan, scenario.system)
    let pricings = changes.map { KernelPricing(plan, $0.change.system) }
    // What a plan makes of a kernel's time follows few numbers; then a kernel's cost may change though its time does not.
    let repriced = pricings.indices.filter { pricings[$0] != own }
    var pricedFor = Array(repeating: -1, count: changes.count)
    let link = scenario.system.accelerator?.link
    let linked = changes.filter { $0.change.system.accelerator?.link != link }
    for (cost, item) in plan.items.enumerated() {
      let duration = base.costs[cost].duration
      switch item {
      case .kernel(let kernel):
        let time = comparison.time(of: plan.lowered.kernels[kernel]) { place, time in
          pricedFor[place] = cost
          note(pricings[place].duration(of: time), besides: duration, of: cost, for: indices[place])
        }
        for place in repriced where pricedFor[place] != cost {
          note(pricings[place].duration(of: time), besides: duration, of: cost, for: indices[place])
        }
      case .transfer(let transfer):
        for (index, change) in linked {
          let changed = CostTable.cost(of: transfer, change.system.accelerator).duration
          note(changed, besides: duration, of: cost, for: index)
        }
      case .dispatch, .graph: break
      }
    }
  }
}
