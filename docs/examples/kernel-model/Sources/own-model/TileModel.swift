import Kernels
import Profiles

/// The data sheet's roofline, for products that come in whole tiles of 256 by 128, and five microseconds for each kernel.
struct TileModel: KernelTimeModel {
  let roofline: IdealRooflineModel

  func time(of kernel: Kernel) -> KernelTime {
    var time = roofline.time(of: kernel)
    if case .matrix(let shape) = kernel.work {
      let (rows, columns) = ((shape.m / 256).rounded(.up) * 256, (shape.n / 128).rounded(.up) * 128)
      time.compute *= rows * columns / (shape.m * shape.n)
    }
    time.fixed = 5e-6
    return time
  }
}

extension KernelModel {
  /// The model, for whatever accelerator is simulated.
  static let tiles = KernelModel("tiles") { TileModel(roofline: IdealRooflineModel(accelerator: $0)) }
}
