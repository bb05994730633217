extension Kernel {
  /// The kernel between two that differ in sizes which grow evenly: those of a step with so many cached tokens more.
  ///
  /// - Parameters:
  ///   - low: The kernel at 0.
  ///   - high: The kernel at `span`.
  ///   - span: How far they are apart, at least 1.
  ///   - place: Where between them, from 0 to `span`.
  /// - Returns: The kernel, exact where sizes are whole numbers and grow by whole numbers; nil where the two are not of one
  ///   sort.
  package static func between(_ low: Kernel, _ high: Kernel, span: Double, at place: Double) -> Kernel? {
    func mix(_ from: Double, _ to: Double) -> Double { from == to ? from : from + (to - from) / span * place }
    var kernel = low
    switch (low.work, high.work) {
    case (.matrix(let from), .matrix(let to)):
      kernel.work = .matrix(
        MatrixShape(
          batch: mix(from.batch, to.batch), m: mix(from.m, to.m), n: mix(from.n, to.n), k: mix(from.k, to.k)))
    case (.attention(var from), .attention(let to)):
      guard from.isCausal == to.isCausal, from.writesCache == to.writesCache, from.isSplit == to.isSplit else {
        return nil
      }
      from.batch = mix(from.batch, to.batch)
      from.queries = mix(from.queries, to.queries)
      from.keys = mix(from.keys, to.keys)
      guard from.heads == to.heads, from.keyHeads == to.keyHeads, from.width == to.width else { return nil }
      kernel.work = .attention(from)
    default: guard low.work == high.work else { return nil }
    }
    guard low.name == high.name, low.kernelClass == high.kernelClass, low.arithmetic == high.arithmetic,
      low.isLaunchedByLibrary == high.isLaunchedByLibrary, low.conversionsPerClock == high.conversionsPerClock,
      low.weightReuseBytes == high.weightReuseBytes, low.isCold == high.isCold, low.groups == high.groups
    else { return nil }
    kernel.flops = mix(low.flops, high.flops)
    kernel.bytesRead = mix(low.bytesRead, high.bytesRead)
    kernel.bytesWritten = mix(low.bytesWritten, high.bytesWritten)
    kernel.weightBytes = mix(low.weightBytes, high.weightBytes)
    kernel.unreadBytes = mix(low.unreadBytes, high.unreadBytes)
    kernel.conversions = mix(low.conversions, high.conversions)
    kernel.quantized = mix(low.quantized, high.quantized)
    kernel.pass = .between(low.pass, high.pass, mix)
    return kernel
  }
}
