import Profiles

/// How long convolutions in a format take on matrix units whose kernels load operands ahead, as products of their windows and
/// their weights: the equation, and all the numbers that it depends on.
struct ConvolutionEquation: Sendable, Equatable {
  /// That of products.
  let products: ProductEquation
  /// The rate relative to a product of the same shape.
  private let convolution: Double

  /// The equation of a device for operands in a format; nil where there is none of products.
  init?(_ model: CalibratedModel, _ arithmetic: Precision) {
    guard let products = ProductEquation(model, arithmetic) else { return nil }
    self.products = products
    convolution = model.efficiency.convolution
  }

  /// The time of a convolution.
  func time(of shape: ConvolutionShape, _ kernel: Kernel) -> KernelTime {
    let matrix = shape.asMatrix
    let units = units(products.alignment(of: matrix), groups: shape.groups)
    return time(units.time(of: matrix), flops: shape.flops, movement(of: kernel))
  }

  /// The time of a convolution of whose arithmetic and movement it is known what they take by themselves.
  func time(_ product: ProductTime, flops: Double, _ movement: Double) -> KernelTime {
    let time = products.powered(product, flops)
    return KernelTime(
      compute: time.arithmetic, memory: movement, setup: time.setup, fixed: products.fixed, overlap: products.overlap)
  }

  /// Seconds of what a convolution moves.
  func movement(of kernel: Kernel) -> Double {
    products.traffic.seconds(kernel.weightBytes, reuse: kernel.weightReuseBytes)
      + products.traffic.seconds(max(0, kernel.bytes - kernel.unreadBytes - kernel.weightBytes))
  }

  /// What finds the tile of a convolution, as the matrix product that it is.
  ///
  /// Implicit products iterate over 64 bytes of each sum's operands (`implicit_gemm...tilesize128x128x32` in 16 bits, x64 in
  /// 8), which lasts as long as an iteration of twice as many in plain ones.
  func units(_ alignment: ProductEquation.Alignment, groups: Double) -> PipelinedProduct {
    var units = products.units(alignment)
    units.step *= 2
    units.splitsSums = TileSet.convolution.splitsSums
    if groups == 1 { units.rate *= convolution }
    return units
  }
}
