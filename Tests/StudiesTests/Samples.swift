import JSONText
import Profiles
import SampleModels
import Simulation
import Workloads

/// Small workloads whose crossing from host to device can be worked out.
enum Samples {
  /// Layers of an activation over `batch` times some elements, with its name.
  static func workload(_ name: String = "sample", layers: Int = 10, elements: Int = 1_000_000) throws -> Workload {
    let text = """
      { "schema": "workload/1", "name": "\(name)", "parameters": { "batch": 1 }, "program": [
        { "repeat": \(layers), "program": [
          { "operator": "aten::relu", "inputs": [["batch", \(elements)]], "outputs": [["batch", \(elements)]] } ] } ] }
      """
    return try Workload(bytes: Array(text.utf8), file: "sample.json")
  }

  /// The sample system on another accelerator's bandwidth.
  static func system(bandwidth: Double = 500) throws -> System {
    var system = try Sample.system()
    try system.set("accelerator.memory.bandwidth_gb_per_s", to: bandwidth)
    return system
  }
}
