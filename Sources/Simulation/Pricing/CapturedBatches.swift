import Kernels
import Profiles
import Workloads

/// Graphs are captured for some batch sizes; a pass of any other runs the next larger one's, padded, and a pass beyond the
/// largest runs operator by operator.
extension FrameworkProfile {
  /// The batch whose graph a pass replays: itself where the framework captures every size; nil beyond the largest.
  package func replayedBatch(_ batch: Int64) -> Int64? {
    guard mode == .graph, !capturedBatches.isEmpty else { return batch }
    return capturedBatches.first { $0 >= batch }
  }
}

extension Workload {
  /// What a framework makes of a workload at some parameters.
  ///
  /// - Parameters:
  ///   - parameters: Values of the parameters; others keep their default.
  ///   - framework: The framework; it runs operator by operator from here on where the batch is beyond what it has captured.
  /// - Returns: The workload with the operators of the batch that is run, and the parameters that were asked for.
  /// - Throws: What `Workload.bindChecked(_:)` throws.
  package func bindChecked(
    _ parameters: [String: Int64], for framework: inout FrameworkProfile
  ) throws(WorkloadFault) -> BoundWorkload {
    let asked = try bindChecked(parameters)
    guard let batch = asked.parameter("batch") else { return asked }
    guard let replayed = framework.replayedBatch(batch) else {
      framework.mode = .eager
      return asked
    }
    guard replayed != batch else { return asked }
    var padded = parameters
    padded["batch"] = replayed
    let run = try bindChecked(padded)
    return BoundWorkload(
      name: run.name, parameters: asked.parameters, weightElements: run.weightElements, inputs: run.inputs,
      outputs: run.outputs, operators: run.different, sequence: run.sequence, library: run.library)
  }
}
