import EventEngine
import Roofline
import TestSupport
import Testing

@testable import Simulation

/// What sensitivities rest on: an account of tangents along the critical path is the derivative of the latency.
@Suite("The account as a derivative", .tags(.slow))
struct PathDerivativeTests {
  /// Eight directions in which the costs change, as the accounts of a table.
  private func tangents(of table: CostTable, _ random: inout SeededGenerator) -> [Account] {
    table.allCosts.map { _ in
      var tangent = Account.zero
      for lane in 0..<Account.laneCount { tangent[lane] = Int64.random(in: -3...3, using: &random) }
      return tangent
    }
  }

  /// The table a step further in one direction.
  private func moved(_ table: CostTable, _ tangents: [Account], lane: Int, by step: Picoseconds) -> CostTable {
    var index = -1
    return table.mapCosts { cost in
      index += 1
      return Cost(duration: cost.duration + step * Int(tangents[index][lane]), account: cost.account)
    }
  }

  @Test(
    "The account along the critical path is the finite difference of the latency, away from ties",
    arguments: LatencyKind.allCases, [ProgramShape.oneStream, .severalStreams, .hostOnly])
  func finiteDifferences(kind: LatencyKind, shape: ProgramShape) throws {
    var compared = 0
    for seed in UInt64(0)..<60 {
      let random = RandomProgram(seed: seed, shape, .tieFree)
      var reference = ReferenceSimulator(random.program.synchronized, random.table)
      if reference.run(passes: 6).contains(where: \.isAmbiguous) { continue }
      var generator = SeededGenerator(seed: seed)
      let tangents = tangents(of: random.table, &generator)
      var table = random.table
      table.replaceAccounts { tangents[$0] }
      let timing = try Simulator().time(random.program, table, kind)
      for lane in 0..<Account.laneCount {
        let above = try Simulator().time(
          random.program, moved(random.table, tangents, lane: lane, by: 4), kind)
        let below = try Simulator().time(
          random.program, moved(random.table, tangents, lane: lane, by: -4), kind)
        let (rise, fall) = (above.latency - timing.latency, timing.latency - below.latency)
        // Where the two sides differ two paths are of one length, or a mean was rounded.
        guard rise == fall, rise.count.isMultiple(of: 4) else { continue }
        compared += 1
        if timing.account[lane] != rise / 4 {
          Issue.record("seed \(seed), lane \(lane): \(timing.account[lane]), not \(rise / 4)")
        }
      }
    }
    #expect(compared > 100)
  }

  @Test("A mean over passes rounds each derivative to nearest, and does not fill them up to the latency")
  func meanOfDerivatives() throws {
    for seed in UInt64(0)..<200 {
      let random = RandomProgram(seed: seed, .severalStreams, .tieFree)
      var table = random.table
      table.replaceAccounts { _ in .zero }
      let timing = try Simulator().time(random.program, table, .steadyState)
      #expect(timing.account == .zero, "seed \(seed)")
    }
  }

  @Test("What accounts mean does not change the time")
  func accountsDoNotMatter() throws {
    for seed in UInt64(0)..<90 {
      let random = RandomProgram(seed: seed, .severalStreams, DurationRange.allCases[Int(seed % 3)])
      var generator = SeededGenerator(seed: seed)
      let tangents = tangents(of: random.table, &generator)
      var table = random.table
      table.replaceAccounts { tangents[$0] }
      let plain = try Simulator().marks(random.program, random.table, passes: 4)
      let other = try Simulator().marks(random.program, table, passes: 4)
      #expect(plain.map(\.time) == other.map(\.time), "seed \(seed)")
    }
  }

  @Test("Every cost of a table is read and written in one order")
  func orderOfCosts() {
    var table = CostTable()
    table.costs = [Cost(1, .compute), Cost(2, .memory)]
    for (offset, named) in CostTable.namedCosts.enumerated() {
      table[keyPath: named.path] = Cost(Picoseconds(Int64(10 + offset)), .launch)
    }
    table.replaceAccounts { Account(repeating: Int64($0)) }
    #expect(table.allCosts.map(\.account) == table.allCosts.indices.map { Account(repeating: Int64($0)) })
    #expect(table.allCosts.count == 10)
    #expect(Set(table.allCosts.map(\.duration.count)).count == 10)
  }
}
