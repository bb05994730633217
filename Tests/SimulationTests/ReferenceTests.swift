import EventEngine
import Roofline
import TestSupport
import Testing

@testable import Simulation

@Suite("The simulator against the definition", .tags(.slow))
struct ReferenceTests {
  struct Family: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let shape: ProgramShape
  }

  static let families = [
    Family(testDescription: "one stream", shape: .oneStream),
    Family(testDescription: "several streams", shape: .severalStreams),
    Family(testDescription: "the host alone", shape: .hostOnly),
  ]

  @Test(
    "Passes are complete at the same time, after the same path, with the device as long busy",
    arguments: families, DurationRange.allCases)
  func marks(family: Family, durations: DurationRange) throws {
    var comparedAccounts = 0
    for seed in UInt64(0)..<300 {
      let random = RandomProgram(seed: seed, family.shape, durations)
      let simulated = try Simulator().marks(random.program, random.table, passes: 5)
      var reference = ReferenceSimulator(random.program, random.table)
      let expected = reference.run(passes: 5)
      #expect(simulated.map(\.time) == expected.map(\.time), "seed \(seed)")
      #expect(simulated.map(\.hostClock) == expected.map(\.hostClock), "seed \(seed)")
      #expect(simulated.map(\.deviceBusy) == expected.map(\.deviceBusy), "seed \(seed)")
      for (pass, (mark, wanted)) in zip(simulated, expected).enumerated() {
        if mark.account.wrappedSum() != mark.time.count { Issue.record("seed \(seed), pass \(pass): \(mark)") }
        if wanted.isAmbiguous { continue }
        comparedAccounts += 1
        if mark.account != wanted.account {
          Issue.record("seed \(seed), pass \(pass): \(mark.account), not \(wanted.account)")
        }
      }
    }
    #expect(comparedAccounts > (durations == .tiny ? 50 : 1_000))
  }

  @Test("A synchronized pass is the first mark of the program with a synchronization", arguments: families)
  func synchronized(family: Family) throws {
    for seed in UInt64(0)..<300 {
      let durations = DurationRange.allCases[Int(seed % 3)]
      let random = RandomProgram(seed: seed, family.shape, durations)
      let timing = try Simulator().time(random.program, random.table, .synchronized)
      var reference = ReferenceSimulator(random.program.synchronized, random.table)
      let expected = reference.run(passes: 1)[0]
      #expect(timing.latency == expected.time, "seed \(seed)")
      #expect(timing.deviceBusy == expected.deviceBusy, "seed \(seed)")
      if !expected.isAmbiguous { #expect(timing.account == expected.account, "seed \(seed)") }
    }
  }

  @Test("The steady state is the definition's long run", arguments: families)
  func steadyState(family: Family) throws {
    for seed in UInt64(0)..<120 {
      let durations = DurationRange.allCases[Int(seed % 3)]
      let random = RandomProgram(seed: seed, family.shape, durations)
      let timing = try Simulator().time(random.program, random.table, .steadyState)
      var reference = ReferenceSimulator(random.program, random.table)
      let marks = reference.run(passes: 73)
      // Sixty passes hold any short period a whole number of times.
      let longRun = Double((marks[72].time - marks[12].time).count) / 60
      let error = abs(Double(timing.latency.count) - longRun)
      if error > 1, error > longRun / 60 {
        Issue.record("seed \(seed): \(timing.latency), and \(longRun) in the long run")
      }
    }
  }
}
