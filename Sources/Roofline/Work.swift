/// What an operator, a kernel or a program does at least: its arithmetic, and the data that it moves.
///
/// ```swift
/// let product = MatrixMultiply(rows: 4_096, columns: 4_096, inner: 4_096, bytesPerElement: 2)
/// product.operationCount                // 137438953472, an integer of 128 bits: never rounded
/// product.intensity                     // 1365 FLOP/byte
/// h100.timeLowerBound(of: product)      // 139 µs
/// ```
///
/// Each tensor is moved once: what is read is read from memory once, what is made is written once, and nothing in between
/// goes there. So the bytes are a lower bound, and the intensity an upper bound on a real kernel's.
///
/// Extents are zero or more. Their product, the number of operations, must fit 127 bits, which traps otherwise: that is
/// far above what any machine computes in the age of the universe.
public protocol Work: Hashable, Sendable {
  /// Floating-point operations, exact; a multiply-add counts two.
  var operationCount: Int128 { get }

  /// What is moved to and from memory, each tensor once.
  ///
  /// Counts of elements are exact; their bytes are rounded once, and not at all below 2⁵³.
  var bytes: Bytes { get }
}

extension Work {
  /// Floating-point operations: ``operationCount``, rounded where a `Double` cannot hold it, from 2⁵³ on.
  public var flops: FLOPs { FLOPs(roundedCount(operationCount)) }

  /// FLOPs per byte: zero without arithmetic, infinite for arithmetic without traffic.
  public var intensity: ArithmeticIntensity { flops / bytes }
}

extension Roofline {
  /// The highest rate that some work can attain.
  public func attainable(for work: some Work) -> FLOPsPerSecond { attainable(at: work.intensity) }

  /// What limits some work; at the ridge point, the peak.
  public func bound(of work: some Work) -> RooflineBound { bound(at: work.intensity) }

  /// The least time in which some work can be done.
  public func timeLowerBound(of work: some Work) -> Seconds {
    timeLowerBound(flops: work.flops, bytes: work.bytes)
  }
}

/// Refuses extents that no tensor has.
func checkExtents(_ extents: [Int], elementSize: Double) {
  precondition(extents.allSatisfy { $0 >= 0 }, "a tensor has no negative extent")
  precondition(elementSize > 0 && elementSize.isFinite, "an element has a size greater than zero")
}

/// Extents multiplied exactly; 1 for none.
func exactProduct(_ extents: [Int]) -> Int128 { extents.reduce(1) { $0 * Int128($1) } }

/// An exact count as a number, rounded once where a `Double` cannot hold it.
package func roundedCount(_ count: Int128) -> Double {
  // Nearly all counts fit 64 bits, of which processors make numbers in one instruction.
  Int64(exactly: count).map { Double($0) } ?? Double(count)
}

/// Bytes of so many elements: one rounding of an exact count.
func elementBytes(_ elements: Int128, _ bytesPerElement: Double) -> Bytes {
  Bytes(roundedCount(elements) * bytesPerElement)
}
