import Kernels
import Profiles
import SampleModels
import Testing
import Workloads

/// Devices to lower to.
enum Target {
  /// Without matrix units.
  static func plain(_ precision: Precision = .fp32) throws -> Lowering {
    Lowering(target: LoweringTarget(system: try Sample.system("Plain"), precision: precision))
  }

  /// With matrix units for fp16 and TF32 that align to eight.
  static func matrix(_ precision: Precision = .fp16) throws -> Lowering {
    Lowering(target: LoweringTarget(system: try Sample.system("Matrix"), precision: precision))
  }

  /// The host itself.
  static func host() throws -> Lowering {
    var system = try Sample.system()
    system.accelerator = nil
    return Lowering(target: LoweringTarget(system: system, precision: .fp32))
  }
}

extension Kernel {
  /// The product, of a kernel that is one.
  var matrix: MatrixShape? {
    if case .matrix(let shape) = work { shape } else { nil }
  }

  /// The geometry, of a convolution.
  var geometry: ConvolutionShape? {
    if case .convolution(let shape) = work { shape } else { nil }
  }
}

/// A product, as the type checker likes it.
func times(_ factors: Double...) -> Double { factors.reduce(1, *) }
