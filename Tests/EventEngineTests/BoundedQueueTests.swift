import EventEngine
import TestSupport
import Testing

@Suite("The bounded queue")
struct BoundedQueueTests {
  @Test("It is an array that refuses what is beyond its bound", arguments: Array(1...18) + [1_024])
  func againstAnArray(bound: Int) {
    for seed in UInt64(0)..<12 {
      var random = SeededGenerator(seed: seed)
      var queue = BoundedQueue<Int>(bound: bound)
      var model: [Int] = []
      // Long stretches of mostly appending, then mostly taking, so that the ring grows, fills, wraps and empties.
      for step in 0..<600 {
        let appends = (step / 60).isMultiple(of: 2) ? 7 : 3
        if Int.random(in: 0..<10, using: &random) < appends {
          let isAdmitted = queue.append(step)
          if isAdmitted != (model.count < bound) { Issue.record("seed \(seed), step \(step): append \(isAdmitted)") }
          if model.count < bound { model.append(step) }
        } else {
          let expected = model.isEmpty ? nil : model.removeFirst()
          let taken = queue.popFirst()
          if taken != expected { Issue.record("seed \(seed), step \(step): took \(String(describing: taken))") }
        }
        if queue.first != model.first || queue.count != model.count || queue.isFull != (model.count == bound) {
          Issue.record("seed \(seed), step \(step): \(queue.count) of \(model.count) wait")
        }
      }
      var rest: [Int] = []
      while let element = queue.popFirst() { rest.append(element) }
      #expect(rest == model, "seed \(seed)")
    }
  }

  @Test("Copies are independent")
  func values() {
    var queue = BoundedQueue<Int>(bound: 4)
    _ = queue.append(1)
    var copy = queue
    _ = copy.append(2)
    _ = copy.popFirst()
    #expect(queue.count == 1 && queue.first == 1 && copy.first == 2)
  }

  @Test("A bound that no memory could hold costs nothing until it is used")
  func enormousBound() {
    var queue = BoundedQueue<Int>(bound: .max)
    let isAdmitted = (0..<100).map { queue.append($0) }
    #expect(isAdmitted.allSatisfy { $0 })
    #expect(queue.count == 100 && !queue.isFull && queue.first == 0)
  }

  @Test("A queue that can hold nothing is refused")
  func noRoom() async {
    await #expect(processExitsWith: .failure) { _ = BoundedQueue<Int>(bound: 0) }
  }
}
