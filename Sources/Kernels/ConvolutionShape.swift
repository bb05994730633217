import Roofline

/// A convolution, of one, two or three spatial dimensions.
public struct ConvolutionShape: Hashable, Sendable {
  /// Images.
  public var batch: Double
  /// Channels of the input, all groups together.
  public var inputChannels: Double
  /// Channels of the output, all groups together.
  public var outputChannels: Double
  /// Independent groups of channels.
  public var groups: Double
  /// Sides of one input channel of one image.
  public var input: [Int64]
  /// Sides of one output channel of one image.
  public var output: [Int64]
  /// Sides of the window.
  public var window: [Int64]
  /// Steps between windows.
  public var strides: [Int64]
  /// The bytes that an algorithm may use beside the tensors.
  public var workspace = Double.infinity
  /// Whether sums are kept in the format of the tensors, as a library may be asked to; else in single precision.
  package var sumsInFormat = false

  /// A convolution.
  public init(
    batch: Double, inputChannels: Double, outputChannels: Double, groups: Double, input: [Int64], output: [Int64],
    window: [Int64], strides: [Int64]
  ) {
    self.batch = batch
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.groups = groups
    self.input = input
    self.output = output
    self.window = window
    self.strides = strides
  }

  /// Positions of one input channel of one image.
  package var inputPositions: Double { input.reduce(1) { $0 * Double($1) } }

  /// Positions of one output channel of one image.
  package var outputPositions: Double { output.reduce(1) { $0 * Double($1) } }

  /// Positions of the window.
  package var windowPositions: Double { window.reduce(1) { $0 * Double($1) } }

  /// Input and output channels of a group.
  var channelsOfGroup: [Double] { [inputChannels / groups, outputChannels / groups] }

  /// Whether every channel is a group of its own.
  package var isDepthwise: Bool { groups > 1 && groups == inputChannels }

  /// Whether the window is three by three and moves one step at a time, which Winograd's algorithm needs.
  package var isThreeByThreeUnitStride: Bool { window == [3, 3] && strides.allSatisfy { $0 == 1 } && groups == 1 }

  /// The side of a square window of unit stride for which a Winograd algorithm with transformed tensors exists.
  var winogradWindow: Double? {
    guard groups == 1, strides.allSatisfy({ $0 == 1 }) else { return nil }
    return window == [3, 3] ? 3 : window == [5, 5] ? 5 : nil
  }

  /// How many square tiles of outputs cover one output channel of one image.
  func outputTiles(side: Double) -> Double { output.reduce(1) { $0 * (Double($1) / side).rounded(.up) } }

  /// Whether the convolution is a plain matrix product over positions.
  package var isPointwise: Bool { window.allSatisfy { $0 == 1 } && strides.allSatisfy { $0 == 1 } }

  /// The share of the input's positions that windows look at: fewer than all where they are narrower than their steps.
  ///
  /// - Parameter skipsColumns: Whether a position between columns is left out as well; what lies side by side in a row comes
  ///   along with its neighbors.
  /// - Returns: The share, above 0 and up to 1.
  func readFraction(skipsColumns: Bool) -> Double {
    zip(window, strides).enumerated().reduce(1) { fraction, axis in
      let (place, (side, step)) = axis
      guard side < step, skipsColumns || place < window.count - 1 else { return fraction }
      return fraction * Double(side) / Double(step)
    }
  }

  /// Fills the channels up to a multiple.
  mutating func fillChannels(to multiple: Double) {
    guard multiple > 1 else { return }
    inputChannels = (inputChannels / multiple).rounded(.up) * multiple
    outputChannels = (outputChannels / multiple).rounded(.up) * multiple
  }

  /// The matrix product of each group that an implicit-GEMM algorithm computes.
  package var asMatrix: MatrixShape {
    MatrixShape(
      batch: groups, m: batch * outputPositions, n: outputChannels / groups,
      k: inputChannels / groups * windowPositions)
  }

  /// The product that F(2x2,3x3) makes of it: for 2 x 2 outputs a sum over channels for each of 16 points.
  var asFusedWinograd: MatrixShape {
    MatrixShape(m: 4 * batch * outputTiles(side: 2), n: outputChannels, k: 4 * inputChannels)
  }

  /// Two for each multiply-add.
  public var flops: Double {
    Convolution.operations(
      batch: batch, outputChannels: outputChannels, positions: outputPositions, groupChannels: inputChannels / groups,
      window: windowPositions)
  }
}
