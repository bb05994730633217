import Kernels
import Profiles

/// A kernel of which only the sort of work and the time are known.
struct LikeKernel: Hashable {
  var kernelClass: KernelClass
  var precision: Precision
  /// Nanoseconds on the recorded accelerator.
  var duration: Int64
}

/// Carries times from one accelerator to another by the kernel that takes as long on the first.
///
/// The kernel model is asked the other way around: how large is a product, or a pass over memory, that takes this time
/// here? And how long does that one take there? So fixed costs stay fixed, and only the rest scales.
struct KernelTranslation {
  private let source: any KernelTimeModel
  private let target: any KernelTimeModel
  private let links: (from: AcceleratorProfile.Link, to: AcceleratorProfile.Link)

  init(from source: AcceleratorProfile, to target: AcceleratorProfile, by model: KernelModel = .calibrated) {
    self.source = model.model(of: source)
    self.target = model.model(of: target)
    links = (source.link, target.link)
  }

  /// The time of a kernel's like on the other accelerator, and what it is spent on here and there.
  ///
  /// - Parameters:
  ///   - like: The kernel.
  ///   - growth: How many times as much work it is there: rows of a product, bytes of a pass.
  /// - Returns: The time there, and what it is spent on here and there.
  func time(_ like: LikeKernel, growth: Double = 1) -> (seconds: Double, here: KernelTime, there: KernelTime) {
    let seconds = Double(like.duration) * 1e-9
    let make: (Double, Double) -> Kernel
    switch like.kernelClass {
    case .matrixMultiply, .convolution: make = { Self.product(side: $0, rows: $1, like.precision) }
    default: make = { Self.pass(bytes: $0 * $0 * $1, like) }
    }
    // From one element to a product of 10^15 FLOP or a pass over 10^12 bytes, by halving the exponent's range.
    var (low, high) = (0.0, like.kernelClass == .matrixMultiply || like.kernelClass == .convolution ? 17.0 : 20.0)
    for _ in 0..<48 {
      let middle = (low + high) / 2
      if source.time(of: make(.exp2(middle), 1)).seconds < seconds { low = middle } else { high = middle }
    }
    let size = Double.exp2((low + high) / 2)
    let here = source.time(of: make(size, 1))
    let there = target.time(of: make(size, growth))
    // Beyond what the search reaches, and below the shortest kernel, the ratio at the border holds.
    guard here.seconds > 0, there.seconds.isFinite else { return (seconds, here, here) }
    return (there.seconds * seconds / here.seconds, here, there)
  }

  /// The time of a copy over the host link.
  func copy(_ seconds: Double, bytes: Double, growth: Double = 1) -> Double {
    let (from, to) = links
    guard from.bandwidthGBPerS > 0, to.bandwidthGBPerS > 0 else { return seconds }
    // A small copy is all set-up, which a wider link does not shorten.
    let transfer = bytes > 0 ? min(seconds, bytes / (from.bandwidthGBPerS * 1e9)) : seconds
    return seconds - transfer + growth * transfer * from.bandwidthGBPerS / to.bandwidthGBPerS
  }

  private static func product(side: Double, rows growth: Double, _ precision: Precision) -> Kernel {
    let side = side.rounded(.up)
    let shape = MatrixShape(m: side * growth, n: side, k: side)
    let bytes = side * side * precision.bytesPerElement
    return Kernel(
      name: "like", .matrixMultiply, .matrix(shape), flops: shape.flops, bytesRead: (1 + growth) * bytes,
      bytesWritten: growth * bytes, arithmetic: precision)
  }

  private static func pass(bytes: Double, _ like: LikeKernel) -> Kernel {
    Kernel(
      name: "like", like.kernelClass, flops: 0, bytesRead: bytes / 2, bytesWritten: bytes / 2,
      arithmetic: like.precision)
  }
}

extension Double {
  /// Two to a power.
  static func exp2(_ exponent: Double) -> Double {
    let whole = exponent.rounded(.down)
    var result = 1.0
    for _ in 0..<Int(whole) { result *= 2 }
    // Between powers of two, a straight line will do: the search only needs a number that grows.
    return result * (1 + exponent - whole)
  }
}
