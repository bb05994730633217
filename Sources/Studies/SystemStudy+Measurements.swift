import Profiles
import Simulation
import Workloads

extension SystemStudy {
  /// What was measured on the system of a choice, at any batch.
  ///
  /// - Parameters:
  ///   - rows: Measurements of anything.
  ///   - choice: Which accelerator, framework and precision.
  /// - Returns: Seconds by batch, of the study's workload with the parameters that it has.
  package func measured(_ rows: [Measurement], _ choice: Choice) -> [(batch: Int, latency: Double)] {
    guard let scenario = ownCase?.scenario else { return [] }
    let parameters = scenario.workload.parameters.filter { $0.name != "batch" }
    return rows.compactMap { row in
      guard row.workload == scenario.workload.name, row.precision == precisions[choice.precision],
        row.framework == frameworks[choice.framework].name,
        Self.isSame(row.accelerator, accelerators[choice.accelerator]), let latency = row.latency,
        parameters.allSatisfy({ row.parameters[$0.name] == nil || row.parameters[$0.name] == $0.value })
      else { return nil }
      return (Int(row.parameters["batch"] ?? 1), latency)
    }
  }

  private static func isSame(_ name: String, _ accelerator: AcceleratorProfile?) -> Bool {
    guard let accelerator else { return name == "none" }
    return name == accelerator.name || accelerator.aliases.contains(name)
  }
}
