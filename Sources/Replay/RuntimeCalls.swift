import Traces

/// What the calls of a recording do, found out once for each name: a million calls have a few names.
struct RuntimeCalls: Sendable {
  /// By the number of the name.
  private let kinds: [RuntimeCall]

  /// - Complexity: O(host events and names).
  init(_ trace: Trace) {
    var kinds = [RuntimeCall?](repeating: nil, count: trace.names.count)
    for event in trace.hostEvents where event.kind == .call && event.name >= 0 {
      let name = Int(event.name)
      if kinds[name] == nil { kinds[name] = RuntimeCall(name: trace.names[name]) }
    }
    self.kinds = kinds.map { $0 ?? .other }
  }

  /// What a call does; an operator is none.
  subscript(_ event: HostEvent) -> RuntimeCall {
    event.kind == .call && event.name >= 0 ? kinds[Int(event.name)] : .other
  }
}
