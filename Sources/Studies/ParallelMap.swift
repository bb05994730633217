import Dispatch
import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Maps items on several cores; results stand in the order of the items, so nothing shows how many cores there were.
///
/// - Parameters:
///   - items: What is mapped.
///   - threads: How many cores are used at most; nil for all.
///   - transform: Makes a result of an item; may run on any thread.
/// - Returns: A result for each item.
/// - Throws: What the first item in order throws that throws.
/// - Complexity: One transformation for each item, also if one throws.
package func parallelMap<Item: Sendable, Output: Sendable, Fault: Error>(
  _ items: [Item], threads: Int? = nil, _ transform: @Sendable (Item) throws(Fault) -> Output
) throws(Fault) -> [Output] {
  let workers = min(items.count, threads ?? coreCount)
  guard workers > 1 else { return try items.map(transform) }
  let next = Atomic(0)
  let results = Mutex<[Result<Output, Fault>?]>(Array(repeating: nil, count: items.count))
  DispatchQueue.concurrentPerform(iterations: workers) { _ in
    while true {
      let index = next.add(1, ordering: .relaxed).oldValue
      guard index < items.count else { return }
      let result = Result { () throws(Fault) in try transform(items[index]) }
      results.withLock { $0[index] = result }
    }
  }
  var outputs: [Output] = []
  for result in results.withLock({ $0 }) {
    guard let result else { preconditionFailure("every item was mapped") }
    outputs.append(try result.get())
  }
  return outputs
}

/// How many cores are online.
package var coreCount: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
