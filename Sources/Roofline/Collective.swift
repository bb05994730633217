/// An operation of several ranks, each of which gives a tensor: what each has to send at least.
///
/// ```swift
/// let sum = Collective(.allReduce, ranks: 8, elements: 4_096 * 8_192, bytesPerElement: 2)
/// sum.bytesSent                                                           // 2 · 7/8 of the tensor: 117.4 MB
/// sum.timeLowerBound(link: BytesPerSecond(gigabytesPerSecond: 450))       // 261 µs
/// ```
///
/// Patarasuk, Yuan, "Bandwidth optimal all-reduce algorithms for clusters of workstations", JPDC 69(2), 2009.
public struct Collective: Hashable, Sendable {
  /// What the ranks do.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// All get the sum of what all give.
    case allReduce = "all_reduce"
    /// All get what all give, one after the other.
    case allGather = "all_gather"
    /// Each gets its part of the sum.
    case reduceScatter = "reduce_scatter"
    /// Each gives a part to every other one.
    case allToAll = "all_to_all"
    /// All get what one gives.
    case broadcast
    /// One other gets what one gives.
    case sendReceive = "send"
  }

  /// What the ranks do.
  public let kind: Kind
  /// How many.
  public let ranks: Int
  /// Elements that a rank gives.
  public let elements: Int
  /// Bytes per element.
  public let bytesPerElement: Double

  /// Creates a collective.
  ///
  /// - Precondition: there is at least one rank; `elements` is zero or more, the element size finite and greater than zero.
  public init(_ kind: Kind, ranks: Int, elements: Int, bytesPerElement: Double) {
    precondition(ranks >= 1, "a collective has at least one rank")
    checkExtents([elements], elementSize: bytesPerElement)
    self.kind = kind
    self.ranks = ranks
    self.elements = elements
    self.bytesPerElement = bytesPerElement
  }

  /// Additions of all ranks together: one for each element and each rank but the first.
  public var operationCount: Int128 {
    switch kind {
    case .allReduce, .reduceScatter: exactProduct([ranks - 1, elements])
    case .allGather, .allToAll, .broadcast, .sendReceive: 0
    }
  }

  /// What a rank sends at least; of a broadcast and of a message, the one that gives.
  public var bytesSent: Bytes {
    Bytes(Self.bytesSent(kind, ranks: Double(ranks), given: Double(elements) * bytesPerElement))
  }

  /// The same of so many bytes that a rank gives.
  package static func bytesSent(_ kind: Kind, ranks: Double, given: Double) -> Double {
    let others = ranks - 1
    return switch kind {
    case .allReduce: 2 * given * others / ranks
    case .reduceScatter, .allToAll: given * others / ranks
    case .allGather: given * others
    case .broadcast, .sendReceive: ranks > 1 ? given : 0
    }
  }

  /// The least time in which it can be done, by what a rank's link carries in one direction, without any latency.
  ///
  /// - Precondition: `bandwidth` is greater than zero.
  public func timeLowerBound(link bandwidth: BytesPerSecond) -> Seconds {
    precondition(bandwidth > .zero, "a link carries something")
    return bytesSent / bandwidth
  }
}
