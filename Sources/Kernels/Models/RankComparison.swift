/// Kernels' times by ranks: those of their devices, and of collectives over what connects them.
private struct RankComparison: KernelTimeComparison {
  private var devices: any KernelTimeComparison
  private let model: RankModel
  private let others: [RankModel]

  init(_ devices: any KernelTimeComparison, _ model: RankModel, _ others: [RankModel]) {
    self.devices = devices
    self.model = model
    self.others = others
  }

  mutating func time(of kernel: Kernel, _ changed: (Int, KernelTime) -> Void) -> KernelTime {
    guard case .collective = kernel.work else { return devices.time(of: kernel, changed) }
    let time = model.time(of: kernel)
    for (index, other) in others.enumerated() {
      let otherTime = other.time(of: kernel)
      if otherTime != time { changed(index, otherTime) }
    }
    return time
  }
}

extension RankModel {
  /// Compares the model with those of other ranks.
  func compared(withRanks others: [RankModel]) -> any KernelTimeComparison {
    RankComparison(device.compared(with: others.map(\.device)), self, others)
  }
}
