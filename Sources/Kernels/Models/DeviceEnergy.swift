import Profiles
import Workloads

/// What a device takes of energy: a power that it always draws, and what its kernels' arithmetic and traffic take beside it.
package struct DeviceEnergy: Sendable, Equatable {
  /// Watts that it draws whatever it does.
  package let idleWatts: Double
  /// Joules of a program's kernels beside that, each as often as it runs.
  package let kernelJoules: Double

  /// The energy of a program's kernels; nil where the accelerator's profile states no power, or not what a FLOP and a byte
  /// take.
  ///
  /// - Complexity: O(kernels and operators of the program).
  package init?(_ program: LoweredProgram, on accelerator: AcceleratorProfile?) {
    guard let accelerator, let watts = accelerator.watts, let arithmetic = ArithmeticEnergy(accelerator),
      let idle = accelerator.efficiency.pipeline.idlePower,
      let byte = accelerator.efficiency.pipeline.energyPJPerByte
    else { return nil }
    idleWatts = watts * idle
    let each = program.kernels.map { arithmetic.joules($0.flops, $0.arithmetic) + $0.bytes * byte * 1e-12 }
    var joules = 0.0
    program.statements.forEachLeaf { operation, times in
      for kernel in program.operations[operation].kernels { joules += Double(times) * each[kernel] }
    }
    kernelJoules = joules
  }

  /// Joules of a pass.
  ///
  /// - Parameter seconds: What the pass takes.
  /// - Returns: Its energy.
  package func joules(in seconds: Double) -> Double { idleWatts * seconds + kernelJoules }
}
