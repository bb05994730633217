import Kernels
import Profiles
import Roofline
import Simulation

/// The points of a sweep that share names and parameters: one plan, on systems that differ in numbers only.
///
/// What the host spends follows some of the numbers, and what the device takes follows others. Each half is priced once for
/// every combination of its own numbers and kept; where the closed form applies, a point is had from two of them.
struct SweepBlock: Sendable {
  /// What the points of one device share.
  private struct Device: Sendable {
    /// Its half of a pass; nil where the sum is beyond bounds.
    var half: DeviceHalf?
    /// Whether the tensors fit its memory.
    var fits = true
    /// What the kernels take of energy, which no number of the host changes.
    var energy: DeviceEnergy?
  }

  private var scenario: Scenario
  private let plan: ProgramPlan
  private let jobs: JobCounts
  private let withoutRuleFraction: Double
  private let layout: SweepLayout
  private var table: CostTable
  /// The keys of the halves that the table has the costs of.
  private var inTable: (host: Int, device: Int) = (-1, -1)
  /// For each axis the place of the value that the system has.
  private var written: [Int]
  private var hosts: HalfCache<HostHalf?>
  private var devices: HalfCache<Device>

  /// The block of a prepared scenario.
  ///
  /// - Parameters:
  ///   - prepared: The scenario, its numbers those of a position, and its plan.
  ///   - digits: The places of that position on the axes.
  ///   - layout: What the axes decide.
  ///   - capacity: How many halves of each sort are kept at most.
  init(_ prepared: (scenario: Scenario, plan: ProgramPlan), at digits: [Int], _ layout: SweepLayout, capacity: Int) {
    (scenario, plan) = prepared
    jobs = JobCounts(plan.counts)
    withoutRuleFraction = plan.lowered.fractionWithoutRule
    self.layout = layout
    table = CostTable()
    table.costs = Array(repeating: .zero, count: plan.items.count)
    written = digits
    hosts = HalfCache(of: layout.counts.host, capacity: capacity, empty: nil)
    devices = HalfCache(of: layout.counts.device, capacity: capacity, empty: Device())
  }

  /// What a point takes.
  ///
  /// - Throws: ``SimulationFault`` where it cannot be simulated.
  /// - Complexity: O(1) where another point has had its host's numbers and another its device's, and the closed form
  ///   applies; else the different costs of what is new, and what simulating takes.
  mutating func result(_ position: borrowing SweepLayout.Position) throws(SimulationFault) -> SweepResult {
    let device = devices.place(of: position.keys.device)
    if !devices.holds(position.keys.device, at: device) {
      devices.keep(priceDevice(position), of: position.keys.device, at: device)
    }
    let summary: PassSummary
    if let found = closedForm(position, device) { summary = found } else { summary = try simulated(position) }
    var result = SweepResult(summary)
    result.fits = devices[device].fits
    result.withoutRuleFraction = withoutRuleFraction
    if let energy = devices[device].energy { result.joules = energy.joules(in: result.latency.seconds) }
    return result
  }

  /// What a pass takes by its sums alone; nil where they do not decide.
  private mutating func closedForm(_ position: borrowing SweepLayout.Position, _ device: Int) -> PassSummary? {
    guard jobs.haveClosedForm, scenario.latencyKind == .steadyState else { return nil }
    let host = hosts.place(of: position.keys.host)
    if !hosts.holds(position.keys.host, at: host) {
      writeHost(position)
      hosts.keep(HostHalf(plan.counts, table), of: position.keys.host, at: host)
    }
    guard let onHost = hosts[host], let onDevice = devices[device].half, jobs.areSurelyShort(onHost, onDevice) else {
      return nil
    }
    return SteadyState.summary(jobs, onHost, onDevice)
  }

  /// What a pass takes by the shortest way through its program.
  private mutating func simulated(_ position: borrowing SweepLayout.Position) throws(SimulationFault) -> PassSummary {
    writeHost(position)
    writeDevice(position)
    return try Simulator().time(plan, table, scenario.latencyKind).summary
  }

  private mutating func priceDevice(_ position: borrowing SweepLayout.Position) -> Device {
    writeDevice(position)
    let capacity = scenario.system.accelerator?.memory.capacityGB
    return Device(
      half: DeviceHalf(plan.counts, table), fits: capacity.map { plan.lowered.tensors.total <= $0 * 1e9 } ?? true,
      energy: DeviceEnergy(plan.lowered, on: scenario.system.accelerator))
  }

  /// Prices what the host spends on a position's numbers, unless the table has it.
  private mutating func writeHost(_ position: borrowing SweepLayout.Position) {
    guard inTable.host != position.keys.host else { return }
    inTable.host = position.keys.host
    write(layout.hostAxes, position.digits)
    scenario.priceHost(plan, into: &table)
  }

  /// The same of kernels and copies.
  private mutating func writeDevice(_ position: borrowing SweepLayout.Position) {
    guard inTable.device != position.keys.device else { return }
    inTable.device = position.keys.device
    write(layout.deviceAxes, position.digits)
    scenario.priceDevice(plan, into: &table)
  }

  private mutating func write(_ axes: [SweepLayout.NumberAxis], _ digits: [Int]) {
    for axis in axes where written[axis.index] != digits[axis.index] {
      written[axis.index] = digits[axis.index]
      axis.number.set(axis.values[digits[axis.index]], in: &scenario.system)
    }
  }

  /// The identity of the plan with the numbers of a position.
  mutating func planIdentity(at position: borrowing SweepLayout.Position) -> PlanIdentity {
    var system = scenario.system
    for axis in layout.numberAxes where axis.affects.contains(.plan) {
      axis.number.set(axis.values[position.digits[axis.index]], in: &system)
    }
    return PlanIdentity(system: system, precision: scenario.precision)
  }
}

/// Halves of passes by their keys, each in the one place that its key may have.
private struct HalfCache<Half: Sendable>: Sendable {
  private var keys: [Int]
  private var halves: [Half]
  private let mask: Int

  /// A cache.
  ///
  /// - Parameters:
  ///   - count: How many keys there are, from 0.
  ///   - capacity: How many halves are kept at most: a power of two. Where there are no more keys, none is ever lost.
  ///   - empty: What stands where no half is kept.
  init(of count: Int, capacity: Int, empty: Half) {
    var size = 1
    while size < min(count, capacity) { size *= 2 }
    keys = Array(repeating: -1, count: size)
    halves = Array(repeating: empty, count: size)
    mask = size - 1
  }

  /// Where the half of a key is, if it is there.
  func place(of key: Int) -> Int { key & mask }

  /// Whether it is.
  func holds(_ key: Int, at place: Int) -> Bool { keys[place] == key }

  /// The half at a place.
  subscript(place: Int) -> Half { halves[place] }

  /// Puts the half of a key into its place.
  mutating func keep(_ half: Half, of key: Int, at place: Int) {
    keys[place] = key
    halves[place] = half
  }
}
