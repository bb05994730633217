/// Kernel times of a rank: those of its device, and of the collectives over what connects it to others.
package struct RankModel: KernelTimeModel {
  let device: any KernelTimeModel
  private let collectives: CollectiveModel
  /// Whether a collective takes no longer than its traffic at the link's bandwidth.
  private let isIdeal: Bool

  /// The times of a device among others.
  package init(_ device: any KernelTimeModel, _ collectives: CollectiveModel) {
    self.device = device
    self.collectives = collectives
    isIdeal = device is IdealRooflineModel
  }

  /// A collective's time, or the device's.
  package func time(of kernel: Kernel) -> KernelTime {
    guard case .collective(let shape) = kernel.work else { return device.time(of: kernel) }
    return KernelTime(communication: isIdeal ? collectives.least(of: shape) : collectives.seconds(of: shape))
  }

  /// The device's, all at once, and the collectives'.
  package func times(of kernels: [Kernel]) -> [KernelTime] {
    var times = device.times(of: kernels)
    for (index, kernel) in kernels.enumerated() where kernel.kernelClass == .collective {
      times[index] = time(of: kernel)
    }
    return times
  }

  /// The device's; collectives rest on equations.
  package func measuredFraction(of kernel: Kernel) -> Double { device.measuredFraction(of: kernel) }
}
