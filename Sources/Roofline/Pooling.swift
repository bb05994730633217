/// Windows that slide over an image and leave one number each, or regions that cover it and do.
public struct Pooling: Work {
  /// Elements of the input.
  public let inputs: Int
  /// Elements of the result.
  public let outputs: Int
  /// Elements that a result is made of: of one window.
  public let window: Int
  /// Bytes per element of both.
  public let bytesPerElement: Double
  /// Bytes of a position that is written beside each result: 8 where extrema say where they stood.
  public let indexBytes: Int

  /// Creates a pool.
  ///
  /// - Precondition: extents are zero or more, the element size is finite and greater than zero.
  public init(inputs: Int, outputs: Int, window: Int, bytesPerElement: Double, indexBytes: Int = 0) {
    checkExtents([inputs, outputs, window, indexBytes], elementSize: bytesPerElement)
    self.inputs = inputs
    self.outputs = outputs
    self.window = window
    self.bytesPerElement = bytesPerElement
    self.indexBytes = indexBytes
  }

  /// One for each element of each window, in any sort of number.
  @inlinable package static func operations<Number: Numeric>(outputs: Number, window: Number) -> Number {
    window * outputs
  }

  /// Outputs times window.
  public var operationCount: Int128 { Self.operations(outputs: Int128(outputs), window: Int128(window)) }

  /// The input read once, results and positions written once.
  public var bytes: Bytes {
    elementBytes(Int128(inputs) + Int128(outputs), bytesPerElement)
      + Bytes(Double(exactProduct([outputs, indexBytes])))
  }
}
