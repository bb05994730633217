/// A softmax: of each row the extremum, the differences, their exponentials, the sum and the quotients.
///
/// By convention an element costs five operations: an exponential counts one here, as the literature on attention has it.
public struct Softmax: Work {
  /// Elements of the input and of the result.
  public let elements: Int
  /// Bytes per element of both.
  public let bytesPerElement: Double

  /// What an element counts for.
  public static let operationsPerElement = 5

  /// Creates a softmax.
  ///
  /// - Precondition: `elements` is zero or more, the element size is finite and greater than zero.
  public init(elements: Int, bytesPerElement: Double) {
    checkExtents([elements], elementSize: bytesPerElement)
    self.elements = elements
    self.bytesPerElement = bytesPerElement
  }

  /// Five for each element.
  public var operationCount: Int128 { exactProduct([elements, Self.operationsPerElement]) }

  /// The input read once, the result written once.
  public var bytes: Bytes { elementBytes(2 * Int128(elements), bytesPerElement) }
}
