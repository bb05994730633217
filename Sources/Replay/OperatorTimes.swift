import Kernels
import Profiles
import Roofline
import Simulation
import Traces

/// What an operator of a recording costs, all of its calls together.
package struct OperatorTime: Sendable {
  /// What it is.
  package enum Sort: String, Sendable {
    /// An operator of the framework.
    case operation = "operator"
    /// A range that the program named, around launches without an operator.
    case range
    /// Kernels of a name without an operator or range around their launch.
    case kernel
  }

  /// Its name.
  package let name: String
  /// What it is.
  package let sort: Sort
  /// How often it was called; of kernels, how many ran.
  package internal(set) var count = 0
  /// Kernels, copies and sets that it launched itself, not through an operator within it.
  package internal(set) var deviceCount = 0
  /// Host time without that of operators within it.
  package internal(set) var host = Picoseconds.zero
  /// The part of it in which the device did nothing.
  package internal(set) var exposedHost = Picoseconds.zero
  /// Its share of the time in which the device was busy: moments that it shares with others count in equal parts.
  package internal(set) var device = Picoseconds.zero
  /// How long its work ran with nothing beside it.
  package internal(set) var exposedDevice = Picoseconds.zero
  /// The durations of its work, which may overlap.
  package internal(set) var work = Picoseconds.zero
  /// FLOPs of those of its calls whose shapes tell; nil where none does.
  package internal(set) var flops: Double?
  /// Bytes that these move, each tensor once; nil where none does.
  package internal(set) var bytes: Double?

  /// The part of its host time in which the device worked.
  package var hiddenHost: Picoseconds { host - exposedHost }
  /// The part of the device's time in which other work ran beside its own.
  package var hiddenDevice: Picoseconds { max(.zero, device - exposedDevice) }

  init(name: String, sort: Sort) { (self.name, self.sort) = (name, sort) }
}

/// The operators of a recording: where the host's and the device's time go.
///
/// Each kernel belongs to the innermost operator around its launch; the device's time of all rows is the busy time.
package struct OperatorTimes: Sendable {
  /// The operators, those that take most of the device's and exposed host time first.
  package private(set) var rows: [OperatorTime] = []

  private var places: [Key: Int] = [:]
  private struct Key: Hashable {
    var name: Int32
    var sort: OperatorTime.Sort
  }

  /// Sums up a run.
  ///
  /// - Parameters:
  ///   - run: The recording, or a step of it.
  ///   - shares: How the device's time is shared.
  ///   - activity: What the host does.
  ///   - accelerator: For which operators are taken apart into kernels, whose FLOPs and bytes are counted.
  ///   - framework: What takes them apart.
  /// - Complexity: O(n log n) for n events.
  package init(
    _ run: RecordedRun, _ shares: DeviceShares, _ activity: HostActivity, accelerator: AcceleratorProfile?,
    framework: FrameworkProfile
  ) {
    let parents = RecordedProgram.parents(run)
    for index in run.hostEvents where run.trace.hostEvents[index].kind == .frameworkOperator {
      rows[place(run.trace.hostEvents[index].name, .operation, run)].count += 1
    }
    addHost(run, shares, activity, parents)
    let launching = addDevice(run, shares, parents)
    addWork(of: launching, run, accelerator, framework)
    rows.sort { ($1.device + $1.exposedHost, $0.name) < ($0.device + $0.exposedHost, $1.name) }
  }

  private mutating func place(_ name: Int32, _ sort: OperatorTime.Sort, _ run: RecordedRun) -> Int {
    let key = Key(name: name, sort: sort)
    if let known = places[key] { return known }
    places[key] = rows.count
    rows.append(OperatorTime(name: run.trace.name(name), sort: sort))
    return rows.count - 1
  }

  private mutating func addHost(
    _ run: RecordedRun, _ shares: DeviceShares, _ activity: HostActivity, _ parents: [Int32]
  ) {
    for stretch in activity.stretches.values.joined() where stretch.event >= 0 {
      var index = stretch.event
      if run.trace.hostEvents[Int(index)].kind == .call { index = parents[Int(index)] }
      guard index >= 0 else { continue }
      let row = place(run.trace.hostEvents[Int(index)].name, .operation, run)
      rows[row].host += Picoseconds(nanoseconds: stretch.end - stretch.start)
      rows[row].exposedHost += Picoseconds(nanoseconds: shares.idleTime(from: stretch.start, to: stretch.end))
    }
  }

  /// Gives each row its kernels, and returns the operators that launched some.
  private mutating func addDevice(_ run: RecordedRun, _ shares: DeviceShares, _ parents: [Int32]) -> [Int32] {
    let ranges = ProgramRanges(run)
    var launching = Set<Int32>()
    for (position, index) in run.deviceEvents.enumerated() {
      let event = run.trace.deviceEvents[index]
      let launcher = run.launchers[position]
      let operation = launcher >= 0 ? parents[launcher] : -1
      let row: Int
      if operation >= 0 {
        row = place(run.trace.hostEvents[Int(operation)].name, .operation, run)
        launching.insert(operation)
      } else if launcher >= 0, let range = ranges.innermost(at: run.trace.hostEvents[launcher]) {
        row = place(ranges.name(of: range), .range, run)
        rows[row].count = ranges.count(of: range)
      } else {
        row = place(event.name, .kernel, run)
        rows[row].count += 1
      }
      rows[row].deviceCount += 1
      rows[row].device += shares.shares[position]
      rows[row].exposedDevice += shares.alone[position]
      rows[row].work += Picoseconds(nanoseconds: max(0, event.end - max(event.start, run.start)))
    }
    return launching.sorted()
  }

  private mutating func addWork(
    of operations: [Int32], _ run: RecordedRun, _ accelerator: AcceleratorProfile?, _ framework: FrameworkProfile
  ) {
    var known: [InputsKey: (flops: Double, bytes: Double)?] = [:]
    let system = System(accelerator: accelerator, host: HostProfile(), framework: framework)
    for index in operations {
      let event = run.trace.hostEvents[Int(index)]
      let key = InputsKey(name: event.name, inputs: event.inputs)
      var found = known[key]
      if found == nil {
        found = RecordedOperator.reading(event, run.trace).known.map { Self.work(of: $0, on: system) }
        known[key] = found
      }
      guard let work = found ?? nil else { continue }
      let row = place(event.name, .operation, run)
      rows[row].flops = (rows[row].flops ?? 0) + work.flops
      rows[row].bytes = (rows[row].bytes ?? 0) + work.bytes
    }
  }

  private struct InputsKey: Hashable {
    let name: Int32
    let inputs: InputTexts
  }

  private static func work(of operation: RecordedOperator, on system: System) -> (flops: Double, bytes: Double) {
    let lowering = Lowering(target: LoweringTarget(system: system, precision: operation.precision))
    return lowering.lower(operation.operation).kernels.reduce(into: (0, 0)) { sum, kernel in
      sum.flops += kernel.flops
      sum.bytes += kernel.bytes
    }
  }
}
