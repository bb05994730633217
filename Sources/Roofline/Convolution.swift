/// A convolution of one, two or three spatial dimensions: strided, padded, dilated, grouped, depthwise or transposed.
///
/// ```swift
/// let first = Convolution(
///   batch: 1, inputChannels: 3, outputChannels: 64, input: [224, 224], window: [7, 7], strides: [2, 2],
///   padding: [3, 3], bytesPerElement: 2)
/// first.output  // [112, 112]
/// first.flops   // 2 · 64 · 112 · 112 · 3 · 7 · 7 = 236 MFLOP
/// ```
///
/// The operations are those of the definition, whatever algorithm computes it; ``winograd(outputTile:)`` counts another.
/// Positions of the padding count: a kernel multiplies by its zeros.
public struct Convolution: Work {
  /// Images.
  public let batch: Int
  /// Channels of the input, all groups together.
  public let inputChannels: Int
  /// Channels of the output, all groups together.
  public let outputChannels: Int
  /// Independent groups of channels; as many as input channels for a depthwise convolution.
  public let groups: Int
  /// Sides of one channel of the input.
  public let input: [Int]
  /// Sides of the window.
  public let window: [Int]
  /// Steps from one window to the next, on each side.
  public let strides: [Int]
  /// Positions added before and behind each side.
  public let padding: [Int]
  /// Steps from one element of the window to the next, on each side.
  public let dilation: [Int]
  /// Whether it is transposed: each position of the input spreads over a window of the output.
  public let isTransposed: Bool
  /// Bytes per element of all tensors.
  public let bytesPerElement: Double

  /// Creates a convolution.
  ///
  /// - Parameters:
  ///   - batch: Images; zero or more.
  ///   - inputChannels: A multiple of `groups`.
  ///   - outputChannels: A multiple of `groups`.
  ///   - groups: 1 or more.
  ///   - input: Sides of the input.
  ///   - window: Sides of the window, each 1 or more, which fits the padded input unless transposed.
  ///   - strides: 1 or more for each side; 1 where none are given.
  ///   - padding: 0 or more for each side; 0 where none is given.
  ///   - dilation: 1 or more for each side; 1 where none is given.
  ///   - isTransposed: Whether it is transposed.
  ///   - bytesPerElement: The element size, finite and greater than zero.
  /// - Precondition: the values lie in these ranges, and there are as many of each as sides of the input.
  public init(
    batch: Int, inputChannels: Int, outputChannels: Int, groups: Int = 1, input: [Int], window: [Int],
    strides: [Int]? = nil, padding: [Int]? = nil, dilation: [Int]? = nil, isTransposed: Bool = false,
    bytesPerElement: Double
  ) {
    checkExtents([batch, inputChannels, outputChannels] + input, elementSize: bytesPerElement)
    self.batch = batch
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.groups = groups
    self.input = input
    self.window = window
    self.strides = strides ?? input.map { _ in 1 }
    self.padding = padding ?? input.map { _ in 0 }
    self.dilation = dilation ?? input.map { _ in 1 }
    self.isTransposed = isTransposed
    self.bytesPerElement = bytesPerElement
    precondition(groups >= 1 && inputChannels % groups == 0 && outputChannels % groups == 0, "groups divide channels")
    for sides in [window, self.strides, self.padding, self.dilation] {
      precondition(sides.count == input.count, "a convolution has as many of each side as its input has sides")
    }
    precondition((window + self.strides + self.dilation).allSatisfy { $0 >= 1 }, "windows and steps are 1 or more")
    precondition(self.padding.allSatisfy { $0 >= 0 }, "padding is zero or more")
    precondition(isTransposed || input.indices.allSatisfy { padded($0) >= reach($0) }, "a window fits its input once")
  }

  private func padded(_ side: Int) -> Int { input[side] + 2 * padding[side] }

  /// Positions from the first to the last that a window looks at.
  private func reach(_ side: Int) -> Int { dilation[side] * (window[side] - 1) + 1 }

  /// Sides of one channel of the output.
  public var output: [Int] {
    input.indices.map { side in
      guard isTransposed else { return (padded(side) - reach(side)) / strides[side] + 1 }
      return input[side] == 0 ? 0 : max(0, (input[side] - 1) * strides[side] + reach(side) - 2 * padding[side])
    }
  }

  /// Whether every channel is a group of its own.
  public var isDepthwise: Bool { groups > 1 && groups == inputChannels }

  /// Two for each multiply-add, in any sort of number: a channel of the output sums over a group's channels and a window
  /// at each position.
  @inlinable package static func operations<Number: Numeric>(
    batch: Number, outputChannels: Number, positions: Number, groupChannels: Number, window: Number
  ) -> Number {
    2 * batch * outputChannels * positions * groupChannels * window
  }

  /// 2·batch·outputs·positions·(inputs / groups)·window; the positions are the output's, transposed the input's.
  public var operationCount: Int128 {
    Self.operations(
      batch: Int128(batch), outputChannels: Int128(outputChannels),
      positions: exactProduct(isTransposed ? input : output), groupChannels: Int128(inputChannels / groups),
      window: exactProduct(window))
  }

  /// Input, weights and output once.
  public var bytes: Bytes {
    elementBytes(
      exactProduct([batch, inputChannels] + input) + exactProduct([outputChannels, inputChannels / groups] + window)
        + exactProduct([batch, outputChannels] + output), bytesPerElement)
  }

  /// The product that the convolution is, one for each group: a row for each position, a term for each element of a window.
  ///
  /// Its bytes are not the convolution's: windows overlap.
  public var asMatrixMultiply: MatrixMultiply {
    MatrixMultiply(
      batch: groups, rows: (isTransposed ? input : output).reduce(batch, *), columns: outputChannels / groups,
      inner: (inputChannels / groups) * window.reduce(1, *), bytesPerElement: bytesPerElement)
  }

  /// The products of Winograd's algorithm, F(m×m, r×r): a tile of m outputs a side from (m + r − 1) multiplications a side.
  ///
  /// Transforms, which are additions by small constants, are not counted. Lavin, Gray, "Fast Algorithms for Convolutional
  /// Neural Networks", CVPR 2016.
  ///
  /// - Parameter outputTile: m; 1 or more.
  /// - Returns: The products, one for each element of a tile; `nil` where the algorithm does not apply: for a window that
  ///   is not a square, more than one group, a stride or a dilation other than 1, and transposed convolutions.
  public func winograd(outputTile: Int) -> MatrixMultiply? {
    precondition(outputTile >= 1, "a tile has at least one output")
    guard !isTransposed, groups == 1, Set(window).count == 1, let side = window.first,
      (strides + dilation).allSatisfy({ $0 == 1 })
    else { return nil }
    let points = window.reduce(1) { product, _ in product * (outputTile + side - 1) }
    let tiles = output.reduce(batch) { $0 * (($1 + outputTile - 1) / outputTile) }
    return MatrixMultiply(
      batch: points, rows: tiles, columns: outputChannels, inner: inputChannels, bytesPerElement: bytesPerElement)
  }
}
