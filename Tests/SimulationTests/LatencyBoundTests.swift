import Roofline
import Testing

@testable import Simulation

@Suite("What a latency is waiting for")
struct LatencyBoundTests {
  private func bound(_ shares: [CostCategory: Int64]) -> LatencyBound {
    var account = Account.zero
    for (category, time) in shares { account[category.rawValue] = time }
    return LatencyBound(account: account)
  }

  @Test(
    "Dispatch, launches and synchronizations are the framework's",
    arguments: [CostCategory.dispatch, .launch, .synchronization])
  func framework(category: CostCategory) {
    #expect(bound([category: 3, .compute: 1, .memory: 1]) == .framework)
  }

  @Test("Gaps are kernel overhead, which no faster chip removes", arguments: [CostCategory.kernelGap, .kernelOverhead])
  func overhead(category: CostCategory) {
    #expect(bound([category: 3, .dispatch: 2, .compute: 2, .memory: 2]) == .overhead)
  }

  @Test("The largest sum decides, whatever its parts")
  func sums() {
    #expect(bound([.dispatch: 2, .launch: 2, .synchronization: 2, .compute: 5]) == .framework)
    #expect(bound([.dispatch: 2, .launch: 2, .compute: 5]) == .compute)
    #expect(bound([.memory: 3, .copy: 3, .compute: 5]) == .memory)
  }

  @Test("Of equals the framework decides, then arithmetic")
  func ties() {
    #expect(bound([.dispatch: 4, .compute: 4, .memory: 4]) == .framework)
    #expect(bound([.dispatch: 4, .memory: 4]) == .framework)
    #expect(bound([.compute: 4, .memory: 4]) == .compute)
    #expect(bound([:]) == .framework)
  }
}
