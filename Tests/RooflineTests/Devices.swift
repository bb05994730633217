import Roofline
import Testing

/// Rooflines of real devices, with their ridge points divided out by hand.
struct Device: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let roofline: Roofline
  /// The ridge point, rounded to two decimals: 1000 × TFLOP/s ÷ GB/s.
  let ridge: Double

  init(_ name: String, teraflops: Double, gigabytesPerSecond: Double, ridge: Double) {
    testDescription = name
    roofline = Roofline(
      peak: FLOPsPerSecond(teraflops: teraflops),
      bandwidth: BytesPerSecond(gigabytesPerSecond: gigabytesPerSecond))
    self.ridge = ridge
  }

  /// Datasheet peaks and bandwidths; beside each, the division that its ridge point is.
  static let all = [
    Device("V100 fp32", teraflops: 15.7, gigabytesPerSecond: 900, ridge: 17.44),  // 15,700 / 900
    Device("V100 fp16 tensor", teraflops: 125, gigabytesPerSecond: 900, ridge: 138.89),  // 125,000 / 900
    Device("Titan X Pascal fp32", teraflops: 10.97, gigabytesPerSecond: 480, ridge: 22.85),  // 10,970 / 480
    Device("GTX 1080 Ti fp32", teraflops: 11.34, gigabytesPerSecond: 484, ridge: 23.43),  // 11,340 / 484
    Device("RTX 3090 fp32", teraflops: 35.58, gigabytesPerSecond: 936.2, ridge: 38.00),  // 35,580 / 936.2
    Device("A100 40 GB fp32", teraflops: 19.5, gigabytesPerSecond: 1_555, ridge: 12.54),  // 19,500 / 1,555
    Device("A100 80 GB fp16", teraflops: 312, gigabytesPerSecond: 2_039, ridge: 153.02),  // 312,000 / 2,039
    Device("H100 SXM fp16", teraflops: 989.4, gigabytesPerSecond: 3_350, ridge: 295.34),  // 989,400 / 3,350
  ]

  static let v100 = all[0].roofline
}
