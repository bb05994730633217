/// Times of kernels by a model and by others like it, in each of which some number differs: what sensitivities are made of.
///
/// What the models have in common is done once for a kernel, and what a kernel does not depend on is not looked at. The times
/// are those of the models by themselves, to the last bit.
package protocol KernelTimeComparison {
  /// Times a kernel.
  ///
  /// - Parameters:
  ///   - kernel: The kernel.
  ///   - changed: Called with each of the other models, by its index, by which the kernel takes another time, and with that time.
  /// - Returns: The time by the model itself.
  mutating func time(of kernel: Kernel, _ changed: (Int, KernelTime) -> Void) -> KernelTime
}

extension KernelTimeModel {
  /// Compares this model with others of its kind.
  ///
  /// - Parameter others: Models that differ from this one in numbers, and in nothing else: what was measured is the same.
  /// - Returns: What times kernels by all of them.
  package func compared(with others: [any KernelTimeModel]) -> any KernelTimeComparison {
    switch self {
    case let model as CalibratedModel:
      if let others = others.all(as: CalibratedModel.self) { return CalibratedComparison(model, others) }
    case let model as MeasuredModel:
      if let others = others.all(as: MeasuredModel.self) { return model.compared(withMeasured: others) }
    case let model as RankModel:
      if let others = others.all(as: RankModel.self) { return model.compared(withRanks: others) }
    default: break
    }
    return SeparateComparison(self, others)
  }
}

extension [any KernelTimeModel] {
  /// All of them as models of one sort; nil where one is of another.
  fileprivate func all<Model: KernelTimeModel>(as sort: Model.Type) -> [Model]? {
    let models = compactMap { $0 as? Model }
    return models.count == count ? models : nil
  }
}

/// Models of which nothing is known: each times every kernel.
private struct SeparateComparison: KernelTimeComparison {
  private let model: any KernelTimeModel
  private let others: [any KernelTimeModel]

  init(_ model: any KernelTimeModel, _ others: [any KernelTimeModel]) {
    self.model = model
    self.others = others
  }

  func time(of kernel: Kernel, _ changed: (Int, KernelTime) -> Void) -> KernelTime {
    let time = model.time(of: kernel)
    for (index, other) in others.enumerated() {
      let otherTime = other.time(of: kernel)
      if otherTime != time { changed(index, otherTime) }
    }
    return time
  }
}
