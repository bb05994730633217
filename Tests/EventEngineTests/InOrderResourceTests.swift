import EventEngine
import TestSupport
import Testing

@Suite("The in-order resource")
struct InOrderResourceTests {
  @Test("One job is in service, the others wait in their order, and the bound counts both", arguments: 1...9)
  func againstAnArray(bound: Int) {
    for seed in UInt64(0)..<20 {
      var random = SeededGenerator(seed: seed)
      var resource = InOrderResource<Int>(bound: bound)
      var inside: [Int] = []
      for step in 0..<300 {
        let context = "seed \(seed), step \(step)"
        if Bool.random(using: &random), inside.count < bound {
          let isServed = resource.admit(step)
          if isServed != inside.isEmpty { Issue.record("\(context): admitted to service: \(isServed)") }
          inside.append(step)
        } else if !inside.isEmpty {
          inside.removeFirst()
          let next = resource.finish()
          if next != inside.first { Issue.record("\(context): \(String(describing: next)) follows") }
        }
        if resource.current != inside.first || resource.count != inside.count
          || resource.isFull != (inside.count == bound)
        {
          Issue.record("\(context): \(resource.count) jobs inside, not \(inside.count)")
        }
      }
    }
  }

  @Test("The job in service can be changed, and no other")
  func replacing() {
    var resource = InOrderResource<Int>(bound: 2)
    let isServed = [resource.admit(1), resource.admit(2)]
    #expect(isServed == [true, false])
    resource.replaceCurrent(with: 9)
    #expect(resource.current == 9 && resource.count == 2)
    let following = [resource.finish(), resource.finish()]
    #expect(following == [2, nil] && resource.current == nil)
  }

  @Test("A full resource admits nothing; an idle one has nothing to finish or to change")
  func preconditions() async {
    await #expect(processExitsWith: .failure) {
      var resource = InOrderResource<Int>(bound: 1)
      _ = resource.admit(1)
      _ = resource.admit(2)
    }
    await #expect(processExitsWith: .failure) {
      var resource = InOrderResource<Int>(bound: 1)
      _ = resource.finish()
    }
    await #expect(processExitsWith: .failure) {
      var resource = InOrderResource<Int>(bound: 1)
      resource.replaceCurrent(with: 1)
    }
  }
}
