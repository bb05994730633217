import EventEngine
import Kernels
import Roofline
import TestSupport
import Testing

@testable import Simulation

@Suite("A kernel's time in parts")
struct KernelOverheadTests {
  @Test("What neither arithmetic nor traffic explains is overhead, by hand")
  func parts() {
    // Arithmetic 3 and set-up 2 beside traffic of 4; 1 of traffic that nothing hides; 6 to start.
    let memory = KernelTime(compute: 3, memory: 4, exposedMemory: 1, setup: 2, fixed: 6)
    #expect(memory.seconds == 5 + 1 + 6)
    #expect(memory.computeShare == 0 && memory.memoryShare == 4 + 1 && memory.overheadShare == 1 + 6)
    let compute = KernelTime(compute: 5, memory: 4, setup: 2, fixed: 6)
    #expect(compute.computeShare == 5 && compute.memoryShare == 0 && compute.overheadShare == 2 + 6)
    #expect(KernelTime(compute: 0, memory: 9, setup: 2).overheadShare == 0, "traffic hides a set-up")
    #expect(Cost(1_300, compute).account[CostCategory.compute.rawValue] == 500)
    #expect(Cost(1_300, compute).account[CostCategory.kernelOverhead.rawValue] == 800)
  }

  @Test("Parts sum to the whole to the picosecond, in the ratio of their shares")
  func partsSum() {
    var random = SeededGenerator(seed: 11)
    for _ in 0..<2_000 {
      let duration = Picoseconds.random(in: 0...(1 << Int64.random(in: 1...59, using: &random)), using: &random)
      let shares = (0..<3).map { _ in Bool.random(using: &random) ? 0 : Double.random(in: 0...1, using: &random) }
      let cost = Cost(
        duration, shares: [(.compute, shares[0]), (.memory, shares[1]), (.kernelOverhead, shares[2])])
      #expect(cost.account.wrappedSum() == duration.count && cost.account.min() >= 0)
      let total = shares.reduce(0, +)
      for (category, share) in zip([CostCategory.compute, .memory, .kernelOverhead], shares) where total > 0 {
        let part = Double(cost.account[category.rawValue])
        #expect(abs(part - Double(duration.count) * share / total) <= 1.001 + Double(duration.count) * 1e-15)
        if share == 0 { #expect(part == 0) }
      }
    }
  }

  @Test("Stretched, the parts sum to the longer time")
  func stretched() {
    var random = SeededGenerator(seed: 12)
    for _ in 0..<2_000 {
      let duration = Picoseconds.random(in: 1...1_000_000_000, using: &random)
      let cost = Cost(
        duration,
        shares: [
          (.compute, .random(in: 0...1, using: &random)), (.memory, .random(in: 0...1, using: &random)),
          (.kernelOverhead, .random(in: 0...1, using: &random)),
        ])
      let longer = Picoseconds.random(in: duration.count...(duration.count * 1_000), using: &random)
      let account = cost.account(stretchedTo: longer)
      #expect(account.wrappedSum() == longer.count && account.min() >= 0)
      for lane in 0..<Account.laneCount {
        #expect(
          abs(Double(account[lane]) - Double(cost.account[lane]) * Double(longer.count) / Double(duration.count)) <= 1)
      }
    }
  }

  @Test("Kernels that share the device keep accounts that sum to the latency")
  func sharing() throws {
    var table = CostTable()
    table.costs = [
      Cost(1_001, shares: [(.compute, 1), (.kernelOverhead, 2)]),
      Cost(333, shares: [(.memory, 5), (.kernelOverhead, 2)]),
    ]
    table.sharesDevice = true
    let program = Program(
      (0..<7).map { Instruction(.launch, operand: $0 % 2, stream: $0 % 3) }, streams: 3)
    let timing = try Simulator().time(program, table, .synchronized)
    #expect(timing.account.wrappedSum() == timing.latency.count && timing.account.min() >= 0)
  }

  @Test("A span has the color of what most of it is spent on")
  func mainCategory() {
    #expect(Cost(10, shares: [(.compute, 4), (.kernelOverhead, 6)]).mainCategory == .kernelOverhead)
    #expect(Cost(10, shares: [(.compute, 5), (.kernelOverhead, 5)]).mainCategory == .compute)
    #expect(Cost.zero.mainCategory == nil)
  }

  // MARK: What a latency waits for

  private func bound(_ parts: [CostCategory: Picoseconds]) -> LatencyBound {
    var account = Account.zero
    for (category, time) in parts { account[category.rawValue] = time.count }
    return LatencyBound(account: account)
  }

  @Test("The largest share is waited for; of equal ones the host's, then arithmetic, memory, overhead")
  func bounds() {
    #expect(bound([.dispatch: 4, .compute: 3, .memory: 3]) == .framework)
    #expect(bound([.dispatch: 2, .launch: 2, .compute: 4]) == .framework, "a tie goes to the host")
    #expect(bound([.dispatch: 2, .launch: 1, .compute: 4]) == .compute)
    #expect(bound([.synchronization: 5, .memory: 4]) == .framework, "a synchronization returns on the host")
    #expect(bound([.compute: 4, .memory: 4]) == .compute)
    #expect(bound([.compute: 3, .memory: 2, .copy: 2]) == .memory, "the link is a memory's")
    #expect(bound([.memory: 4, .kernelOverhead: 4]) == .memory)
    #expect(bound([.memory: 4, .kernelOverhead: 3, .kernelGap: 2]) == .overhead, "a gap is overhead")
    #expect(bound([:]) == .framework)
    #expect(LatencyBound.allCases.flatMap(\.categories).count == CostCategory.allCases.count)
  }
}
