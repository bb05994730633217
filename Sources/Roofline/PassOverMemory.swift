/// Work that reads tensors, computes a little for each element, and writes tensors: element-wise operators, reductions,
/// normalizations, softmax, look-ups, copies and new tensors.
///
/// ```swift
/// let sum = PassOverMemory.elementwise(results: 1 << 20, operands: [1 << 20, 1 << 20], bytesPerElement: 2)
/// sum.flops      // 1.049 MFLOP
/// sum.intensity  // 1/6 FLOP/byte: two operands and a result of two bytes for an addition
/// ```
///
/// Conventions for how much an element costs are named once, where they are used: ``transcendentalOperations``,
/// ``Softmax/operationsPerElement`` and ``Normalization/operationsPerElement(_:)``.
public struct PassOverMemory: Work {
  /// Floating-point operations.
  public let operationCount: Int128
  /// Elements that are read.
  public let elementsRead: Int128
  /// Elements that are written.
  public let elementsWritten: Int128
  /// Bytes per element of both.
  public let bytesPerElement: Double
  /// Bytes of integers beside them: of the positions that a look-up reads.
  public let indexBytes: Int128

  /// What an exponential, a logarithm, or what is made of one counts for: a polynomial of about ten terms.
  public static let transcendentalOperations = 10

  /// A pass from its counts.
  ///
  /// - Precondition: no count is negative; the element size is finite and greater than zero.
  public init(
    operationCount: Int128, elementsRead: Int128, elementsWritten: Int128, bytesPerElement: Double,
    indexBytes: Int128 = 0
  ) {
    precondition(min(operationCount, elementsRead, elementsWritten, indexBytes) >= 0, "a count is zero or more")
    checkExtents([], elementSize: bytesPerElement)
    self.operationCount = operationCount
    self.elementsRead = elementsRead
    self.elementsWritten = elementsWritten
    self.bytesPerElement = bytesPerElement
    self.indexBytes = indexBytes
  }

  /// All elements once, and the indices.
  public var bytes: Bytes {
    elementBytes(elementsRead + elementsWritten, bytesPerElement) + Bytes(Double(indexBytes))
  }

  /// An operator with a result for each element.
  ///
  /// - Parameters:
  ///   - results: Elements of the result.
  ///   - operands: Elements of each operand, each read once, however often it is repeated along the others.
  ///   - operationsPerResult: 1 for an addition, ``transcendentalOperations`` for an exponential.
  ///   - bytesPerElement: The element size.
  /// - Returns: The work.
  public static func elementwise(
    results: Int, operands: [Int], operationsPerResult: Int = 1, bytesPerElement: Double
  ) -> PassOverMemory {
    checkExtents(operands + [results, operationsPerResult], elementSize: bytesPerElement)
    return PassOverMemory(
      operationCount: exactProduct([results, operationsPerResult]),
      elementsRead: operands.reduce(0) { $0 + Int128($1) }, elementsWritten: Int128(results),
      bytesPerElement: bytesPerElement)
  }

  /// A sum, an extremum or a mean: an operation for each element that is read.
  public static func reduction(elements: Int, results: Int, bytesPerElement: Double) -> PassOverMemory {
    checkExtents([elements, results], elementSize: bytesPerElement)
    return PassOverMemory(
      operationCount: Int128(elements), elementsRead: Int128(elements), elementsWritten: Int128(results),
      bytesPerElement: bytesPerElement)
  }

  /// Rows looked up in a table: they are read, wherever they lie, and written, and so are their indices read.
  public static func embedding(
    rows: Int, width: Int, bytesPerElement: Double, bytesPerIndex: Int = 8
  ) -> PassOverMemory {
    checkExtents([rows, width, bytesPerIndex], elementSize: bytesPerElement)
    let moved = exactProduct([rows, width])
    return PassOverMemory(
      operationCount: 0, elementsRead: moved, elementsWritten: moved, bytesPerElement: bytesPerElement,
      indexBytes: exactProduct([rows, bytesPerIndex]))
  }

  /// A copy: every element read and written, nothing computed.
  public static func copy(elements: Int, bytesPerElement: Double) -> PassOverMemory {
    checkExtents([elements], elementSize: bytesPerElement)
    return PassOverMemory(
      operationCount: 0, elementsRead: Int128(elements), elementsWritten: Int128(elements),
      bytesPerElement: bytesPerElement)
  }

  /// A new tensor: every element written.
  public static func creation(elements: Int, bytesPerElement: Double) -> PassOverMemory {
    checkExtents([elements], elementSize: bytesPerElement)
    return PassOverMemory(
      operationCount: 0, elementsRead: 0, elementsWritten: Int128(elements), bytesPerElement: bytesPerElement)
  }
}
