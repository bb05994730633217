/// A normalization: of rows (layer, group, root mean square) or, at inference, of channels (batch).
///
/// By convention an element of a row costs eight operations (two sums, a difference, a product, scale and shift, and what
/// the root is spread over), one of a batch normalization two (scale and shift).
public struct Normalization: Work {
  /// What is normalized.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// Rows, by their mean and variance or their root mean square.
    case rows
    /// Channels, by numbers that are known before.
    case batch
  }

  /// What is normalized.
  public let kind: Kind
  /// Elements of the input and of the result.
  public let elements: Int
  /// Elements of scale, shift and what else is read beside the input.
  public let parameters: Int
  /// Bytes per element of all tensors.
  public let bytesPerElement: Double

  /// Creates a normalization.
  ///
  /// - Precondition: extents are zero or more, the element size is finite and greater than zero.
  public init(_ kind: Kind, elements: Int, parameters: Int, bytesPerElement: Double) {
    checkExtents([elements, parameters], elementSize: bytesPerElement)
    self.kind = kind
    self.elements = elements
    self.parameters = parameters
    self.bytesPerElement = bytesPerElement
  }

  /// What an element counts for.
  public static func operationsPerElement(_ kind: Kind) -> Int {
    switch kind {
    case .rows: 8
    case .batch: 2
    }
  }

  /// So many for each element.
  public var operationCount: Int128 { exactProduct([elements, Self.operationsPerElement(kind)]) }

  /// The input and the parameters read once, the result written once.
  public var bytes: Bytes { elementBytes(2 * Int128(elements) + Int128(parameters), bytesPerElement) }
}
