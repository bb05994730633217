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
  /// The times of collectives that a program calls; nil where they are replayed from a graph, or there are none.
  private let eager: (@Sendable (CollectiveShape) -> (seconds: Double, hostSeconds: Double))?
  /// Copies of the weights.
  private static let copies = 6.0

  /// A timer on a system's accelerator.
  init(_ system: System, _ accelerator: AcceleratorProfile, _ precision: Precision, _ kernelModel: KernelModel) {
    var target = LoweringTarget(system: system, precision: precision)
    target.isLibraryAlone = true
    lowering = Lowering(target: target)
    model = kernelModel.model(of: accelerator)
    gap = accelerator.launch.graphKernelGapUS * 1e-6
    eager = nil
  }

  /// A timer of a system's collectives, which were timed back to back: no gap is beside their times.
  init(_ system: System, _ precision: Precision, _ kernelModel: KernelModel, _ call: CollectiveCall) {
    lowering = Lowering(target: LoweringTarget(system: system, precision: precision))
    model = kernelModel.model(of: system, library: call.library)
    gap = 0
    guard call.isEager, let collectives = CollectiveModel(system, library: call.library) else {
      eager = nil
      return
    }
    let (host, memory) = (system.host, (system.accelerator?.memory.bandwidthGBPerS ?? 0) * 1e9)
    eager = { collectives.eager($0, host: host, memory: memory) }
  }

  /// What is predicted for a row.
  func prediction(of measurement: KernelMeasurement) -> KernelValidation.Prediction {
    let kernels = kernels(of: measurement)
    var (compute, memory, overhead, communication, total) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for time in model.times(of: kernels) {
      compute += time.computeShare
      memory += time.memoryShare
      overhead += time.overheadShare + gap
      communication += time.communication
      total += time.seconds + gap
    }
    // A call that the device has done before the host has made the next one takes what the host does.
    if let eager, case .collective(let shape)? = kernels.first?.work {
      let call = eager(shape)
      total = call.seconds
      (communication, overhead) = (call.seconds - call.hostSeconds, call.hostSeconds)
    }
    let shares: [(KernelValidation.Bound, Double)] = [
      (.compute, compute), (.memory, memory), (.kernelOverhead, overhead), (.communication, communication),
    ]
    let largest = max(compute, memory, overhead, communication)
    let bound = shares.first { $0.1 == largest }?.0
    return KernelValidation.Prediction(
      measurement: measurement, time: Picoseconds(costInSeconds: total), bound: kernels.isEmpty ? nil : bound,
      operatorClass: OperatorClass(measurement.operation, kernels))
  }

  /// How much slower than predicted the longest kernel of a measured row is, as a natural logarithm: all of the row's time that
  /// the others and the gaps leave it; nil where nothing was measured, or they leave it nothing.
  func residual(of measurement: KernelMeasurement) -> (kernel: Kernel, residual: Double)? {
    let kernels = kernels(of: measurement)
    let times = model.times(of: kernels).map(\.seconds)
    guard let measured = measurement.time, let longest = times.indices.max(by: { times[$0] < times[$1] }) else {
      return nil
    }
    let others = times.indices.filter { $0 != longest }.reduce(0) { $0 + times[$1] }
    let left = measured - others - gap * Double(times.count)
    guard left > 0, times[longest] > 0 else { return nil }
    return (kernels[longest], (left / times[longest]).logarithm)
  }

  /// Seconds that kernels take one after the other, each with the gap behind it.
  func seconds(of kernels: [Kernel]) -> Double { model.times(of: kernels).reduce(0) { $0 + $1.seconds + gap } }

  /// What an operator launches.
  func kernels(of operation: Operator) -> [Kernel] {
    var kernels = lowering.lower(operation).kernels
    for index in kernels.indices { kernels[index].weightReuseBytes = Self.copies * kernels[index].weightBytes }
    return kernels
  }

  /// What a row's operator launches, with its data where the row says.
  private func kernels(of measurement: KernelMeasurement) -> [Kernel] {
    var kernels = kernels(of: measurement.operation)
    guard let isCold = measurement.isCold else { return kernels }
    for index in kernels.indices {
      kernels[index].isCold = isCold
      kernels[index].weightReuseBytes = isCold ? .infinity : 0
    }
    return kernels
  }
}
