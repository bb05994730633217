import Profiles

/// The equations of a device, of which each is made once for the kernels that take it.
struct DeviceEquations {
  /// An equation for operands in a format, nil where there is none.
  private struct Kept<Equation> {
    let format: Precision
    let equation: Equation?
  }

  private let model: CalibratedModel
  private var passes: PassEquation??
  private var tiles: TiledEquation?
  private var products: Kept<ProductEquation>?
  private var convolutions: Kept<ConvolutionEquation>?
  private var attentions: Kept<AttentionEquation>?

  /// The equations of a model.
  init(_ model: CalibratedModel) {
    self.model = model
  }

  /// The time of a kernel by the equation for its kind of work.
  mutating func time(of kernel: Kernel) -> KernelTime {
    switch kernel.work {
    case .stream, .pooling:
      if passes == nil { passes = .some(PassEquation(model)) }
      if case .some(.some(let passes)) = passes { return passes.time(of: kernel) }
    case .matrix(let shape):
      if products?.format != kernel.arithmetic {
        products = Kept(format: kernel.arithmetic, equation: ProductEquation(model, kernel.arithmetic))
      }
      if let equation = products?.equation { return equation.time(of: shape, kernel) }
    case .convolution(let shape):
      guard model.isPipelined(shape, kernel.arithmetic) else { break }
      if convolutions?.format != kernel.arithmetic {
        convolutions = Kept(format: kernel.arithmetic, equation: ConvolutionEquation(model, kernel.arithmetic))
      }
      if let equation = convolutions?.equation { return equation.time(of: shape, kernel) }
    case .attention(let shape):
      if attentions?.format != kernel.arithmetic {
        attentions = Kept(format: kernel.arithmetic, equation: AttentionEquation(model, kernel.arithmetic))
      }
      if let equation = attentions?.equation { return equation.time(of: shape, kernel) }
    case .convolutionHelper, .weightedSum, .collective: break
    }
    return timeInTiles(of: kernel)
  }

  private mutating func timeInTiles(of kernel: Kernel) -> KernelTime {
    if let tiles { return tiles.time(of: kernel) }
    let equation = TiledEquation(model)
    tiles = equation
    return equation.time(of: kernel)
  }
}
