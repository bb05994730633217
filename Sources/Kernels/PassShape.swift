/// How a pass over memory goes about it, beside the bytes that it moves.
package struct PassShape: Hashable, Sendable {
  /// Blocks of threads, each of which goes over a row of its own; none where threads share the elements evenly.
  package var blocks = 0.0
  /// How often a block waits for memory or for its own threads, one time after the other.
  package var waits = 0.0
  /// Elements whose places are computed one by one: of operands that are broadcast, permuted or indexed.
  package var placed = 0.0
  /// What few passes have.
  private var rare = Rarely<Details>()

  /// Elements that are looked at one behind the other.
  package struct Look: Hashable, Sendable {
    /// What is looked for, and among what.
    package enum Sort: CaseIterable, Sendable {
      /// A sum, over a row that few threads share or all of a block.
      case sum, longSum
      /// The place of an extremum, likewise.
      case place, longPlace
      /// Either, over elements that one thread has for itself since its neighbors have those of other columns.
      case columnSum, columnPlace
    }

    /// Which.
    package var sort: Sort
    /// How often; between two kernels a part of once.
    package var count = 1.0
    /// Elements.
    package var elements: Double
  }

  /// Threads share the elements evenly, and find them in order.
  package init() {}

  /// Rows of a normalization: sums over steps of some elements, then a step more for each to scale.
  ///
  /// - Parameters:
  ///   - rows: How many.
  ///   - width: Elements of one.
  ///   - centers: Whether a mean is found beside the squares.
  ///   - step: Elements that a row's threads take at once.
  /// - Returns: How they are gone over.
  static func normalization(rows: Double, width: Double, centers: Bool, step: Double) -> PassShape {
    let steps = (width / step).rounded(.up)
    return PassShape(blocks: rows, waits: centers ? 3 * (1 + steps) : 1 + 2 * steps)
  }

  /// Rows of a softmax: up to 1,024 elements stay with the 32 threads of a row, four rows in a block; longer ones are read
  /// for the largest, for the sum, and for the results.
  static func softmax(rows: Double, width: Double, bytesRead: Double) -> PassShape {
    if width <= 1024 { return PassShape(blocks: rows / 4, waits: (width / 32).rounded(.up) / 2) }
    return PassShape(blocks: rows, waits: 3 + 3 * (width / 4096).rounded(.up), readAgain: 2 * bytesRead)
  }

  /// Rows of a sum or an extremum, four in a block, or of which the place of an extremum is found, eight; a long row has all
  /// threads of one.
  ///
  /// - Parameters:
  ///   - rows: How many.
  ///   - width: Elements of one.
  ///   - findsPlace: Whether the place is wanted: then pairs of a value and its place are compared.
  ///   - longest: The most elements of a row that is not long.
  /// - Returns: How they are gone over.
  static func rows(_ rows: Double, width: Double, findsPlace: Bool, longest: Double) -> PassShape {
    var shape = PassShape(blocks: rows / (findsPlace ? 8 : 4), waits: 0)
    let sort: Look.Sort = width <= longest ? (findsPlace ? .place : .sum) : findsPlace ? .longPlace : .longSum
    shape.looks = [Look(sort: sort, elements: width)]
    return shape
  }

  /// Columns of a sum or an extremum: threads beside one another have columns beside one another.
  ///
  /// As PyTorch does it (`aten/src/ATen/native/cuda/Reduce.cuh`): a block has 512 threads for elements by themselves, and
  /// 128 for vectors of four columns, at most 32 of them side by side. Others stand behind them: with columns of their
  /// own, or, where each has 16 elements left at least, with a share of the same. Of a share of 256 and more blocks take
  /// 16 each, and the last of them adds up what the others have written.
  ///
  /// - Parameters:
  ///   - columns: How many.
  ///   - depth: Elements of one.
  ///   - findsPlace: Whether an extremum's place is wanted.
  /// - Returns: How they are gone over.
  static func columns(_ columns: Double, depth: Double, findsPlace: Bool) -> PassShape {
    let vectors = max(1, columns / 4)
    var side = 1.0
    while side < 32, side * 2 <= vectors { side *= 2 }
    let behind = 128 / side
    let isShared = depth >= 16 * behind
    var shape = PassShape(blocks: vectors / (isShared ? side : 128), waits: 0)
    var share = isShared ? depth / behind : depth
    if share >= 256 {
      share = 16
      // What is written, that it is written, and what the others wrote.
      shape.waits = 3
    }
    shape.looks = [Look(sort: findsPlace ? .columnPlace : .columnSum, elements: share)]
    return shape
  }

  /// Planes of one channel each, of whose elements a thread takes one at a time.
  ///
  /// As PyTorch does it (`batch_norm_transform_input_kernel` in `aten/src/ATen/native/cuda/Normalization.cuh`): a block has a
  /// plane, and a thread for each fourth element, at least 64 and at most 512. That blocks of small planes wait for others to
  /// end is left out: of 131,072 planes of 49 elements an H100 takes four times as long as this says. With it the passes of
  /// models that keep their weights in single precision, which cuDNN normalizes, would be too long (timm on an RTX 3090). The
  /// kernel of tensors that are channels-last takes one element at a time as well, and is taken to last as long: so ResNet-50
  /// and MobileNet v2 do on an H100.
  ///
  /// - Parameters:
  ///   - count: How many.
  ///   - size: Elements of one.
  /// - Returns: How they are gone over.
  static func planes(_ count: Double, size: Double) -> PassShape {
    var threads = 64.0
    while threads < 512, threads < size / 4 { threads *= 2 }
    var shape = PassShape(blocks: 0, waits: (size / threads).rounded(.up))
    shape.scaled = count * size
    return shape
  }

  /// Rows that a compiler's kernel looks at whole: it gives a row as many threads as it has elements, up to 4,096.
  static func compiled(rows: Double, width: Double) -> PassShape {
    PassShape(blocks: rows, waits: 1 + 2 * (width / 4096).rounded(.up))
  }

  /// Rows of a table, each where an index says, which is read before.
  static func look(rows: Double) -> PassShape { PassShape(blocks: rows, waits: 2) }

  private init(blocks: Double, waits: Double, readAgain: Double = 0) {
    self.blocks = blocks
    self.waits = waits
    if readAgain != 0 { self.readAgain = readAgain }
  }

  /// The shape between two, each of whose sizes grows as told.
  static func between(_ low: PassShape, _ high: PassShape, _ mix: (Double, Double) -> Double) -> PassShape {
    var shape = low
    shape.blocks = mix(low.blocks, high.blocks)
    shape.waits = mix(low.waits, high.waits)
    shape.placed = mix(low.placed, high.placed)
    shape.turned = mix(low.turned, high.turned)
    shape.scaled = mix(low.scaled, high.scaled)
    shape.readAgain = mix(low.readAgain, high.readAgain)
    shape.looks = Look.Sort.allCases.compactMap { sort in
      let (from, to) = (low.looks.first { $0.sort == sort }, high.looks.first { $0.sort == sort })
      guard from != nil || to != nil else { return nil }
      return Look(
        sort: sort, count: mix(from?.count ?? 0, to?.count ?? 0), elements: mix(from?.elements ?? 0, to?.elements ?? 0))
    }
    return shape
  }
}

// MARK: What few passes have

extension PassShape {
  /// Numbers that nearly all passes have alike: in a place of their own, so that a kernel is no larger for them.
  fileprivate struct Details: HasUsualValue, Hashable {
    var turned = 0.0
    var scaled = 0.0
    var readAgain = 0.0
    var looks: [Look] = []
  }

  private var details: Details {
    get { rare.value }
    set { rare.value = newValue }
  }

  /// Elements of rows that become columns, whose places are computed likewise.
  package var turned: Double {
    get { details.turned }
    set { details.turned = newValue }
  }

  /// Elements of planes, each of which is scaled as its plane says, likewise.
  package var scaled: Double {
    get { details.scaled }
    set { details.scaled = newValue }
  }

  /// Bytes that are read again, once a block has seen its whole row.
  package var readAgain: Double {
    get { details.readAgain }
    set { details.readAgain = newValue }
  }

  /// The elements that a thread or a row's threads look at, each of which waits as its sort does, beside ``waits``.
  package var looks: [Look] {
    get { details.looks }
    set { details.looks = newValue }
  }
}
