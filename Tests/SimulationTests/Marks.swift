import EventEngine
import Roofline
import Testing

@testable import Simulation

extension Simulator {
  /// Launch by launch, every repeat run out.
  static var counted: Simulator {
    var simulator = Simulator(method: .recurrence)
    simulator.skipsRepeats = false
    return simulator
  }

  /// The marks of passes issued back to back.
  func marks(_ program: Program, _ table: CostTable, passes: Int) throws -> [PassMark] {
    try run(program, ProgramCounts(program), table, passes: passes, recordFrom: 0).model.marks
  }
}

extension Program {
  /// A program of the instructions given.
  init(_ instructions: [Instruction], streams: Int = 1) {
    self.init()
    self.instructions = instructions
    streamCount = streams
  }
}

extension Account {
  /// The same in every lane.
  init(repeating value: Int64) {
    self = .zero
    for lane in 0..<Self.laneCount { self[lane] = value }
  }
}

extension PassTiming {
  /// The account's lane of a category.
  subscript(category: CostCategory) -> Picoseconds { Picoseconds(account[category.rawValue]) }
}

extension CostTable {
  /// Every cost, to be read and written, with a name.
  static let namedCosts: [(name: String, path: WritableKeyPath<CostTable, Cost> & Sendable)] = [
    ("launchCall", \.launch.call), ("launchLatency", \.launch.latency), ("kernelGap", \.launch.kernelGap),
    ("graphCall", \.launch.graphCall), ("graphLatency", \.launch.graphLatency),
    ("graphKernelGap", \.launch.graphKernelGap),
    ("synchronization", \.launch.synchronization), ("pass", \.launch.pass),
  ]

  /// The table with every cost changed.
  func mapCosts(_ transform: (Cost) -> Cost) -> CostTable {
    var table = self
    table.costs = costs.map(transform)
    for (_, path) in Self.namedCosts { table[keyPath: path] = transform(table[keyPath: path]) }
    return table
  }

  /// The table with every cost `factor` times as long.
  func scaled(by factor: Int) -> CostTable {
    mapCosts { Cost(duration: $0.duration * factor, account: $0.account &* Int64(factor)) }
  }
}
