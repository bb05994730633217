import Kernels
import Profiles
import Roofline

/// By how much longer or shorter every cost of a plan is for each of some changes of a scenario's numbers.
///
/// Each kernel is priced once for all changes: what a change leaves as it is, is looked at once, or not at all
/// (`KernelTimeComparison`). Of the host's costs, of which there are few, every one is priced for each change.
struct CostDifferences {
  /// A number of the scenario's system with another value.
  struct Change {
    /// The number.
    let number: SystemNumber
    /// Its value.
    let value: Double
    /// Which costs follow it.
    let affected: NumberEffect
  }

  /// What a change makes of the device.
  private struct DeviceChange {
    /// Its place among all changes.
    let index: Int
    let model: any KernelTimeModel
    let pricing: KernelPricing
    let accelerator: AcceleratorProfile?
  }

  /// For each change the difference of every cost, in the order of ``CostTable/allCosts``, picoseconds; empty where none is
  /// different.
  private(set) var differences: [[Int64]]

  private let base: CostTable
  /// The costs of launches among them.
  private let launch: [Cost]

  /// Prices changes.
  ///
  /// - Parameters:
  ///   - changes: The changes, each by itself.
  ///   - scenario: What is changed.
  ///   - plan: Its plan.
  ///   - base: Its costs.
  init(of changes: [Change], _ scenario: Scenario, _ plan: ProgramPlan, _ base: CostTable) {
    self.base = base
    launch = base.launch.all
    differences = Array(repeating: [], count: changes.count)
    var table = base
    var devices: [DeviceChange] = []
    for (index, change) in changes.enumerated() {
      var system = scenario.system
      change.number.set(change.value, in: &system)
      if change.affected.contains(.host) { priceHost(plan, system, &table, for: index) }
      guard change.affected.contains(.device) else { continue }
      devices.append(
        DeviceChange(
          index: index, model: scenario.kernelModel.model(of: system), pricing: KernelPricing(plan, system),
          accelerator: system.accelerator))
    }
    if !devices.isEmpty { priceDevice(devices, scenario, plan) }
  }

  @inline(__always)
  private mutating func note(_ duration: Picoseconds, besides own: Picoseconds, of cost: Int, for change: Int) {
    guard duration != own else { return }
    if differences[change].isEmpty { differences[change] = Array(repeating: 0, count: base.costs.count + launch.count) }
    differences[change][cost] = (duration - own).count
  }

  private mutating func priceHost(_ plan: ProgramPlan, _ system: System, _ table: inout CostTable, for change: Int) {
    table.priceHost(plan, system)
    for cost in plan.hostItems {
      note(table.costs[cost].duration, besides: base.costs[cost].duration, of: cost, for: change)
    }
    var place = 0
    table.launch.forEach { cost in
      note(cost.duration, besides: launch[place].duration, of: base.costs.count + place, for: change)
      place += 1
    }
  }

  private mutating func priceDevice(_ changes: [DeviceChange], _ scenario: Scenario, _ plan: ProgramPlan) {
    var comparison = scenario.kernelModel.model(of: scenario.system).compared(with: changes.map(\.model))
    let own = KernelPricing(plan, scenario.system)
    // What a plan makes of a kernel's time follows few numbers; then a kernel's cost may change though its time does not.
    let repriced = changes.indices.filter { changes[$0].pricing != own }
    var pricedFor = Array(repeating: -1, count: changes.count)
    let link = scenario.system.accelerator?.link
    let linked = changes.filter { $0.accelerator?.link != link }
    for (cost, item) in plan.items.enumerated() {
      let duration = base.costs[cost].duration
      switch item {
      case .kernel(let kernel):
        let time = comparison.time(of: plan.lowered.kernels[kernel]) { place, time in
          pricedFor[place] = cost
          note(changes[place].pricing.duration(of: time), besides: duration, of: cost, for: changes[place].index)
        }
        for place in repriced where pricedFor[place] != cost {
          note(changes[place].pricing.duration(of: time), besides: duration, of: cost, for: changes[place].index)
        }
      case .transfer(let transfer):
        for change in linked {
          note(
            CostTable.cost(of: transfer, change.accelerator).duration, besides: duration, of: cost, for: change.index)
        }
      case .dispatch, .graph: break
      }
    }
  }
}
