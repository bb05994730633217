import Kernels
import Profiles
import Roofline
import Simulation
import Workloads

/// Predicts how long operators take that are timed alone on one accelerator in one format.
///
/// The benchmark replays a graph of many equal calls, so that neither dispatch nor launches are inside, but the gap between
/// a graph's kernels is, once for each kernel. It takes a few copies of the weights in turn: those that the last-level cache
/// holds all are read from there.
struct LoneOperatorTimer: Sendable {
  private let lowering: Lowering
  private let model: any KernelTimeModel
  /// Seconds from a kernel's end to the next one's start.
  private let gap: Double
  /// Copies of the weights.
  private static let copies = 6.0

  /// A timer on a system's accelerator.
  init(_ system: System, _ accelerator: AcceleratorProfile, _ precision: Precision, _ kernelModel: KernelModel) {
    lowering = Lowering(target: LoweringTarget(system: system, precision: precision))
    model = kernelModel.model(of: accelerator)
    gap = accelerator.launch.graphKernelGapUS * 1e-6
  }

  /// What is predicted for a row.
  func prediction(of measurement: KernelMeasurement) -> KernelValidation.Prediction {
    var kernels = lowering.lower(measurement.operation).kernels
    for index in kernels.indices { kernels[index].weightReuseBytes = Self.copies * kernels[index].weightBytes }
    var (compute, memory, overhead, total) = (0.0, 0.0, 0.0, 0.0)
    for time in model.times(of: kernels) {
      compute += time.computeShare
      memory += time.memoryShare
      overhead += time.overheadShare + gap
      total += time.seconds + gap
    }
    let largest = max(compute, memory, overhead)
    let bound: KernelValidation.Bound = compute == largest ? .compute : memory == largest ? .memory : .kernelOverhead
    return KernelValidation.Prediction(
      measurement: measurement, time: Picoseconds(costInSeconds: total), bound: kernels.isEmpty ? nil : bound,
      operatorClass: OperatorClass(measurement.operation, kernels))
  }
}
