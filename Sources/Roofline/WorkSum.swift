/// Several pieces of work as one: a program of operators, a layer, a step.
///
/// ```swift
/// let block = WorkSum([attention, projection, projection])
/// block.flops                             // the sum
/// h100.timeLowerBound(ofEach: [attention, projection])  // one after the other: never less than of the sum
/// ```
///
/// The sum of the bytes is what the pieces move when each begins and ends in memory. Work that keeps tensors on the chip
/// from one piece to the next moves less.
public struct WorkSum: Work {
  /// The operations of all pieces.
  public let operationCount: Int128

  /// The bytes of all pieces.
  public let bytes: Bytes

  /// The sum of some pieces of work; nothing at all for none.
  public init(_ pieces: [any Work]) {
    operationCount = pieces.reduce(0) { $0 + $1.operationCount }
    bytes = pieces.reduce(.zero) { $0 + $1.bytes }
  }

  /// Work done several times.
  ///
  /// - Precondition: `times` is zero or more.
  public init(_ work: some Work, times: Int) {
    precondition(times >= 0, "work is done zero times or more")
    operationCount = work.operationCount * Int128(times)
    bytes = work.bytes * Double(times)
  }
}

extension Roofline {
  /// The least time for pieces of work that run one after the other: the sum of their least times.
  ///
  /// It is never below the least time of their ``WorkSum``, whose arithmetic of one piece may hide the traffic of another.
  public func timeLowerBound(ofEach pieces: [any Work]) -> Seconds {
    pieces.reduce(.zero) { $0 + timeLowerBound(flops: $1.flops, bytes: $1.bytes) }
  }
}
