import Profiles

/// Kernels' times by a device's equations, and by those of the same device with other numbers.
///
/// Of each equation those models are kept in which one of its numbers differs: the others give the same times. A product's tile
/// is looked for once, and again among the choices that are nearly as good.
struct CalibratedComparison: KernelTimeComparison {
  /// An equation, and the same with other numbers, each by the index of its model.
  private struct Alternatives<Equation: Equatable> {
    let own: Equation
    let others: [(index: Int, equation: Equation)]

    /// The equations that models have; nil where the device has none of the sort.
    init?(_ model: CalibratedModel, _ others: [(Int, CalibratedModel)], _ equation: (CalibratedModel) -> Equation?) {
      guard let own = equation(model) else { return nil }
      self.own = own
      self.others = others.compactMap { index, other in
        guard let changed = equation(other), changed != own else { return nil }
        return (index, changed)
      }
    }
  }

  /// The equations for each sort of kernel of some work: for each format of operands, or for each need of a pass.
  private struct Kept<Sort: Equatable, Equation: Equatable> {
    private var alternatives: [(sort: Sort, alternatives: Alternatives<Equation>?)] = []

    /// Those for a sort, which are made where it is the first time.
    mutating func alternatives(
      for sort: Sort, _ model: CalibratedModel, _ others: [(Int, CalibratedModel)],
      _ equation: (CalibratedModel, Sort) -> Equation?
    ) -> Alternatives<Equation>? {
      for known in alternatives where known.sort == sort { return known.alternatives }
      let made = Alternatives(model, others) { equation($0, sort) }
      alternatives.append((sort, made))
      return made
    }
  }

  private let model: CalibratedModel
  /// The models whose kernels take the same equations.
  private let others: [(Int, CalibratedModel)]
  /// The models whose kernels may take other equations.
  private let unlike: [(Int, CalibratedModel)]
  private var passes = Kept<PassEquation.Needs, PassEquation>()
  private let streams: Alternatives<StreamEquation>?
  private let tiles: Alternatives<TiledEquation>?
  private var products = Kept<Precision, ProductEquation>()
  private var convolutions = Kept<Precision, ConvolutionEquation>()
  private var attentions = Kept<Precision, AttentionEquation>()
  private var choices: TileChoices<PipelinedProduct>?
  private var memory = TileMemory()

  /// Compares a model with others.
  init(_ model: CalibratedModel, _ others: [CalibratedModel]) {
    self.model = model
    let numbered = Array(others.enumerated())
    self.others = numbered.filter { $0.1.takesEquations(of: model) }.map { ($0.0, $0.1) }
    unlike = numbered.filter { !$0.1.takesEquations(of: model) }.map { ($0.0, $0.1) }
    streams = Alternatives(model, self.others, StreamEquation.init)
    tiles = Alternatives(model, self.others, TiledEquation.init)
  }

  mutating func time(of kernel: Kernel, _ changed: (Int, KernelTime) -> Void) -> KernelTime {
    let time = timeByEquation(of: kernel, changed)
    for (index, other) in unlike { report(other.time(of: kernel), by: index, unless: time, changed) }
    return time
  }

  @inline(__always)
  private func report(
    _ other: KernelTime, by index: Int, unless time: KernelTime, _ changed: (Int, KernelTime) -> Void
  ) {
    if other != time { changed(index, other) }
  }

  private mutating func timeByEquation(of kernel: Kernel, _ changed: (Int, KernelTime) -> Void) -> KernelTime {
    switch kernel.work {
    case .stream, .pooling:
      let found = passes.alternatives(for: PassEquation.Needs(kernel), model, others) { PassEquation($0)?.of($1) }
      if let found { return time(found, changed) { $0.time(of: kernel) } }
      if let streams { return time(streams, changed) { $0.time(of: kernel) } }
    case .matrix(let shape):
      if let time = product(shape, kernel, changed) { return time }
    case .convolution(let shape):
      if let time = convolution(shape, kernel, changed) { return time }
    case .attention(let shape):
      if let time = attention(shape, kernel, changed) { return time }
    case .convolutionHelper, .weightedSum, .collective: break
    }
    return timeInTiles(of: kernel, changed)
  }

  private func time<Equation>(
    _ alternatives: Alternatives<Equation>, _ changed: (Int, KernelTime) -> Void, _ time: (Equation) -> KernelTime
  ) -> KernelTime {
    let own = time(alternatives.own)
    for place in alternatives.others.indices {
      report(time(alternatives.others[place].equation), by: alternatives.others[place].index, unless: own, changed)
    }
    return own
  }

  private mutating func timeInTiles(of kernel: Kernel, _ changed: (Int, KernelTime) -> Void) -> KernelTime {
    guard let tiles else { return model.time(of: kernel) }
    var memory = TileMemory()
    swap(&memory, &self.memory)
    memory.forget()
    let time = tiles.own.time(of: kernel) { memory.find($0, $1) }
    for (index, equation) in tiles.others {
      report(equation.time(of: kernel) { memory.time($0, $1) }, by: index, unless: time, changed)
    }
    swap(&memory, &self.memory)
    return time
  }

  /// What the best tile of a product takes; those that are nearly as good are kept.
  private mutating func bestOfAll(_ shape: MatrixShape, by units: PipelinedProduct) -> ProductTime {
    if choices == nil {
      choices = TileChoices(shape, by: units)
    } else {
      choices?.find(shape, by: units)
    }
    return choices?.best ?? .impossible
  }

  /// What the best tile of that product takes by other units.
  private func bestOfNear(by units: PipelinedProduct) -> ProductTime { choices?.time(by: units) ?? .impossible }

  private mutating func product(
    _ shape: MatrixShape, _ kernel: Kernel, _ changed: (Int, KernelTime) -> Void
  ) -> KernelTime? {
    guard let found = products.alternatives(for: kernel.arithmetic, model, others, ProductEquation.init) else {
      return nil
    }
    let (movement, alignment) = (found.own.movement(of: kernel), found.own.alignment(of: shape))
    let isOwn = kernel.groups.isOwn
    let product =
      isOwn ? found.own.grouped(shape, kernel.groups) : bestOfAll(shape, by: found.own.units(alignment))
    let time = found.own.time(product, of: shape, kernel, movement)
    for (index, equation) in found.others {
      let product =
        isOwn ? equation.grouped(shape, kernel.groups) : bestOfNear(by: equation.units(alignment))
      let moved = equation.movesLike(found.own) ? movement : equation.movement(of: kernel)
      report(equation.time(product, of: shape, kernel, moved), by: index, unless: time, changed)
    }
    return time
  }

  private mutating func convolution(
    _ shape: ConvolutionShape, _ kernel: Kernel, _ changed: (Int, KernelTime) -> Void
  ) -> KernelTime? {
    guard model.isPipelined(shape, kernel.arithmetic) else { return nil }
    guard let found = convolutions.alternatives(for: kernel.arithmetic, model, others, ConvolutionEquation.init) else {
      return nil
    }
    let (matrix, flops, movement) = (shape.asMatrix, shape.flops, found.own.movement(of: kernel))
    let alignment = found.own.products.alignment(of: matrix)
    let best = bestOfAll(matrix, by: found.own.units(alignment, groups: shape.groups))
    let time = found.own.time(best, flops: flops, movement)
    for (index, equation) in found.others {
      let product = bestOfNear(by: equation.units(alignment, groups: shape.groups))
      let moved =
        equation.products.movesLike(found.own.products) ? movement : equation.movement(of: kernel)
      report(equation.time(product, flops: flops, moved), by: index, unless: time, changed)
    }
    return time
  }

  private mutating func attention(
    _ shape: AttentionShape, _ kernel: Kernel, _ changed: (Int, KernelTime) -> Void
  ) -> KernelTime? {
    guard let found = attentions.alternatives(for: kernel.arithmetic, model, others, AttentionEquation.init) else {
      return nil
    }
    let time = found.own.time(of: shape, kernel)
    for (index, equation) in found.others {
      report(equation.time(of: shape, kernel), by: index, unless: time, changed)
    }
    return time
  }
}
